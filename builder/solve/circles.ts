import type { Package } from '../../repo/package/package.ts';
import type { Shipped } from './proof.ts';
import type { Universe } from './universe.ts';

/**
 * Packages of the closure of which each obsoletes the next, and the last the first. Whoever has one of them is given another at
 * the next upgrade, and who asks for one gets any: dnf has no answer, so none can be locked.
 */
export function circlesAmong(universe: Universe, closure: readonly Shipped[]): Package[][] {
  const shipped = new Set(closure.map((each) => each.package));
  const reached = new Map<Package, ReadonlySet<Package>>();
  for (const item of shipped) if (item.obsoletes?.length) reached.set(item, reachOf(universe, item, shipped));
  const circles = [...reached.keys()].map((item) => [...shipped].filter((other) => reached.get(item)!.has(other) && reached.get(other)?.has(item)));
  return circles.filter((circle, place) => circle.length > 0 && circle[0] === [...reached.keys()][place]);
}

/** What a package obsoletes, and what that obsoletes. */
function reachOf(universe: Universe, item: Package, shipped: ReadonlySet<Package>): ReadonlySet<Package> {
  const reach = new Set(obsoletedBy(universe, item, shipped));
  for (const each of reach) for (const other of obsoletedBy(universe, each, shipped)) reach.add(other);
  return reach;
}

function obsoletedBy(universe: Universe, { name, obsoletes = [] }: Package, shipped: ReadonlySet<Package>): Package[] {
  const found = obsoletes.flatMap((capability) => universe.bearing(capability)).map((id) => universe.package(id));
  return found.filter((other) => other.name !== name && shipped.has(other));
}
