import { groupOf, type Catalog } from '../../../builder/manifest/catalog.ts';
import { suppliesOf } from '../../../builder/manifest/component.ts';
import { carriersOf, createdOf, type Carrier, type Extension } from '../../../builder/manifest/extension.ts';
import type { Release } from '../../../builder/manifest/release.ts';
import type { Target } from '../../../repo/package/target.ts';
import { serverOf } from './components.ts';
import { versionOf } from './revision.ts';
import type { Publication } from './world.ts';

/** The packages of all extensions for a target and a major, from every source that has them; what comes with the server is among its packages. */
export function extensionsOf(catalog: Catalog, target: Target, release: Release, pg: string): Publication[] {
  return Object.entries(catalog.extensions)
    .filter(([, extension]) => !extension.contrib)
    .flatMap(([name, extension]) => carriersOf(extension, target, pg).flatMap((carrier) => publicationsOf(name, extension, carrier)));

  function publicationsOf(name: string, extension: Extension, { package: carrier, extras, source, version }: Carrier): Publication[] {
    const entry = (of: string, needs: readonly string[], conflicts: readonly string[]): Publication => ({
      source,
      entry: { name: of, version: versionOf(version, source, release), arch: target.packageArch, needs, conflicts, offers: [], essential: false },
      pg,
    });
    const asked = createdOf(name, extension);
    const required = othersOf(asked.flatMap((each) => each.requires), name, carrier);
    const excluded = othersOf([...extension.conflicts, ...asked.flatMap((each) => each.conflicts)], name, carrier);
    return [entry(carrier, [...standsOn(extension, carrier), ...required], excluded), ...extras.map((extra) => entry(extra, [carrier], []))];
  }

  /** The server, or the kernel that it is made for. */
  function standsOn({ kernel }: Extension, carrier: string): string[] {
    const packages = kernel === undefined ? [serverOf(target, pg)] : (suppliesOf(catalog.components[kernel]!, target, pg)[0]?.packages ?? []);
    return packages.slice(0, 1).filter((each) => each !== carrier);
  }

  /** The packages that carry what bears these names, its own aside, where there are any for the target. */
  function othersOf(names: readonly string[], own: string, carrier: string): string[] {
    const groups = [...new Set(names.map((each) => groupOf(catalog, each)!))].filter((group) => group !== own);
    return groups.flatMap((group) => carriersOf(catalog.extensions[group]!, target, pg).slice(0, 1).map((each) => each.package)).filter((each) => each !== carrier);
  }
}
