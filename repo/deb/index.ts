import { gzipSync } from 'node:zlib';
import { digestOf } from '../core/digest.ts';
import { Fault } from '../core/fault.ts';
import { poolPath, type Pooled } from './pool.ts';
import { fieldOf, readFields, type StanzaField, writeFields } from './stanza.ts';

/** What a Release file says about the repository (wiki.debian.org/DebianRepository/Format). */
export interface Archive {
  origin: string;
  label: string;
  suite: string;
  codename: string;
  component: string;
  /** As dpkg says it: `amd64`. Packages of architecture `all` stand in its index. */
  arch: string;
  date: Date;
  description: string;
}

/** The files below `dists/SUITE`, their signatures excepted, by their path in the repository. The same packages give the same bytes. */
export function writeIndexes(packages: readonly Pooled[], archive: Archive): Map<string, string | Uint8Array> {
  const folder = `${archive.component}/binary-${archive.arch}`;
  const text = writePackages(packages);
  const indexes = new Map<string, string | Uint8Array>([
    [`${folder}/Packages`, text],
    [`${folder}/Packages.gz`, gzip(text)],
  ]);
  const files = new Map<string, string | Uint8Array>([['Release', writeRelease(indexes, archive)]]);
  for (const [path, content] of indexes) {
    files.set(path, content);
    files.set(`${folder}/by-hash/SHA256/${digestOf(content)}`, content);
  }
  return new Map([...files].map(([path, content]) => [`dists/${archive.suite}/${path}`, content]));
}

/** A Packages index, sorted by name, architecture and version. @throws Fault invalid when two packages claim one file */
export function writePackages(packages: readonly Pooled[]): string {
  const rows = packages.map((item) => ({ item, path: poolPath(item) })).sort((a, b) => order(a.item, b.item));
  const owners = new Map<string, Pooled>();
  for (const { item, path } of rows) {
    const other = owners.get(path);
    if (other) throw new Fault('invalid', `${path} is claimed by two packages`, { details: [other, item].map((each) => `${each.name} ${each.version} ${each.arch} ${each.digest}`) });
    owners.set(path, item);
  }
  return rows.map(({ item, path }) => writeStanza(item, path)).join('\n');
}

/**
 * The upstream stanza with our own account of the file: its path, size and digest are those of the lock. Left out are weaker
 * digests, and `Phased-Update-Percentage`, by which apt would hold back a package on some hosts and not on others.
 * @throws Fault untrusted when the stanza is about another package
 */
export function writeStanza(item: Pooled, path: string): string {
  const fields = readFields(item.stanza);
  refuseOther(item, fields);
  const kept = fields.filter((field) => !replaced.has(field.name.toLowerCase()));
  return writeFields([...kept, { name: 'Filename', value: path }, { name: 'Size', value: String(item.size) }, { name: 'SHA256', value: item.digest }]);
}

/** People read the names and versions of a lock, apt on a target its stanzas: what is signed must say the same in both. */
function refuseOther(item: Pooled, fields: readonly StanzaField[]): void {
  const said = new Map([['package', item.name], ['version', item.version], ['architecture', item.arch]]);
  const wrong = fields.filter(({ name, value }) => (said.get(name.toLowerCase()) ?? value) !== value).map(({ name, value }) => `it says ${name}: ${value}`);
  const absent = ['Package', 'Version', 'Architecture'].filter((name) => fieldOf(fields, name) === undefined).map((name) => `it has no ${name}`);
  if (wrong.length + absent.length > 0) throw new Fault('untrusted', `the stanza of ${item.name} ${item.version} ${item.arch} is that of another package`, { details: [...wrong, ...absent], hint: 'lock the bundle again; a lock is not made to be edited' });
}

const replaced = new Set(['filename', 'size', 'md5sum', 'sha1', 'sha256', 'sha512', 'phased-update-percentage']);

/** Without `Valid-Until`: a repository behind an air gap does not expire. */
function writeRelease(indexes: ReadonlyMap<string, string | Uint8Array>, archive: Archive): string {
  const sums = [...indexes].map(([path, content]) => `\n ${digestOf(content)} ${Buffer.byteLength(content)} ${path}`);
  return writeFields([
    { name: 'Origin', value: archive.origin },
    { name: 'Label', value: archive.label },
    { name: 'Suite', value: archive.suite },
    { name: 'Codename', value: archive.codename },
    // RFC 5322 with the zone spelt UTC, as the Debian archive writes it.
    { name: 'Date', value: archive.date.toUTCString().replace('GMT', 'UTC') },
    { name: 'Architectures', value: archive.arch },
    { name: 'Components', value: archive.component },
    { name: 'Description', value: archive.description },
    { name: 'Acquire-By-Hash', value: 'yes' },
    { name: 'SHA256', value: sums.join('') },
  ]);
}

/** RFC 1952 without a name or a time; the byte that names the operating system says "unknown". */
function gzip(text: string): Uint8Array {
  const packed = gzipSync(text, { level: 9 });
  packed[9] = 255;
  return packed;
}

const order = (a: Pooled, b: Pooled): number => compare(a.name, b.name) || compare(a.arch, b.arch) || compare(a.version, b.version);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
