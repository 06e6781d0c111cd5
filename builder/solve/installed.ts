import type { Bound, Capability, Package, Relation } from '../../repo/package/package.ts';
import type { Host } from './host.ts';
import { type Id, type Universe, universeOf } from './universe.ts';

/** A kind of host that a bundle meets. */
export type Baseline =
  /** It has the base set at the versions that these suites have, by the names of their sources: `debian/bookworm`. */
  | { name: string; suites: readonly string[] }
  /** It has these packages; the versions are without their epochs, as hosts list them. */
  | { name: string; packages: readonly Listed[] };

export interface Listed {
  name: string;
  version: string;
}

/** What a host has. */
export interface Installed {
  packages: readonly Package[];
  /** How many of these are of versions that no index has, and are taken to be like a version that one has. */
  assumed: number;
  /** How many names no index knows; they are left out, and asked for nothing. */
  unknown: number;
}

/** Finds what a host of this kind has installed. */
export function installedOn(host: Host, baseline: Baseline): Installed {
  return 'suites' in baseline ? asInSuites(host, new Set(baseline.suites)) : asListed(host.universe, baseline.packages);
}

/** The base set at the versions of the suites, and what these need beyond it. */
function asInSuites({ universe, base }: Host, suites: ReadonlySet<string>): Installed {
  const within = (id: Id): boolean => suites.has(universe.package(id).source);
  const found = new Set<Id>();
  for (const id of base.keys()) {
    const same = universe.named(universe.package(id).name).find((other) => within(other) && universe.archOf(other) === universe.archOf(id));
    if (same !== undefined) found.add(same);
  }
  for (const id of found) {
    for (const relation of universe.package(id).requires) {
      const wish = universe.satisfying(relation, universe.package(id).arch);
      const first = wish.some((other) => found.has(other)) ? undefined : wish.find(within);
      if (first !== undefined) found.add(first);
    }
  }
  return { packages: [...found].map((id) => universe.package(id)), assumed: 0, unknown: 0 };
}

/**
 * A list of names and versions tells nothing of what a package needs. Where no index has the very version, one that an index
 * has stands for it, with its own version replaced wherever it speaks of that: packages of one source bind each other so, and
 * that is what tears when some of them are upgraded. The host stands, so that needs which the list itself does not meet cannot
 * have been those of what is installed; they are dropped.
 */
function asListed(universe: Universe, listed: readonly Listed[]): Installed {
  const found = listed.map((each) => likeListed(universe, each)).filter((item) => item !== undefined);
  const world = universeOf(found, universe.setting);
  const isAssumed = (item: Package): boolean => item.source === assumed;
  return { packages: found.map((item) => asItStands(item, world)), assumed: found.filter(isAssumed).length, unknown: listed.length - found.length };
}

/** Without the needs that its host does not meet, and without what it holds against others of its host. */
function asItStands(item: Package, world: Universe): Package {
  const isMet = (relation: Relation): boolean => world.satisfying(relation, item.arch).length > 0 || world.conditions(relation, item.arch)?.length === 0;
  const isItself = (id: Id): boolean => world.package(id).name === item.name;
  const isFree = (capability: Capability): boolean => world.ruledOut(capability).every(isItself);
  const isObsolete = (capability: Capability): boolean => !world.bearing(capability).every(isItself);
  if (item.requires.every(isMet) && item.conflicts.every(isFree) && !(item.obsoletes ?? []).some(isObsolete)) return item;
  return { ...copyOf(item), digest: '', requires: item.requires.filter(isMet), conflicts: item.conflicts.filter(isFree), obsoletes: (item.obsoletes ?? []).filter((each) => !isObsolete(each)) };
}

function likeListed(universe: Universe, { name, version }: Listed): Package | undefined {
  const same = universe.named(name).filter((id) => universe.archOf(id) === universe.arch).map((id) => universe.package(id));
  const exact = same.find((item) => withoutEpoch(item.version) === version);
  if (exact !== undefined || same.length === 0) return exact;
  const atLeast = same.filter((item) => universe.compareVersions(withoutEpoch(item.version), version) >= 0);
  return standIn(atLeast.at(-1) ?? same[0]!, version);
}

const assumed = 'assumed';
const withoutEpoch = (version: string): string => version.replace(/^\d+:/, '');

/** An older version, taken to be like this one but for its own version. */
function standIn(item: Package, plain: string): Package {
  const version = `${/^\d+:/.exec(item.version)?.[0] ?? ''}${plain}`;
  const bound = (of: Bound): Bound => (of.version === item.version ? { ...of, version } : of);
  const capability = (of: Capability): Capability => (of.bound ? { ...of, bound: bound(of.bound) } : of);
  const relation = (of: Relation): Relation => of.map(capability) as unknown as Relation;
  return { ...copyOf(item), version, provides: item.provides.map(capability), requires: item.requires.map(relation), conflicts: [], obsoletes: [], source: assumed, digest: '' };
}

/** The fields that a search reads; packages of an index read them on demand, and cannot be spread. */
export function copyOf(item: Package): Package {
  const { name, version, arch, multiArch, essential, priority, provides, requires, conflicts, obsoletes, files, repositoryPriority, source, digest } = item;
  return { name, version, arch, multiArch, essential, priority, provides, requires, recommends: [], conflicts, ...(obsoletes && { obsoletes }), ...(files && { files }), ...(repositoryPriority !== undefined && { repositoryPriority }), source, url: '', size: 0, installed: 0, digest, stanza: '' };
}
