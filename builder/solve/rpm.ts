import type { Bound, Capability, Package } from '../../repo/package/package.ts';
import type { Compare, Semantics } from './semantics.ts';
import type { Id, Universe } from './universe.ts';

/** The rules of rpm, and of libsolv as dnf uses it. */
export const rpm: Semantics = {
  meets: overlap,
  offersOwnName: true,
  prefersFirst: false,
  favoursRecommended: true,
  rank: priorityOf,
  order,
  // RPM knows nothing Essential: a package says all that it needs, down to the C library and /bin/sh. What it does not say is
  // that directories and accounts are there before anything else: these three make them, and need nothing further.
  floor: ['setup', 'filesystem', 'basesystem'],
};

/**
 * Whether two ranges of versions have one in common (rpm-dependencies(7)). Without a version, all are meant. Where just one
 * side has a release, the other means all releases of its version, if it means that version at all (rpm, rpmverOverlap).
 */
export function overlap(offer: Bound | undefined, wanted: Bound | undefined, compare: Compare): boolean {
  if (offer === undefined || wanted === undefined) return true;
  if ((isBelow(offer) && isBelow(wanted)) || (isAbove(offer) && isAbove(wanted))) return true;
  const order = compareAlike(offer.version, wanted.version, compare);
  if (order < 0) return isBelow(wanted) || isAbove(offer);
  if (order > 0) return isAbove(wanted) || isBelow(offer);
  if (hasRelease(offer.version) && !hasRelease(wanted.version)) return isExact(wanted);
  if (hasRelease(wanted.version) && !hasRelease(offer.version)) return isExact(offer);
  return isExact(offer) && isExact(wanted);
}

const isBelow = ({ op }: Bound): boolean => op === '<' || op === '<=';
const isAbove = ({ op }: Bound): boolean => op === '>' || op === '>=';
const isExact = ({ op }: Bound): boolean => op.includes('=');

/** By release only where both have one. */
function compareAlike(a: string, b: string, compare: Compare): number {
  return hasRelease(a) && hasRelease(b) ? compare(a, b) : compare(withoutRelease(a), withoutRelease(b));
}

const hasRelease = (version: string): boolean => version.includes('-');
const withoutRelease = (version: string): string => version.replace(/-[^-]*$/, '');

/** dnf.conf(5): 99 where nothing is said. */
function priorityOf({ repositoryPriority = 99 }: Package): number {
  return repositoryPriority;
}

/**
 * The best of each name first: by the priority of its repository; not obsoleted by another of them; with the higher version
 * of what is asked for; by name. Bearing the name that is asked for counts for nothing (libsolv, policy.c).
 */
function order(universe: Universe, capability: Capability, ids: readonly Id[]): Id[] {
  const sorted = ids.toSorted((a, b) => a - b);
  const best = sorted.filter((id, place) => place === 0 || nameOf(universe, sorted[place - 1]!) !== nameOf(universe, id));
  if (best.length < 2) return sorted;
  const obsolete = new Set(best.filter((id) => best.some((other) => isObsoletedBy(universe, id, other))));
  const rank = (id: Id): number => priorityOf(universe.package(id));
  best.sort((a, b) => rank(a) - rank(b) || Number(obsolete.has(a)) - Number(obsolete.has(b)) || byOffer(universe, capability, a, b) || a - b);
  return [...new Set([...best, ...sorted.toSorted((a, b) => rank(a) - rank(b) || a - b)])];
}

const nameOf = (universe: Universe, id: Id): string => universe.package(id).name;

function isObsoletedBy(universe: Universe, id: Id, other: Id): boolean {
  const obsoletes = universe.package(other).obsoletes ?? [];
  return id !== other && obsoletes.some((capability) => capability.name === nameOf(universe, id) && universe.bearing(capability).includes(id));
}

function byOffer(universe: Universe, { name }: Capability, a: Id, b: Id): number {
  const [left, right] = [offeredBy(universe, name, a), offeredBy(universe, name, b)];
  if (left === undefined || right === undefined) return 0;
  return universe.compareVersions(right.version, left.version) || reachOf(right) - reachOf(left);
}

/** What a package offers of a name, where it says a version. */
function offeredBy(universe: Universe, name: string, id: Id): Bound | undefined {
  const item = universe.package(id);
  return item.name === name ? { op: '=', version: item.version } : item.provides.find((offer) => offer.name === name)?.bound;
}

/** `< 2` ends before 2, `> 2` begins beyond it. */
const reachOf = (bound: Bound): number => (isExact(bound) ? 0 : isBelow(bound) ? -1 : 1);
