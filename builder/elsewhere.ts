import { Fault } from '../repo/core/fault.ts';
import type { Progress } from '../repo/core/progress.ts';
import { releaseFor } from './manifest/catalog.ts';
import type { GivenBundle } from './manifest/given.ts';
import type { Manifest } from './manifest/manifest.ts';
import { placesFor, type Source } from './manifest/source.ts';
import { foundElsewhere, sayElsewhere } from './solve/elsewhere.ts';
import type { Universe } from './solve/universe.ts';
import { drawSuites } from './source/draw.ts';
import { throughModules } from './source/modules.ts';
import type { Suite, Upstream } from './source/upstream.ts';

/**
 * For roots that cannot be had from the sources of a bundle: which known source would make up for it, and because of what. Only
 * sources are looked at whose indexes are in the store already; they are verified again like any other.
 */
export async function searchElsewhere(roots: readonly string[], universe: Universe, manifest: Manifest, { bundle, catalog }: GivenBundle, upstream: Upstream, progress: Progress): Promise<ReadonlyMap<string, readonly string[]>> {
  if (roots.length === 0) return new Map();
  const named = new Set(bundle.sources.map((name) => catalog.sources[name]!.name));
  const others = Object.values(catalog.sources).filter((source) => source.disabled === undefined && !named.has(source.name));
  const release = releaseFor(catalog, manifest.target);
  const draw = async (source: Source): Promise<readonly Suite[]> => {
    const drawn = placesFor(source, manifest.target, release, manifest.pg).map((suite) => ({ source, suite }));
    return known(async () => throughModules(await drawSuites(drawn, manifest.target, { ...upstream, http: undefined }, progress), manifest.target).suites);
  };
  const suites = (await progress.each(others, 2, draw)).flat();
  const found = foundElsewhere(universe, suites.flatMap((suite) => suite.packages), roots);
  return new Map(found.map((each) => [each.root, sayElsewhere(each)]));
}

/** A source that is not in the store, or not good any more, is none that could be recommended. */
async function known(draw: () => Promise<readonly Suite[]>): Promise<readonly Suite[]> {
  try {
    return await draw();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [];
  }
}
