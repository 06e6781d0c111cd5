/**
 * Locking the bundle `debian` for d12.x86_64, every root proven, its indexes already in the store, beside apt deciding what
 * each root needs, once per root: `node bench/lock.ts [rounds]`. By turns: in each round one lock, and apt over its share
 * of the roots, so that apt sees every root once in all.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archiveOf } from '../test/conformance/archive.ts';
import { measureOwn, median, seconds } from './measure.ts';

const top = join(import.meta.dirname, '..');
const rounds = Number(process.argv[2] ?? 3);
const folder = await mkdtemp(join(tmpdir(), 'pgark-bench-'));

try {
  const path = join(folder, 'debian.d12.x86_64.lock.json');
  const lock = (): ReturnType<typeof measureOwn> => measureOwn([join(top, 'builder', 'main.ts'), 'lock', join(top, 'manifests', 'bundles', 'debian.yml'), '--target', 'd12.x86_64', '--out', folder]);
  await lock();
  const { roots } = JSON.parse(await readFile(path, 'utf8')) as { roots: { package: string }[] };
  const { apt } = await archiveOf('bookworm');
  const ours: number[] = [];
  const perRoot: number[] = [];
  let memory = 0;
  for (let round = 0; round < rounds; round++) {
    const own = await lock();
    const share = roots.filter((_, place) => place % rounds === round);
    const begin = performance.now();
    for (const root of share) await apt.picks(root.package, false);
    ours.push(own.seconds);
    perRoot.push((performance.now() - begin) / 1000 / share.length);
    memory = Math.max(memory, own.megabytes);
  }
  const ratio = median(perRoot.map((value, round) => (value * roots.length) / ours[round]!));
  process.stdout.write(`locking debian for d12.x86_64, ${roots.length} roots, medians of ${rounds} rounds by turns\n`);
  process.stdout.write(`  pgark ${seconds(median(ours))}, ${memory.toFixed(0)} MB; apt ${apt.version} ${seconds(median(perRoot))} a root, ${seconds(median(perRoot) * roots.length)} in all; ${ratio.toFixed(1)} times as fast\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
