import type { Bound } from '../../repo/package/package.ts';
import { debianSpelling } from '../../repo/package/spelling.ts';
import type { Compare, Semantics } from './semantics.ts';
import type { Id, Universe } from './universe.ts';

/** The rules of Debian policy and of apt's classic solver. */
export const debian: Semantics = {
  spelling: debianSpelling,
  meets,
  offersOwnName: false,
  crossesArchitectures: false,
  // Policy 7.4: a package is never in conflict with itself, whatever it provides; nor with its other architectures.
  excludesOwnName: false,
  // deb-control(5): `same` packages of two architectures stand together at one version only.
  stand: (a, b) => a.multiArch === 'same' && b.multiArch === 'same' && a.version === b.version && a.arch !== b.arch,
  prefersFirst: true,
  heedsOthers: false,
  rank: () => 0,
  order: (universe, ids, name) => ids.toSorted((a, b) => preference(universe, name, a, b)),
  // Like debootstrap, which begins with `usr-is-merged` where that exists: a fresh system needs no program to merge its /usr.
  floor: ['usr-is-merged', 'apt'],
};

/** Policy 7.5: a provider without a version satisfies only relations without one. */
function meets(offer: Bound | undefined, wanted: Bound | undefined, compare: Compare): boolean {
  if (wanted === undefined) return true;
  if (offer?.op !== '=') return false;
  const order = compare(offer.version, wanted.version);
  switch (wanted.op) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '=':
      return order === 0;
    case '>=':
      return order >= 0;
    case '>':
      return order > 0;
  }
}

/**
 * The bearer of the name, then Essential, Protected, native architecture, Priority. Where all that is equal, apt takes whom it
 * met last while it read the indexes; these are sorted by name, so here it is the last name.
 */
function preference(universe: Universe, name: string, a: Id, b: Id): number {
  const left = universe.package(a);
  const right = universe.package(b);
  return (
    Number(right.name === name) - Number(left.name === name) ||
    Number(right.essential) - Number(left.essential) ||
    Number(right.protected ?? false) - Number(left.protected ?? false) ||
    Number(universe.archOf(b) === universe.arch) - Number(universe.archOf(a) === universe.arch) ||
    rankOf(left.priority) - rankOf(right.priority) ||
    (left.name === right.name ? a - b : b - a)
  );
}

const priorities = ['required', 'important', 'standard', 'optional'];

function rankOf(priority: string): number {
  const rank = priorities.indexOf(priority);
  return rank < 0 ? priorities.length : rank;
}
