import type { Dependency, Metadata } from './metadata.ts';
import { attributesOf, elementOf } from './scan.ts';
import type { DependencyKind } from './tags.ts';
import { compareParts } from './version.ts';
import { quote } from './xml.ts';

/** A dependency as repodata says it. */
export interface Entry {
  name: string;
  /** Undefined where any version will do. */
  bound: { flags: string; epoch: string; version: string; release: string | undefined } | undefined;
  /** It has to hold before the package is unpacked, or its scripts run. */
  pre: boolean;
}

/** The entries of one kind that a repository shows of a package; of the requirements, see `shownOf`. */
export function entriesOf(metadata: Metadata, kind: DependencyKind): Entry[] {
  const entries = metadata.dependencies[kind].map(entryOf);
  return kind === 'requires' ? shownOf(entries, metadata) : entries.map(({ name, bound }) => ({ name, bound, pre: false }));
}

export function entryOf({ name, flags, version }: Dependency): Entry {
  const word = words[flags & comparing];
  return { name, pre: (flags & before) !== 0, bound: word === undefined || version === '' ? undefined : { flags: word, ...evrOf(version) } };
}

/** The entries of one kind in the stanza of a primary.xml. */
export function entriesIn(stanza: string, kind: DependencyKind): Entry[] {
  const inner = elementOf(stanza, `rpm:${kind}`)?.inner ?? '';
  return [...inner.matchAll(/<rpm:entry\s[^<>]*>/g)].map(([tag]) => {
    const { name, flags, epoch, ver, rel, pre } = attributesOf(tag);
    return { name: name ?? '', pre: pre === '1', bound: flags === undefined || ver === undefined ? undefined : { flags, epoch: epoch || '0', version: ver, release: rel } };
  });
}

export function writeEntry({ name, bound, pre }: Entry): string {
  const versions = bound === undefined ? '' : ` flags=${quote(bound.flags)} epoch=${quote(bound.epoch)} ver=${quote(bound.version)}${bound.release === undefined ? '' : ` rel=${quote(bound.release)}`}`;
  return `<rpm:entry name=${quote(name)}${versions}${pre ? ' pre="1"' : ''}/>`;
}

/** The same for the same dependency, whenever it has to hold. */
export const identityOf = ({ name, bound }: Entry): string => (bound === undefined ? name : `${name} ${bound.flags} ${bound.epoch}:${bound.version}-${bound.release ?? ''}`);

/** Whether primary.xml lists a file (createrepo_c(8), the filter of yum). */
export const isPrimary = (path: string): boolean => path.startsWith('/etc/') || path.includes('bin/') || path === '/usr/lib/sendmail';

/** What rpm itself answers for; no repository shows it (createrepo_c(8)). */
export const isOfRpm = (name: string): boolean => name.startsWith('rpmlib(');

/**
 * What the package asks of others: neither what it offers itself nor one thing twice. The C library offers all versions of its
 * symbols up to its own, so that asking for the highest is enough; createrepo_c(8) shows that one, last.
 */
function shownOf(entries: readonly Entry[], metadata: Metadata): Entry[] {
  const own = new Set(metadata.dependencies.provides.map((each) => identityOf(entryOf(each))));
  const files = new Set(metadata.files.map((file) => file.path).filter(isPrimary));
  const seen = new Set<string>();
  const shown = entries.filter((entry) => {
    const key = `${identityOf(entry)} ${entry.pre}`;
    if (isOfRpm(entry.name) || own.has(identityOf(entry)) || files.has(entry.name) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return [...shown.filter((entry) => !isLibrary(entry)), ...highestOf(shown.filter(isLibrary))];
}

export const isLibrary = ({ name }: Entry): boolean => name.startsWith('libc.so.6');

/** The highest of those with a number, and whatever has none (`GLIBC_ABI_DT_RELR`); the bare name only by itself. */
function highestOf(entries: readonly Entry[]): Entry[] {
  const bare = entries.filter(({ name }) => name.startsWith('libc.so.6()'));
  const others = entries.filter(({ name }) => !name.startsWith('libc.so.6()') && numberOf(name) === undefined);
  const highest = entries.filter(({ name }) => numberOf(name) !== undefined).toSorted((a, b) => compareParts(numberOf(a.name)!, numberOf(b.name)!)).slice(-1);
  const found = [...others, ...highest];
  return found.length > 0 ? found : bare.slice(0, 1);
}

const numberOf = (name: string): string | undefined => /\(GLIBC_(\d[\d.]*)\)/.exec(name)?.[1];

// RPMSENSE_LESS, GREATER, EQUAL; PREREQ, SCRIPT_PRE, SCRIPT_POST (rpm, include/rpm/rpmds.h).
const comparing = 0x0e;
const before = 0x40 | 0x200 | 0x400;
const words: Record<number, string> = { 0x02: 'LT', 0x04: 'GT', 0x08: 'EQ', 0x0a: 'LE', 0x0c: 'GE' };

/** `1:2.0-3`; a version without an epoch has the epoch 0. */
function evrOf(text: string): { epoch: string; version: string; release: string | undefined } {
  const [, epoch, version, release] = /^(?:(\d*):)?(.*?)(?:-([^-]*))?$/s.exec(text)!;
  return { epoch: epoch || '0', version: version!, release };
}
