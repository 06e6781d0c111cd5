import type { Catalog } from '../../../builder/manifest/catalog.ts';
import { isPerMajor, suppliesOf, type Component } from '../../../builder/manifest/component.ts';
import type { Release } from '../../../builder/manifest/release.ts';
import type { Target } from '../../../repo/package/target.ts';
import { libc } from './ground.ts';
import { versionOf } from './revision.ts';
import type { Publication } from './world.ts';

/** The packages of all components for a target and a major, from every source that has them. */
export function componentsOf(catalog: Catalog, target: Target, release: Release, pg: string): Publication[] {
  return Object.entries(catalog.components).flatMap(([name, component]) =>
    suppliesOf(component, target, pg).flatMap(({ packages, source, version = isPerMajor(component, target) ? `${pg}.6` : '1.0' }) =>
      packages.map((each) => ({
        source,
        entry: { name: each, version: versionOf(version, source, release), arch: target.packageArch, needs: needsOf(each, name, component, packages, target, pg), conflicts: [], offers: [], essential: false },
        ...(each.includes(pg) && isPerMajor(component, target) && { pg }),
      })),
    ),
  );
}

/** The package of the server itself. */
export const serverOf = ({ format }: Pick<Target, 'format'>, pg: string): string => (format === 'deb' ? `postgresql-${pg}` : `postgresql${pg}-server`);

function needsOf(name: string, of: string, component: Component, packages: readonly string[], target: Target, pg: string): string[] {
  if (name === serverOf(target, pg)) return [libc(target), ...packages.filter((other) => other !== name && !other.endsWith('-contrib')), ...(target.format === 'deb' ? ['libpq5', 'libxml2'] : ['libxml2'])];
  const stands = component.kind === 'server' && of !== 'postgresql' && of !== 'postgresql-client' && isPerMajor(component, target);
  if (stands) return [serverOf(target, pg)];
  if (/^(patroni|python3-)/.test(name)) return ['python3'];
  return [libc(target)];
}
