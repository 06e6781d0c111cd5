import type { Package } from '../package/package.ts';
import { entriesIn, entriesOf, type Entry, entryOf, identityOf, isLibrary, isOfRpm } from './entry.ts';
import type { Metadata } from './metadata.ts';
import { versionOf } from './relation.ts';
import type { DependencyKind } from './tags.ts';

/**
 * In what the header of a package differs from what repository metadata says of it: the solver believed the metadata, rpm on
 * the target will believe the header. Empty when they agree.
 */
export function disagreementsOf(metadata: Metadata, claim: Pick<Package, 'name' | 'version' | 'arch' | 'size' | 'stanza'>, size: number): string[] {
  const version = versionOf({ epoch: String(metadata.epoch), ver: metadata.version, rel: metadata.release });
  const facts: [string, string | number, string | number][] = [['name', metadata.name, claim.name], ['version', version, claim.version], ['architecture', metadata.arch, claim.arch], ['size', size, claim.size]];
  const differing = facts.filter(([, own, said]) => own !== said).map(([what, own, said]) => `${what}: the package has ${own}, the metadata ${said}`);
  return [...differing, ...kinds.flatMap((kind) => differencesIn(kind, metadata, claim.stanza))];
}

/** All that decides what is installed. */
const kinds: readonly DependencyKind[] = ['provides', 'requires', 'conflicts', 'obsoletes', 'recommends', 'supplements'];

/** Everything that a repository shows of the header must be in the metadata, and nothing that is not in the header at all. */
function differencesIn(kind: DependencyKind, metadata: Metadata, stanza: string): string[] {
  const said = entriesIn(stanza, kind).filter(({ name }) => !isOfRpm(name));
  const all = new Set(metadata.dependencies[kind].map((each) => identityOf(entryOf(each))));
  const known = new Set(said.map(identityOf));
  const missing = entriesOf(metadata, kind).filter((entry) => !known.has(identityOf(entry)) && !isShadowed(entry, said));
  const invented = said.filter((entry) => !all.has(identityOf(entry)));
  return [
    ...missing.map((entry) => `${kind}: the metadata does not have ${identityOf(entry)}`),
    ...invented.map((entry) => `${kind}: the package does not have ${identityOf(entry)}`),
  ];
}

/** An interface of the C library that has a name and no number is shown by some programs, and left out by others. */
const isShadowed = (entry: Entry, said: readonly Entry[]): boolean => isLibrary(entry) && !/\(GLIBC_\d/.test(entry.name) && said.some(isLibrary);
