import type { Package } from '../../repo/package/package.ts';
import type { Shipped } from './proof.ts';
import type { Universe } from './universe.ts';

/**
 * Packages of the closure of which each obsoletes the next, and the last the first. Whoever has one of them is given another at
 * the next upgrade, and who asks for one gets any: dnf has no answer, so none can be locked.
 */
export function circlesAmong(universe: Universe, closure: readonly Shipped[]): Shipped[][] {
  const shipped = new Map(closure.map((each) => [each.package, each]));
  const reached = new Map<Package, ReadonlySet<Package>>();
  for (const item of shipped.keys()) if (item.obsoletes?.length) reached.set(item, reachOf(universe, item, shipped));
  const circles = [...reached.keys()].map((item) => closure.filter(({ package: other }) => reached.get(item)!.has(other) && reached.get(other)?.has(item)));
  return circles.filter((circle, place) => circle.length > 0 && circle[0]!.package === [...reached.keys()][place]);
}

/** What a package obsoletes, and what that obsoletes. */
function reachOf(universe: Universe, item: Package, shipped: ReadonlyMap<Package, Shipped>): ReadonlySet<Package> {
  const reach = new Set(obsoletedBy(universe, item, shipped));
  for (const each of reach) for (const other of obsoletedBy(universe, each, shipped)) reach.add(other);
  return reach;
}

function obsoletedBy(universe: Universe, { name, obsoletes = [] }: Package, shipped: ReadonlyMap<Package, Shipped>): Package[] {
  const found = obsoletes.flatMap((capability) => universe.bearing(capability)).map((id) => universe.package(id));
  return found.filter((other) => other.name !== name && shipped.has(other));
}
