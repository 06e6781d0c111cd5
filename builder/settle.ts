import type { Progress } from '../repo/core/progress.ts';
import { isPrimary } from '../repo/rpm/entry.ts';
import { families } from './family.ts';
import type { Manifest } from './manifest/manifest.ts';
import type { Proven } from './solve/proof.ts';
import { prove } from './solve/prove.ts';
import { type Universe, universeOf } from './solve/universe.ts';
import { searchFiles } from './source/further.ts';
import type { Suite, Upstream } from './source/upstream.ts';

/** What came of a manifest, and of which suites with which indexes. */
export interface Settled {
  universe: Universe;
  proven: Proven;
  suites: readonly Suite[];
}

/**
 * Proves the roots of a manifest over what its suites have. Indexes list programs and what lies below /etc; only where something
 * that comes into question needs another path that nothing else answers for, the lists of all files are read for it.
 */
export async function settle(manifest: Manifest, given: readonly Suite[], upstream: Upstream, progress: Progress): Promise<Settled> {
  const { target, bundle, baselines } = manifest;
  const roots = [...new Set(manifest.wanted.map((wanted) => wanted.package))];
  const sources = given.map((suite) => suite.name);
  const packages = given.flatMap((suite) => suite.packages);
  const searched = new Set<string>();
  for (let suites = given, files: ReadonlyMap<string, readonly string[]> = new Map(); ; ) {
    const universe = universeOf(packages, { arch: target.packageArch, ...families[target.format], sources, files });
    const proven = prove(universe, roots, { recommends: bundle.recommends, baselines });
    const open = [...universe.unanswered].filter((path) => !isPrimary(path) && !searched.has(path));
    if (open.length === 0) return { universe, proven, suites };
    for (const path of open) searched.add(path);
    progress.say(`looking for ${[...open].sort().join(', ')} in the lists of all files`);
    ({ suites, found: files } = await searchFiles(suites, [...searched].sort(), upstream, progress));
  }
}
