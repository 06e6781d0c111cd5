/**
 * How long it takes to solve for one root, for each of the names of CentOS Stream 9 in turn: `node bench/roots.ts [rounds]`.
 * Each round is a fresh process, in which what was learned for one root is kept for the next, as when a bundle is locked; the
 * first root is counted like any other. Of each root the median of its rounds counts, with the reasons for what was taken and
 * for what was not. Where others use the machine too, the most is told by what the processor spent; that is counted in steps of up
 * to four milliseconds, too coarse for the median, which is told by the clock. libsolv's Python binding for each name of the same, in the same run, stands beside. Needs python3-solv.
 */
import { hostOf, settledHost, type Host } from '../builder/solve/host.ts';
import type { Recommends } from '../builder/solve/resolution.ts';
import { solveOn } from '../builder/solve/solve.ts';
import { type Universe, universeOf } from '../builder/solve/universe.ts';
import { table } from '../repo/console/print.ts';
import { load, primaryOf, readPackages, repositories, setting } from './el9.ts';
import { measure, measureOwn, median } from './measure.ts';

/** By name; by the clock, and of the processor. */
type Milliseconds = Record<string, readonly [number, number]>;

const kinds = {
  'beside a minimal host': (universe: Universe) => minimal(universe, 'exclude'),
  'beside a minimal host, weak dependencies': (universe: Universe) => minimal(universe, 'include'),
  'into an empty root': (universe: Universe) => settledHost({ ...minimal(universe, 'exclude'), recommends: 'exclude' }, new Map()),
} satisfies Record<string, (universe: Universe) => Host>;

type Kind = keyof typeof kinds;

/** As roots are solved when a bundle is locked; libsolv begins with an empty root. */
const locking: readonly Kind[] = ['beside a minimal host', 'beside a minimal host, weak dependencies'];

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
  process.stdout.write(`${table([['measured', 'median', '99 of 100', 'most', 'most of the processor', ''], ...rows, ['to reach', 'under 5 ms', '', '', 'under 50 ms', '']])}\n`);
  process.exitCode = locking.every((kind) => isReached(rootsOf(times.get(kind)!))) ? 0 : 1;
}

interface Root {
  name: string;
  clock: number;
  processor: number;
}

/** Each root with the medians of its rounds. */
function rootsOf(all: readonly Milliseconds[]): Root[] {
  const middle = (name: string, which: 0 | 1): number => median(all.map((each) => each[name]![which]));
  return Object.keys(all[0]!).map((name) => ({ name, clock: middle(name, 0), processor: middle(name, 1) }));
}

function isReached(roots: readonly Root[]): boolean {
  return median(roots.map((root) => root.clock)) < 5 && Math.max(...roots.map((root) => root.processor)) < 50;
}

function rowOf(kind: string, all: readonly Milliseconds[]): string[] {
  const roots = rootsOf(all).sort((a, b) => a.clock - b.clock);
  const show = (time: number): string => `${time.toFixed(2)} ms`;
  const most = roots.toSorted((a, b) => a.processor - b.processor).at(-1)!;
  return [kind, show(roots[roots.length >> 1]!.clock), show(roots[Math.floor(roots.length * 0.99)]!.clock), show(roots.at(-1)!.clock), show(most.processor), most.name];
}

async function solveAll(kind: Kind): Promise<void> {
  const universe = universeOf(await readPackages(), setting);
  const host = kinds[kind](universe);
  const milliseconds: Milliseconds = {};
  for (const name of new Set(universe.packages.map((item) => item.name))) {
    const [clock, processor] = [performance.now(), processorTime()];
    solveOn(host, [{ name }]);
    milliseconds[name] = [performance.now() - clock, processorTime() - processor];
  }
  process.stderr.write(`${JSON.stringify({ milliseconds })}\n`);
}

/** Of this thread, in milliseconds. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function minimal(universe: Universe, recommends: Recommends): Host {
  const host = hostOf(universe, recommends);
  if ('subject' in host) throw new Error(host.sentences.join('\n'));
  return host;
}

function timesIn(stderr: string): Milliseconds {
  return (JSON.parse(stderr.split('\n').find((line) => line.startsWith('{'))!) as { milliseconds: Milliseconds }).milliseconds;
}
