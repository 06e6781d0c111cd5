/**
 * The whole catalog: `node bench/catalog.ts [rounds]`. Loading and validating all manifests, in a fresh process, again in the
 * same one, and from what an earlier process found valid; then locking the bundle `full` with every root proven for 1, 2, 4, 8
 * and 16 platforms of five PostgreSQL majors each, over a mirror made of the manifests, its indexes already in the store.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recallCatalog } from '../builder/manifest/cache.ts';
import { readCatalog } from '../builder/manifest/catalog.ts';
import { ownManifests } from '../builder/manifest/files.ts';
import { makeMirror } from '../test/support/mirror/mirror.ts';
import { measureOwn, median, seconds } from './measure.ts';

const top = join(import.meta.dirname, '..');

if (process.argv[2] === '--load') await load(process.argv[3]!);
else await bench(Number(process.argv[2] ?? 3));

async function bench(rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pgark-bench-'));
  try {
    await benchLoading(rounds, folder);
    await benchLocking(rounds, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function benchLoading(rounds: number, folder: string): Promise<void> {
  const cold: number[] = [];
  const warm: number[] = [];
  const kept: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const { stderr } = await measureOwn([import.meta.filename, '--load', folder]);
    const [first, second, third] = /^loading (\S+) (\S+) (\S+)$/m.exec(stderr)!.slice(1).map(Number) as [number, number, number];
    // What is kept of the catalog is there from the second process on.
    if (round > 0) for (const [list, value] of [[cold, first], [warm, second], [kept, third]] as const) list.push(value);
  }
  process.stdout.write(`loading and validating all manifests, medians of ${rounds} processes\n`);
  process.stdout.write(`  ${median(cold).toFixed(0)} ms in a fresh process, ${median(warm).toFixed(0)} ms again, ${median(kept).toFixed(0)} ms from what an earlier one found valid\n`);
}

/** Modules are loaded by now: what counts is the work. What is kept is read first, since nothing else warms it up. */
async function load(cache: string): Promise<void> {
  const times: number[] = [];
  for (const act of [() => recallCatalog(ownManifests, cache), () => readCatalog(ownManifests), () => readCatalog(ownManifests)]) {
    const begin = performance.now();
    await act();
    times.push(performance.now() - begin);
  }
  process.stderr.write(`loading ${times[1]} ${times[2]} ${times[0]}\n`);
}

async function benchLocking(rounds: number, folder: string): Promise<void> {
  const catalog = await readCatalog(ownManifests);
  const platforms = catalog.targets.map((target) => target.code).filter((code) => !code.startsWith('d11.'));
  const mirror = await makeMirror(catalog);
  try {
    const lock = (codes: readonly string[]): ReturnType<typeof measureOwn> =>
      measureOwn([join(top, 'builder', 'main.ts'), 'lock', join(ownManifests, 'bundles', 'full.yml'), ...codes.flatMap((code) => ['--target', code]), '--out', folder, ...mirror.options]);
    await lock(platforms);
    process.stdout.write(`locking full for five majors, every root proven, ${mirror.packages} packages in the mirror, warm store, medians of ${rounds} rounds by turns\n`);
    const sizes = [1, 2, 4, 8, 16];
    const measured = sizes.map(() => ({ seconds: [] as number[], megabytes: 0 }));
    for (let round = 0; round < rounds; round++) {
      for (const [place, size] of sizes.entries()) {
        const own = await lock(spread(platforms, size, round));
        measured[place]!.seconds.push(own.seconds);
        measured[place]!.megabytes = Math.max(measured[place]!.megabytes, own.megabytes);
      }
    }
    for (const [place, { seconds: values, megabytes }] of measured.entries()) {
      const size = sizes[place]!;
      process.stdout.write(`  ${String(size).padStart(2)} platform${size === 1 ? ' ' : 's'}  ${seconds(median(values))}, ${seconds(median(values) / size)} each, ${megabytes.toFixed(0)} MB\n`);
    }
  } finally {
    await mirror.close();
  }
}

/** So many of the platforms, of both families, others in each round. */
function spread(platforms: readonly string[], count: number, round: number): string[] {
  const step = platforms.length / count;
  return Array.from({ length: count }, (_, nth) => platforms[(nth * step + round * 5) % platforms.length]!);
}
