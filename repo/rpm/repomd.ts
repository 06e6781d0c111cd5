import { isDigest, type Digest } from '../core/digest.ts';
import { Fault } from '../core/fault.ts';
import { attributesOf, elementOf, elementsOf, textOf, withoutComments } from './scan.ts';

/** One file that a repomd.xml names: as it is fetched, and as it is once unpacked. */
export interface RepomdFile {
  /** Below the base of the repository: `repodata/…-primary.xml.gz`. */
  path: string;
  size: number;
  digest: Digest;
  /** Undefined where the file is not packed, or upstream does not say. */
  open: { size: number | undefined; digest: Digest } | undefined;
}

/** What a repomd.xml says of its repository (createrepo_c(8)). */
export interface Repomd {
  /** A number or a word, as upstream likes. */
  revision: string;
  /** The newest of the times that its files carry; upstream says nothing else of its age that all agree on. */
  date: Date;
  /** By type: `primary`, `filelists`, `group`, `modules` … Files that carry no SHA-256 are left out. */
  files: ReadonlyMap<string, RepomdFile>;
  /** What it is tagged with: contents, and the names of systems (CPE). */
  tags: readonly string[];
}

/** Reads a repomd.xml whose signature is good. @throws Fault untrusted where it lacks what trust stands on */
export function readRepomd(text: string, what: string): Repomd {
  if (text.includes('<![') || text.includes('<!ENTITY')) throw new Fault('untrusted', `${what}: its repomd.xml holds entities or CDATA, which are not read`);
  const whole = elementOf(text, 'repomd')?.inner;
  if (whole === undefined) throw new Fault('untrusted', `${what}: there is no repomd in its repomd.xml`);
  const entries = elementsOf(withoutComments(whole), 'data').map(({ tag, inner }) => ({ type: attributesOf(tag)['type'] ?? '', inner }));
  const revision = textOf(whole, 'revision')?.trim() ?? '';
  const files = entries.map(({ type, inner }) => [type, fileOf(inner, type, what)] as const).filter((entry): entry is readonly [string, RepomdFile] => entry[1] !== undefined);
  return { revision, date: dateOf(entries.map((entry) => entry.inner), what), files: new Map(files), tags: tagsOf(whole) };
}

/** The law "contained": no path of an index leads out of the repository. */
export const isContained = (path: string): boolean => !path.startsWith('/') && !/^[a-z]+:/i.test(path) && !(path.includes('..') && path.split('/').includes('..'));

function tagsOf(whole: string): string[] {
  const inner = elementOf(whole, 'tags')?.inner ?? '';
  const contents = [...inner.matchAll(/<content>([^<]*)<\/content>/g)].map(([, text]) => text!.trim());
  const systems = [...inner.matchAll(/<distro\s([^<>]*)>/g)].flatMap(([, tag]) => attributesOf(tag!)['cpeid'] ?? []);
  return [...contents, ...systems];
}

function fileOf(inner: string, type: string, what: string): RepomdFile | undefined {
  const digest = digestOf(inner, 'checksum');
  if (digest === undefined) return undefined;
  const location = attributesOf(elementOf(inner, 'location')?.tag ?? '');
  const path = location['href'] ?? '';
  if (path === '' || location['xml:base'] !== undefined || !isContained(path)) throw new Fault('untrusted', `${what}: the file "${type}" of its repomd.xml lies outside the repository: ${location['xml:base'] ?? ''}${path}`);
  const size = numberOf(inner, 'size');
  if (size === undefined) throw new Fault('untrusted', `${what}: the file "${type}" of its repomd.xml has no size`);
  const open = digestOf(inner, 'open-checksum');
  return { path, size, digest, open: open === undefined ? undefined : { size: numberOf(inner, 'open-size'), digest: open } };
}

/** Only SHA-256 counts; MD5 and SHA-1 prove nothing. */
function digestOf(inner: string, name: string): Digest | undefined {
  const element = elementOf(inner, name);
  if (!element || attributesOf(element.tag)['type'] !== 'sha256') return undefined;
  const digest = element.inner.trim();
  return isDigest(digest) ? digest : undefined;
}

function numberOf(inner: string, name: string): number | undefined {
  const text = textOf(inner, name)?.trim() ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Some programs write fractions of a second. */
function dateOf(entries: readonly string[], what: string): Date {
  const seconds = entries.map((inner) => Number(textOf(inner, 'timestamp')?.trim() || 'NaN')).filter((each) => each > 0 && each < 1e11);
  if (seconds.length === 0) throw new Fault('untrusted', `${what}: its repomd.xml does not say when it was made`);
  return new Date(Math.floor(Math.max(...seconds)) * 1000);
}
