/**
 * How long it takes to solve for one root, for each of the names of CentOS Stream 9 in turn: `node bench/roots.ts [rounds]`.
 * Each round is a fresh process, in which what was learned for one root is kept for the next, as when a bundle is locked; the
 * first root is counted like any other. Of each root the median of its rounds counts, with the reasons for what was taken and
 * for what was not; libsolv's Python binding for each name of the same, in the same run, stands beside. Needs python3-solv.
 */
import { hostOf, settledHost, type Host } from '../builder/solve/host.ts';
import type { Recommends } from '../builder/solve/resolution.ts';
import { solveOn } from '../builder/solve/solve.ts';
import { type Universe, universeOf } from '../builder/solve/universe.ts';
import { table } from '../repo/console/print.ts';
import { load, primaryOf, readPackages, repositories, setting } from './el9.ts';
import { measure, measureOwn, median } from './measure.ts';

/** By name. */
type Milliseconds = Record<string, number>;

const kinds = {
  'beside a minimal host': (universe: Universe) => minimal(universe, 'exclude'),
  'beside a minimal host, weak dependencies': (universe: Universe) => minimal(universe, 'include'),
  'into an empty root': (universe: Universe) => settledHost({ ...minimal(universe, 'exclude'), recommends: 'exclude' }, new Map()),
} satisfies Record<string, (universe: Universe) => Host>;

type Kind = keyof typeof kinds;

if (process.argv[2] === '--solve') await solveAll(process.argv[3] as Kind);
else await bench(Number(process.argv[2] ?? 5));

async function bench(rounds: number): Promise<void> {
  const times = new Map<string, Milliseconds[]>([...Object.keys(kinds), 'libsolv'].map((kind) => [kind, []]));
  for (let round = 0; round < rounds; round++) {
    for (const kind of Object.keys(kinds)) times.get(kind)!.push(timesIn((await measureOwn([import.meta.filename, '--solve', kind])).stderr));
    times.get('libsolv')!.push(timesIn((await measure(['/usr/bin/python3', `${import.meta.dirname}/libsolv.py`, ...repositories.map(primaryOf)])).stderr));
  }
  const rows = [...times].map(([kind, all]) => rowOf(kind, all));
  process.stdout.write(`solving for one root, each of ${Object.keys(times.get('libsolv')![0]!).length} names, medians of ${rounds} rounds by turns, ${load()}\n`);
  process.stdout.write(`${table([['measured', 'median', '99 of 100', 'most', ''], ...rows, ['to reach', 'under 5 ms', '', 'under 50 ms', '']])}\n`);
  process.exitCode = [...times].every(([kind, all]) => kind === 'libsolv' || isReached(sortedOf(all))) ? 0 : 1;
}

interface Root {
  name: string;
  time: number;
}

/** Each root with the median of its rounds, the quickest first. */
function sortedOf(all: readonly Milliseconds[]): Root[] {
  return Object.keys(all[0]!).map((name) => ({ name, time: median(all.map((each) => each[name]!)) })).sort((a, b) => a.time - b.time);
}

function isReached(roots: readonly Root[]): boolean {
  return median(roots.map((root) => root.time)) < 5 && roots.at(-1)!.time < 50;
}

function rowOf(kind: string, all: readonly Milliseconds[]): string[] {
  const roots = sortedOf(all);
  const show = (time: number): string => `${time.toFixed(2)} ms`;
  const most = roots.at(-1)!;
  return [kind, show(median(roots.map((root) => root.time))), show(roots[Math.floor(roots.length * 0.99)]!.time), show(most.time), most.name];
}

async function solveAll(kind: Kind): Promise<void> {
  const universe = universeOf(await readPackages(), setting);
  const host = kinds[kind](universe);
  const milliseconds: Milliseconds = {};
  for (const name of new Set(universe.packages.map((item) => item.name))) {
    const begin = performance.now();
    solveOn(host, [{ name }]);
    milliseconds[name] = performance.now() - begin;
  }
  process.stderr.write(`${JSON.stringify({ milliseconds })}\n`);
}

function minimal(universe: Universe, recommends: Recommends): Host {
  const host = hostOf(universe, recommends);
  if ('subject' in host) throw new Error(host.sentences.join('\n'));
  return host;
}

function timesIn(stderr: string): Milliseconds {
  return (JSON.parse(stderr.split('\n').find((line) => line.startsWith('{'))!) as { milliseconds: Milliseconds }).milliseconds;
}
