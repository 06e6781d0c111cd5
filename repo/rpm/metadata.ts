import { Fault } from '../core/fault.ts';
import type { Head } from './head.ts';
import type { Header } from './header.ts';
import { type DependencyKind, dependencyTags, signatureTags, tags } from './tags.ts';

/** One dependency as a header says it. */
export interface Dependency {
  name: string;
  /** Bits: how versions are compared, and when it has to hold (rpm, include/rpm/rpmds.h, rpmsenseFlags). */
  flags: number;
  /** `[epoch:]version[-release]`, or empty. */
  version: string;
}

export interface ListedFile {
  path: string;
  kind: 'file' | 'dir' | 'ghost';
}

export interface Changelog {
  author: string;
  /** Seconds since 1970. */
  date: number;
  text: string;
}

/** What the header of a package says about it. */
export interface Metadata {
  name: string;
  epoch: number;
  version: string;
  release: string;
  arch: string;
  summary: string;
  description: string;
  packager: string;
  url: string;
  license: string;
  vendor: string;
  group: string;
  buildHost: string;
  sourceRpm: string;
  /** Seconds since 1970. */
  built: number;
  /** Bytes, once installed and of the archive unpacked. */
  sizes: { installed: number; archive: number };
  range: { start: number; end: number };
  /** Those on `rpmlib(…)` included. */
  dependencies: Readonly<Record<DependencyKind, readonly Dependency[]>>;
  files: readonly ListedFile[];
  /** The newest first. */
  changelogs: readonly Changelog[];
  payload: { compressor: string };
}

/** Reads what a header says. @throws Fault invalid when it does not say who it is, or contradicts itself */
export function metadataOf({ signature, header, range }: Head, what: string): Metadata {
  const need = (tag: number, name: string): string => header.text(tag) || lack(what, name);
  if (header.number(tags.sourcePackage) !== undefined) throw new Fault('invalid', `${what} is a source package`);
  return {
    name: need(tags.name, 'name'),
    epoch: header.number(tags.epoch) ?? 0,
    version: need(tags.version, 'version'),
    release: need(tags.release, 'release'),
    arch: need(tags.arch, 'architecture'),
    summary: header.text(tags.summary) ?? '',
    description: header.text(tags.description) ?? '',
    packager: header.text(tags.packager) ?? '',
    url: header.text(tags.url) ?? '',
    license: header.text(tags.license) ?? '',
    vendor: header.text(tags.vendor) ?? '',
    group: header.text(tags.group) ?? '',
    buildHost: header.text(tags.buildHost) ?? '',
    sourceRpm: header.text(tags.sourceRpm) ?? '',
    built: header.number(tags.buildTime) ?? 0,
    sizes: { installed: header.number(tags.longSize) ?? header.number(tags.size) ?? 0, archive: archiveSizeOf(signature, header) },
    range,
    dependencies: allDependenciesOf(header, what),
    files: filesOf(header, what),
    changelogs: changelogsOf(header, what),
    payload: { compressor: header.text(tags.payloadCompressor) ?? 'gzip' },
  };
}

/** All paths, in the order of the header. @throws Fault invalid */
export function filesOf(header: Header, what: string): ListedFile[] {
  const paths = pathsOf(header, what);
  const [modes, flags] = [header.numbers(tags.fileModes), header.numbers(tags.fileFlags)];
  agree(paths.length, [modes.length, flags.length].filter((count) => count > 0), what, 'files');
  return paths.map((path, place) => ({ path, kind: kindOf(modes[place] ?? 0, flags[place] ?? 0) }));
}

/** @throws Fault invalid */
export function changelogsOf(header: Header, what: string): Changelog[] {
  const [dates, authors, texts] = [header.numbers(tags.changelogTime), header.texts(tags.changelogName), header.texts(tags.changelogText)];
  agree(dates.length, [authors.length, texts.length], what, 'changelogs');
  return dates.map((date, place) => ({ date, author: authors[place]!, text: texts[place]! }));
}

function allDependenciesOf(header: Header, what: string): Metadata['dependencies'] {
  const read = (kind: DependencyKind): Dependency[] => dependenciesOf(header, kind, what);
  return { provides: read('provides'), requires: read('requires'), conflicts: read('conflicts'), obsoletes: read('obsoletes'), suggests: read('suggests'), enhances: read('enhances'), recommends: read('recommends'), supplements: read('supplements') };
}

function dependenciesOf(header: Header, kind: DependencyKind, what: string): Dependency[] {
  const { name, version, flags } = dependencyTags[kind];
  const [names, versions, bits] = [header.texts(name), header.texts(version), header.numbers(flags)];
  // Versions and flags came later than names; a header may have neither.
  agree(names.length, [versions.length, bits.length].filter((count) => count > 0), what, kind);
  return names.map((each, place) => ({ name: each, version: versions[place] ?? '', flags: bits[place] ?? 0 }));
}

/** Directories are said once, and each file names its own by number. */
function pathsOf(header: Header, what: string): string[] {
  const [names, folders, indexes] = [header.texts(tags.baseNames), header.texts(tags.dirNames), header.numbers(tags.dirIndexes)];
  if (names.length === 0) return header.texts(tags.oldFileNames);
  agree(names.length, [indexes.length], what, 'files');
  return names.map((name, place) => {
    const folder = folders[indexes[place]!];
    if (folder === undefined) throw new Fault('invalid', `${what}: a file lies in a directory that its header does not name`);
    return folder + name;
  });
}

/** S_IFDIR of stat(2), and RPMFILE_GHOST (rpm, include/rpm/rpmfiles.h). */
function kindOf(mode: number, flags: number): ListedFile['kind'] {
  if ((mode & 0xf000) === 0x4000) return 'dir';
  return (flags & 0x40) !== 0 ? 'ghost' : 'file';
}

/** Where it stands has changed from version to version of rpm. */
function archiveSizeOf(signature: Header, header: Header): number {
  const places = [() => header.number(tags.longArchiveSize), () => header.number(tags.archiveSize), () => header.number(tags.payloadSizeAlternative), () => signature.number(signatureTags.longArchiveSize), () => signature.number(signatureTags.archiveSize)];
  for (const place of places) {
    const size = place();
    if (size !== undefined) return size;
  }
  return 0;
}

function agree(count: number, others: readonly number[], what: string, of: string): void {
  if (others.some((other) => other !== count)) throw new Fault('invalid', `${what}: the ${of} of its header do not have as many parts each`);
}

function lack(what: string, name: string): never {
  throw new Fault('invalid', `${what} has no ${name}`);
}
