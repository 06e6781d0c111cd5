import type { Descriptor } from '../../repo/bundle/descriptor.ts';
import { Fault } from '../../repo/core/fault.ts';
import { nearest } from '../../repo/core/nearest.ts';

/** The packages of a component of the manifests in a bundle, for one major where it has majors; empty where the bundle holds none. */
export function packagesOf(component: string, bundle: Descriptor, pg?: string): string[] {
  const roots = bundle.roots.filter((root) => root.name === component && root.kind !== 'extension' && (root.pg === undefined || pg === undefined || root.pg === pg));
  return [...new Set(roots.map((root) => root.package))].sort();
}

/** One that a part of a deployment cannot do without. */
export interface Need {
  component: string;
  pg?: string;
  /** Who asks: `pgbouncer on pg-meta-1`. */
  by: string;
}

/**
 * The packages behind all needs, sorted.
 * @throws Fault invalid with every component that the bundle does not hold
 */
export function packagesFor(needs: readonly Need[], bundle: Descriptor): string[] {
  const found = needs.map((need) => ({ need, packages: packagesOf(need.component, bundle, need.pg) }));
  const lacking = found.filter(({ packages }) => packages.length === 0).map(({ need }) => need);
  if (lacking.length > 0) throw missing(lacking, bundle);
  return [...new Set(found.flatMap(({ packages }) => packages))].sort();
}

function missing(needs: readonly Need[], bundle: Descriptor): Fault {
  const names = bundle.roots.map((root) => root.name);
  return new Fault('invalid', `${bundle.id} does not hold every component that this inventory stands on`, {
    details: [...new Set(needs.map(({ component, pg, by }) => `${by} needs ${component}${pg === undefined ? '' : ` of PostgreSQL ${pg}`}${near(component, names)}`))],
    hint: 'take a bundle built with the group "platform", or switch the part off in the inventory',
  });
}

function near(component: string, names: readonly string[]): string {
  const name = nearest(component, names);
  return name === undefined || name === component ? '' : `; the nearest that it holds is ${name}`;
}
