import type { Release } from '../../../builder/manifest/release.ts';
import { placesFor, type AnyPlace, type Source } from '../../../builder/manifest/source.ts';
import { admits } from '../../../builder/source/admit.ts';
import type { Target } from '../../../repo/package/target.ts';

/** The suites and repositories that a target draws from a source, and which of them a package belongs into. */
export interface Shelf {
  places: readonly AnyPlace[];
  placeOf(name: string, pg?: string): AnyPlace | undefined;
}

/** What is made for one major lies in the repository of that major, where there is one. */
export function shelfOf(source: Source, target: Target, release: Release, majors: readonly string[]): Shelf {
  const common = placesFor(source, target, release, []);
  const isCommon = (place: AnyPlace): boolean => common.some((other) => keyOf(other) === keyOf(place));
  const perMajor = new Map(majors.map((pg) => [pg, placesFor(source, target, release, [pg]).filter((place) => !isCommon(place))]));
  return {
    places: [...common, ...[...perMajor.values()].flat()],
    placeOf: (name, pg = '') => [...(perMajor.get(pg) ?? []), ...common].find((place) => admits(place)(name)),
  };
}

/** Where it lies tells it from all others. */
export const keyOf = ({ archive, path, suite }: AnyPlace): string => `${archive} ${path} ${suite}`;
