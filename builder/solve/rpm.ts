import type { Bound, Package } from '../../repo/package/package.ts';
import { rpmSpelling } from '../../repo/package/spelling.ts';
import type { Compare, Semantics } from './semantics.ts';
import type { Id, Universe } from './universe.ts';

/** The rules of rpm, and of libsolv as dnf uses it. */
export const rpm: Semantics = {
  spelling: rpmSpelling,
  meets: overlap,
  offersOwnName: true,
  crossesArchitectures: true,
  excludesOwnName: true,
  stand,
  prefersFirst: false,
  heedsOthers: true,
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

/** i686 beside x86_64 (libsolv, implicitobsoleteusescolors); and kernels beside kernels. What is for all stands alone. */
function stand(a: Package, b: Package): boolean {
  const isMultilib = a.arch !== 'noarch' && b.arch !== 'noarch' && isWide(a) !== isWide(b);
  return isMultilib || (isInstallonly(a) && isInstallonly(b));
}

const isWide = ({ arch }: Package): boolean => arch.includes('64');

/** dnf.conf(5), installonlypkgs: these are installed beside what is there, never in its place. */
const installonly: ReadonlySet<string> = new Set(['kernel', 'kernel-PAE', 'installonlypkg(kernel)', 'installonlypkg(kernel-module)', 'installonlypkg(vm)', 'multiversion(kernel)']);

const isInstallonly = ({ name, provides }: Package): boolean => installonly.has(name) || provides.some((each) => installonly.has(each.name));

/** dnf.conf(5): 99 where nothing is said. */
function priorityOf({ repositoryPriority = 99 }: Package): number {
  return repositoryPriority;
}

/**
 * The best of each name first: by the priority of its repository; of the host's own architecture; not obsoleted by another of
 * them; with the higher versions of what several of them offer; by name. Bearing the name that is asked for counts for nothing (libsolv, policy.c).
 */
function order(universe: Universe, ids: readonly Id[]): Id[] {
  const sorted = ids.toSorted((a, b) => a - b);
  const best = sorted.filter((id, place) => place === 0 || nameOf(universe, sorted[place - 1]!) !== nameOf(universe, id));
  if (best.length < 2) return sorted;
  const rank = (id: Id): number => priorityOf(universe.package(id));
  return [...new Set([...ranked(universe, best), ...sorted.toSorted((a, b) => rank(a) - rank(b) || a - b)])];
}

/** Many relations are satisfied by the same few packages. */
function ranked(universe: Universe, ids: readonly Id[]): readonly Id[] {
  const known = rankings.get(universe) ?? new Map<string, readonly Id[]>();
  rankings.set(universe, known);
  const key = ids.join();
  const found = known.get(key) ?? rankAnew(universe, ids);
  known.set(key, found);
  return found;
}

const rankings = new WeakMap<Universe, Map<string, readonly Id[]>>();

function rankAnew(universe: Universe, ids: readonly Id[]): readonly Id[] {
  const obsolete = new Set(ids.filter((id) => ids.some((other) => isObsoletedBy(universe, id, other))));
  const behind = arrears(universe, ids);
  const rank = (id: Id): number => priorityOf(universe.package(id));
  return ids.toSorted((a, b) => rank(a) - rank(b) || Number(obsolete.has(a)) - Number(obsolete.has(b)) || behind.get(a)! - behind.get(b)! || a - b);
}

const nameOf = (universe: Universe, id: Id): string => universe.package(id).name;

function isObsoletedBy(universe: Universe, id: Id, other: Id): boolean {
  const obsoletes = universe.package(other).obsoletes ?? [];
  return id !== other && obsoletes.some((capability) => capability.name === nameOf(universe, id) && universe.bearing(capability).includes(id));
}

/** For each package, how many higher versions others offer of what it offers too. */
function arrears(universe: Universe, ids: readonly Id[]): Map<Id, number> {
  const behind = new Map(ids.map((id) => [id, 0]));
  for (const list of offersOf(universe, ids).values()) {
    if (list.every(({ bound }) => bound.op === list[0]!.bound.op && bound.version === list[0]!.bound.version)) continue;
    list.sort((a, b) => byReach(universe, a.bound, b.bound));
    let steps = 0;
    for (const [place, { id, bound }] of list.entries()) {
      const before = list[place - 1];
      if (before !== undefined && before.id !== id && byReach(universe, before.bound, bound) < 0) steps++;
      behind.set(id, behind.get(id)! + steps);
    }
  }
  return behind;
}

interface Offer {
  id: Id;
  bound: Bound;
}

/** By name, what packages offer up to a version, themselves among it. Digests in the place of versions say nothing. */
function offersOf(universe: Universe, ids: readonly Id[]): Map<string, Offer[]> {
  const offers = new Map<string, Offer[]>();
  const enter = (name: string, id: Id, bound: Bound): void => {
    const known = offers.get(name);
    if (known === undefined) offers.set(name, [{ id, bound }]);
    else known.push({ id, bound });
  };
  for (const id of ids) {
    const { name, version, provides } = universe.package(id);
    enter(name, id, { op: '=', version });
    for (const { name: offered, bound } of provides) if (bound && !isAbove(bound) && !isDigest(bound.version)) enter(offered, id, bound);
  }
  return offers;
}

const isDigest = (version: string): boolean => /^[0-9a-f]{4,}$/.test(version);

/** The higher one first; `< 2` ends before 2. */
function byReach(universe: Universe, a: Bound, b: Bound): number {
  return compareAlike(b.version, a.version, (x, y) => universe.compareVersions(x, y)) || Number(a.op === '<') - Number(b.op === '<');
}
