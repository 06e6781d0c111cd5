import type { Target } from '../../repo/package/target.ts';
import type { Bundle } from './bundle.ts';
import type { Catalog } from './catalog.ts';
import { isPerMajor, suppliesOf } from './component.ts';
import { expand, type Member } from './expand.ts';
import { availabilityOf, carriersOf, isGrouped, type Extension } from './extension.ts';

/** A component or extension of a group, with its packages in the sources of a bundle: none where they do not have it. */
export interface GroupMember {
  name: string;
  packages: readonly string[];
}

/** What a group's name stands for on a target: for one major, or for all where nothing in it depends on them. */
export interface OfferedGroup {
  name: string;
  pg?: string;
  members: readonly GroupMember[];
}

/** All groups of the catalog as a bundle's users may name them, sorted; what a target never has is no member there. */
export function groupsOn(target: Target, pg: readonly string[], { sources }: Bundle, catalog: Catalog): OfferedGroup[] {
  const read = new Set(sources.map((name) => catalog.sources[name]!.name));
  return Object.keys(catalog.groups).toSorted().flatMap((name) => {
    const members = expand(name, catalog);
    const offer = (major: string): GroupMember[] => members.filter((each) => (each.pg ?? major) === major).flatMap((each) => offersOf(each, target, major, read, catalog));
    if (members.some((each) => dependsOnMajor(each, target, catalog))) return pg.map((major) => ({ name, pg: major, members: offer(major) }));
    return [{ name, members: offer(pg.at(-1)!) }];
  });
}

const dependsOnMajor = ({ kind, name }: Member, target: Target, { components }: Catalog): boolean => kind !== 'component' || isPerMajor(components[name]!, target);

function offersOf({ kind, name }: Member, target: Target, pg: string, read: ReadonlySet<string>, catalog: Catalog): GroupMember[] {
  switch (kind) {
    case 'component':
      return component(name, target, pg, read, catalog);
    case 'extension':
      return extension(name, target, pg, read, catalog);
    case 'category':
      return catalog.categories[name]!.filter((each) => isAddition(catalog.extensions[each]!, target)).flatMap((each) => extension(each, target, pg, read, catalog));
  }
}

/** What comes with the server is there without being named; with it, a bundle would hold something of nearly every category. */
const isAddition = (found: Extension, target: Target): boolean => !found.contrib && isGrouped(found, target);

function component(name: string, target: Target, pg: string, read: ReadonlySet<string>, { components }: Catalog): GroupMember[] {
  const supplies = suppliesOf(components[name]!, target, pg);
  return supplies.length === 0 ? [] : [{ name, packages: supplies.find(({ source }) => read.has(source))?.packages ?? [] }];
}

function extension(name: string, target: Target, pg: string, read: ReadonlySet<string>, { extensions }: Catalog): GroupMember[] {
  const found = extensions[name]!;
  if (availabilityOf(found, target, pg) === 'not applicable') return [];
  const carrier = carriersOf(found, target, pg).find(({ source }) => read.has(source));
  return [{ name, packages: carrier ? [carrier.package, ...carrier.extras] : [] }];
}
