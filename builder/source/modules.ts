import type { Target } from '../../repo/package/target.ts';
import type { Modules, Stream } from '../../repo/rpm/modules.ts';
import { activeStreams, seenThrough } from '../../repo/rpm/streams.ts';
import { isRepository } from './repository.ts';
import type { Suite } from './upstream.ts';

/** Suites as dnf sees them. */
export interface Seen {
  suites: readonly Suite[];
  /** What all repositories say of modules. */
  modules: Modules;
  /** The streams that are on. */
  streams: readonly Stream[];
}

/**
 * Turns on the streams that are asked for, beside those that are on by default, over all repositories of a target; what no stream
 * that is on lets through is left out, unless its repository stands above modules. @throws Fault unsatisfiable
 */
export function throughModules(suites: readonly Suite[], target: Target, asked: readonly string[] = []): Seen {
  const told = suites.flatMap((suite) => suite.modules ?? []);
  const modules = { streams: told.flatMap((each) => each.streams), defaults: told.flatMap((each) => each.defaults) };
  const streams = activeStreams(modules, { streams: asked, platform: `el${target.release}`, arch: target.packageArch });
  const isBound = ({ drawn }: Suite): boolean => isRepository(drawn) && !drawn.suite.hotfixes;
  return { suites: suites.map((suite) => (isBound(suite) ? { ...suite, packages: seenThrough(streams, modules, suite.packages) } : suite)), modules, streams };
}
