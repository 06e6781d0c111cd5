import { Fault } from '../../repo/core/fault.ts';
import type { Progress } from '../../repo/core/progress.ts';
import { compareVersions as compareDeb } from '../../repo/deb/version.ts';
import type { Package } from '../../repo/package/package.ts';
import type { Target } from '../../repo/package/target.ts';
import { compareVersions as compareRpm } from '../../repo/rpm/version.ts';
import type { Drawn } from '../manifest/manifest.ts';
import { drawSuites } from '../source/draw.ts';
import { throughModules } from '../source/modules.ts';
import type { Suite, Upstream } from '../source/upstream.ts';
import { isRefused } from '../source/fetch.ts';
import { nameOf } from '../source/verify.ts';
import { needsOf } from './needs.ts';
import { similarTo } from './similar.ts';

/** A suite or repository that was read, or the reason why it was not. */
export type Place =
  | { name: string; read: true; signer: string; date: string; pinned: readonly string[] }
  | { name: string; read: false; fault: Fault; pinned: readonly string[]; archive: string };

/** A package as its source has it: the newest of all its suites. */
export interface Seen {
  version: string;
  /** The names of what it depends on, without bounds. */
  needs: string;
}

/** Archives that did not answer: nobody asks them twice. */
export type Down = Map<string, Fault>;

/** What a source has on a target of the packages that somebody asked about. */
export interface Look {
  source: string;
  target: Target;
  places: readonly Place[];
  packages: ReadonlyMap<string, Seen>;
  /** For a package that is not there: those that may have taken its place. */
  similar: ReadonlyMap<string, readonly string[]>;
}

/** What is asked: names that have to be there, and names that may be. */
export interface Question {
  promised: ReadonlySet<string>;
  possible: ReadonlySet<string>;
}

export const compareFor = (target: Target): ((a: string, b: string) => number) => (target.format === 'deb' ? compareDeb : compareRpm);

/** Reads the places of one source for one target, each verified as for a lock; one that cannot be read does not stop the others. */
export async function look(drawn: readonly Drawn[], target: Target, question: Question, upstream: Upstream, progress: Progress, down: Down = new Map()): Promise<Look> {
  const results = await progress.each(drawn, 4, (each) => read(each, target, upstream, progress, down));
  const suites = results.flatMap((result) => ('packages' in result ? [result] : []));
  const places = results.map((result): Place => ('packages' in result ? { name: result.name, read: true, signer: result.signer, date: result.release.date.toISOString(), pinned: result.drawn.suite.keys } : result));
  const all = suites.flatMap((suite) => suite.packages);
  return { source: drawn[0]!.source.name, target, places, ...lookAt(all, target, question) };
}

/** The newest of each package that was asked about, and what is like those that are missing. */
export function lookAt(all: readonly Package[], target: Target, { promised, possible }: Question): Pick<Look, 'packages' | 'similar'> {
  const compare = compareFor(target);
  const names = new Set(all.map((item) => item.name));
  const similar = similarTo([...promised].filter((name) => !names.has(name)), all, promised);
  const asked = new Set([...promised, ...possible, ...[...similar.values()].flat()]);
  const newest = new Map<string, Package>();
  for (const item of all) {
    const other = newest.get(item.name);
    if (asked.has(item.name) && (!other || compare(item.version, other.version) > 0)) newest.set(item.name, item);
  }
  return { packages: new Map([...newest].map(([name, item]) => [name, { version: item.version, needs: needsOf(item) }])), similar };
}

async function read(drawn: Drawn, target: Target, upstream: Upstream, progress: Progress, down: Down): Promise<Suite | Extract<Place, { read: false }>> {
  const { archive, keys: pinned } = drawn.suite;
  const before = down.get(archive);
  if (before) return { name: nameOf(drawn), read: false, fault: before, pinned, archive };
  try {
    return throughModules(await drawSuites([drawn], target, upstream, progress), target).suites[0]!;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (isSilence(error) && !down.has(archive)) down.set(archive, error);
    return { name: nameOf(drawn), read: false, fault: error, pinned, archive };
  }
}

/** Whether nobody answered at all, rather than that the answer was no. */
export function isSilence(fault: Fault): boolean {
  const first = fault.cause instanceof Fault ? fault.cause : fault;
  return first.code === 'fetch' && first.cause !== undefined && !isRefused(first);
}
