import type { Catalog } from '../../../builder/manifest/catalog.ts';
import { spelled } from '../../../builder/manifest/major.ts';
import { releaseOf } from '../../../builder/manifest/platform.ts';
import type { Release } from '../../../builder/manifest/release.ts';
import type { AnyPlace } from '../../../builder/manifest/source.ts';
import type { Target } from '../../../repo/package/target.ts';
import { componentsOf } from './components.ts';
import type { Entry } from './entry.ts';
import { extensionsOf } from './extensions.ts';
import { groundOf } from './ground.ts';
import { keyOf, shelfOf, type Shelf } from './shelf.ts';

/** A suite or repository to be made, with the packages of each architecture that it serves. */
export interface MadePlace {
  place: AnyPlace;
  components: Set<string>;
  /** By architecture as the family spells it, then by name; the first of a name stays. */
  entries: Map<string, Map<string, Entry>>;
}

/** A package, and the source that publishes it; for one major, where it is made for one. */
export interface Publication {
  source: string;
  entry: Entry;
  pg?: string;
}

/** Everything that the sources of a catalog publish for some targets, as the manifests say. */
export function worldOf(catalog: Catalog, targets: readonly Target[]): MadePlace[] {
  const made = new Map<string, MadePlace>();
  for (const target of targets) addTarget(made, catalog, target);
  return [...made.values()];
}

function addTarget(made: Map<string, MadePlace>, catalog: Catalog, target: Target): void {
  const release = catalog.releases.find((each) => each.code === releaseOf(target))!;
  const majors = spelled(release.pg);
  const shelves = new Map(Object.values(catalog.sources).map((source) => [source.name, shelfOf(source, target, release, majors)]));
  for (const shelf of shelves.values()) for (const place of shelf.places) open(made, place, target);
  const { source, entries } = groundOf(release, target.packageArch);
  for (const entry of entries) publish(made, shelves, { source, entry }, target);
  for (const publication of publicationsOf(catalog, target, release, majors)) publish(made, shelves, publication, target);
}

/** Some components name packages of extensions among their own: where those are published, and at which version, the extensions say. */
function publicationsOf(catalog: Catalog, target: Target, release: Release, majors: readonly string[]): Publication[] {
  const extensions = majors.flatMap((pg) => extensionsOf(catalog, target, release, pg));
  const told = new Set(extensions.map(({ entry }) => entry.name));
  const components = majors.flatMap((pg) => componentsOf(catalog, target, release, pg));
  return [...extensions, ...components.filter(({ entry }) => !told.has(entry.name))];
}

function open(made: Map<string, MadePlace>, place: AnyPlace, target: Target): MadePlace {
  const known = made.get(keyOf(place)) ?? { place, components: new Set(), entries: new Map() };
  if (place.format === 'deb') for (const component of place.components) known.components.add(component);
  if (!known.entries.has(target.packageArch)) known.entries.set(target.packageArch, new Map());
  made.set(keyOf(place), known);
  return known;
}

function publish(made: Map<string, MadePlace>, shelves: ReadonlyMap<string, Shelf>, { source, entry, pg }: Publication, target: Target): void {
  const place = shelves.get(source)?.placeOf(entry.name, pg);
  if (!place) throw new Error(`${source} is said to publish ${entry.name} for ${target.code}, and has no place for it`);
  const entries = made.get(keyOf(place))!.entries.get(target.packageArch)!;
  if (!entries.has(entry.name)) entries.set(entry.name, entry);
}
