import { isDigest, type Digest } from '../core/digest.ts';
import { Fault } from '../core/fault.ts';
import { fieldOf, readFields, type StanzaField } from './stanza.ts';

/** A file that a Release lists. */
export interface ReleaseFile {
  size: number;
  digest: Digest;
}

/** What a Release says of its suite (wiki.debian.org/DebianRepository/Format). */
export interface Release {
  suite: string;
  codename: string;
  version: string;
  date: Date;
  /** After this moment it says nothing any more; many suites have no such end. */
  validUntil: Date | undefined;
  /** Whether files can also be had under their digest. */
  byHash: boolean;
  architectures: readonly string[];
  components: readonly string[];
  /** Whether packages of architecture `all` have an index of their own, and stand in no other. */
  separateAll: boolean;
  /** By path below the suite's folder. */
  files: ReadonlyMap<string, ReleaseFile>;
}

/** Reads a Release whose signature is good. @throws Fault untrusted where it lacks what trust stands on */
export function readRelease(text: string, what: string): Release {
  const fields = readFields(text.replaceAll('\r\n', '\n'));
  const words = (name: string): string[] => (fieldOf(fields, name) ?? '').split(/\s+/).filter(Boolean);
  const validUntil = fieldOf(fields, 'Valid-Until');
  return {
    suite: fieldOf(fields, 'Suite') ?? '',
    codename: fieldOf(fields, 'Codename') ?? '',
    version: fieldOf(fields, 'Version') ?? '',
    date: moment(fieldOf(fields, 'Date'), 'Date', what),
    validUntil: validUntil === undefined ? undefined : moment(validUntil, 'Valid-Until', what),
    byHash: fieldOf(fields, 'Acquire-By-Hash') === 'yes',
    architectures: words('Architectures'),
    components: words('Components'),
    separateAll: words('Architectures').includes('all') && !words('No-Support-for-Architecture-all').includes('Packages'),
    files: filesOf(fields, what),
  };
}

function moment(value: string | undefined, field: string, what: string): Date {
  const date = new Date(value ?? '');
  if (!Number.isNaN(date.getTime())) return date;
  throw new Fault('untrusted', value === undefined ? `${what} has no ${field}` : `${what}: ${field} "${value}" is no date`);
}

/** Only SHA-256 counts; MD5 and SHA-1 prove nothing. */
function filesOf(fields: readonly StanzaField[], what: string): Map<string, ReleaseFile> {
  const list = fieldOf(fields, 'SHA256');
  if (list === undefined) throw new Fault('untrusted', `${what} lists no SHA-256 digests`);
  const files = new Map<string, ReleaseFile>();
  for (const line of list.split('\n').filter((each) => each.trim() !== '')) {
    const [digest, size, path] = line.trim().split(/\s+/);
    if (path === undefined || !isDigest(digest!) || !/^\d+$/.test(size!)) throw new Fault('untrusted', `${what}: a line of its SHA256 field cannot be read: ${line.trim()}`);
    files.set(path, { digest: digest!, size: Number(size) });
  }
  return files;
}
