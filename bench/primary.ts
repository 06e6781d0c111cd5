/**
 * Reading the primary.xml of CentOS Stream 9's AppStream, 52 MB unpacked, beside unpacking it: `node bench/primary.ts [rounds]`.
 * Within one process, by turns: the packed file unpacked in pieces by zlib, each piece thrown away; and the same pieces read to
 * packages. "To the last relation" then asks each package for everything that it says, as nothing ever does. In fresh processes,
 * what memory it takes at most, and how much of that the packages keep.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { table } from '../repo/console/print.ts';
import { decompressing } from '../repo/core/compression.ts';
import type { Package } from '../repo/package/package.ts';
import { streamPrimary } from '../repo/rpm/primary.ts';
import { load, primaryOf } from './el9.ts';
import { measureOwn, median } from './measure.ts';

const path = primaryOf('appstream');
const most = 1 << 29;

if (process.argv[2] === '--read') await readOnce();
else if (process.argv[2] === '--turns') await turns(Number(process.argv[3]));
else await bench(Number(process.argv[2] ?? 9));

/** Milliseconds of each kind, a round each. */
interface Turns {
  unpacking: number[];
  reading: number[];
  whole: number[];
}

async function bench(rounds: number): Promise<void> {
  const { unpacking, reading, whole } = told<Turns>((await measureOwn([import.meta.filename, '--turns', String(rounds)])).stderr);
  const memory: number[] = [];
  const kept: number[] = [];
  for (let round = 0; round < 3; round++) {
    const own = await measureOwn(['--expose-gc', import.meta.filename, '--read']);
    memory.push(own.megabytes);
    kept.push(told<{ kept: number }>(own.stderr).kept);
  }
  const row = (title: string, times: readonly number[], floor: readonly number[], reach = ''): string[] => [title, `${median(times).toFixed(0)} ms`, ratioOf(times, floor).toFixed(2), reach];
  process.stdout.write(`the primary.xml of AppStream, medians of ${rounds} rounds by turns, ${load()}\n`);
  const readingAlone = reading.map((time, round) => time - unpacking[round]!);
  const rows = [
    row('unpacking it in pieces', unpacking, unpacking),
    row('unpacking and reading it in pieces', reading, unpacking),
    row('of that, reading', readingAlone, unpacking, 'at most 3'),
    row('unpacking and reading it, to the last relation', whole, unpacking),
  ];
  process.stdout.write(`${table([['measured', 'time', 'ratio', 'to reach'], ...rows])}\n`);
  process.stdout.write(`memory: at most ${Math.max(...memory).toFixed(0)} MB, the program itself included, ${median(kept).toFixed(0)} MB of which the packages keep; the text has ${(gunzipSync(readFileSync(path)).length / 1e6).toFixed(0)} MB\n`);
  process.exitCode = ratioOf(readingAlone, unpacking) <= 3 ? 0 : 1;
}

function ratioOf(times: readonly number[], floor: readonly number[]): number {
  return median(times.map((value, round) => value / floor[round]!));
}

/** Code is compiled in the first rounds, which do not count. */
async function turns(rounds: number): Promise<void> {
  const packed = readFileSync(path);
  const times: Turns = { unpacking: [], reading: [], whole: [] };
  for (let round = -3; round < rounds; round++) {
    const unpacking = await timed(() => unpack(packed));
    const reading = await timed(() => read(packed));
    const whole = await timed(async () => touch(await read(packed)));
    if (round >= 0) for (const [list, time] of [[times.unpacking, unpacking], [times.reading, reading], [times.whole, whole]] as const) list.push(time);
  }
  process.stderr.write(`${JSON.stringify(times)}\n`);
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await act();
  return performance.now() - begin;
}

async function readOnce(): Promise<void> {
  const packages = await read(readFileSync(path));
  process.stderr.write(`${JSON.stringify({ kept: keptBy(packages) })}\n`);
}

/** Heap and buffers, as far as packages hold them: what goes when they go. */
function keptBy(packages: Package[]): number {
  const collect = (globalThis as { gc?: () => void }).gc;
  const used = (): number => {
    collect?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return (heapUsed + arrayBuffers) / 1e6;
  };
  const full = used();
  packages.length = 0;
  return full - used();
}

async function unpack(packed: Buffer): Promise<number> {
  let size = 0;
  for await (const piece of decompressing(packed, 'gz', most, 'it')) size += piece.length;
  return size;
}

function read(packed: Buffer): Promise<Package[]> {
  return streamPrimary(decompressing(packed, 'gz', most, 'it'), () => gunzipSync(packed), { source: 'it', priority: 99 });
}

function touch(packages: readonly Package[]): number {
  const lists = (item: Package): (readonly unknown[] | undefined)[] => [item.provides, item.requires, item.recommends, item.suggests, item.supplements, item.enhances, item.conflicts, item.obsoletes, item.files];
  return packages.reduce((sum, item) => lists(item).reduce((count, list) => count + (list?.length ?? 0), sum + item.size + item.digest.length), 0);
}

function told<T>(stderr: string): T {
  return JSON.parse(stderr.split('\n').find((line) => line.startsWith('{'))!) as T;
}
