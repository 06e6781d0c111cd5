import type { Package } from '../../repo/package/package.ts';
import type { Shipped } from './proof.ts';
import type { Universe } from './universe.ts';

/** A package of the closure, and others that claim to be it and are not. */
export interface Double {
  shipped: Shipped;
  others: readonly Package[];
}

/**
 * Packages that two sources offer by the same name, version and architecture with different contents. A client would take
 * either, and a lock promises one, so neither can be locked.
 */
export function doublesAmong(universe: Universe, closure: readonly Shipped[]): Double[] {
  return closure.flatMap((shipped) => {
    const { name, version, arch, digest } = shipped.package;
    const others = universe.named(name).map((id) => universe.package(id)).filter((other) => other.version === version && other.arch === arch && other.digest !== digest);
    return others.length > 0 ? [{ shipped, others }] : [];
  });
}
