/**
 * How long pgark takes to start, launcher and all, beside the floor, `node -e 0` on the same Node.js: `node bench/start.ts
 * [rounds]`. By turns; with what earlier starts left in the cache, and without.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { table } from '../repo/console/print.ts';
import { measure, median } from './measure.ts';

const pgark = join(import.meta.dirname, '..', 'pgark');
const rounds = Number(process.argv[2] ?? 11);
const cache = await mkdtemp(join(tmpdir(), 'pgark-bench-'));
const warm = ['env', `XDG_CACHE_HOME=${cache}`];
// Nothing can be kept below /proc.
const cold = ['env', 'NODE_DISABLE_COMPILE_CACHE=1', 'XDG_CACHE_HOME=/proc'];

const starts: { title: string; argv: string[]; status?: number }[] = [
  { title: 'node -e 0', argv: ['env', process.execPath, '-e', '0'] },
  ...[['--version'], ['--help'], ['nosuch'], ['lock', '--help'], ['plan', '--help'], ['ext', 'list'], ['ext', 'info', 'timescaledb'], ['ext', 'avail', 'postgis']].flatMap((words) => [
    { title: `pgark ${words.join(' ')}`, argv: [...warm, pgark, ...words], status: words[0] === 'nosuch' ? 2 : 0 },
    { title: `pgark ${words.join(' ')}, no cache`, argv: [...cold, pgark, ...words], status: words[0] === 'nosuch' ? 2 : 0 },
  ]),
];

try {
  for (const start of starts) await measure(start.argv, [start.status ?? 0]);
  const times = starts.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [place, start] of starts.entries()) times[place]!.push((await measure(start.argv, [start.status ?? 0])).seconds);
  }
  const rows = starts.map(({ title }, place) => {
    const ratio = median(times[place]!.map((value, round) => value / times[0]![round]!));
    return [title, `${(median(times[place]!) * 1000).toFixed(0)} ms`, ratio.toFixed(1)];
  });
  process.stdout.write(`medians of ${rounds} rounds by turns\n${table([['measured', 'time', 'ratio'], ...rows])}\n`);
} finally {
  await rm(cache, { recursive: true, force: true });
}
