import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { play } from '../support/testcase/play.ts';
import { randomTestcase } from '../support/testcase/random.ts';
import { readTestcase } from '../support/testcase/testcase.ts';
import { conformance, report } from './oracle.ts';
import { run, together } from './run.ts';

const count = 1000;

conformance('of a thousand random worlds we find the same ones possible as libsolv, and mostly the same packages', { programs: { testsolv: 'libsolv-tools' } }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pgark-worlds-'));
  const seeds = Array.from({ length: count }, (_, seed) => seed);
  await Promise.all(seeds.map((seed) => writeFile(join(folder, `${seed}.t`), randomTestcase(seed))));

  const theirs = await together(seeds, async (seed) => (await run(['testsolv', '-r', join(folder, `${seed}.t`)], { statuses: [0, 1] })).split('\n').filter((line) => line !== ''));
  const begin = performance.now();
  const ours = seeds.map((seed) => play(readTestcase(folder, `${seed}.t`)[0]!));
  const seconds = (performance.now() - begin) / 1000;
  await rm(folder, { recursive: true });

  const isPossible = theirs.map((lines) => !lines.some((line) => line.startsWith('problem ')));
  const possible = seeds.filter((seed) => isPossible[seed]);
  const alike = possible.filter((seed) => {
    const outcome = ours[seed]!;
    return outcome.ok && outcome.transaction.join('\n') === theirs[seed]!.filter((line) => line.startsWith('install ')).toSorted().join('\n');
  });
  await report('random worlds, possible or not', { agree: seeds.filter((seed) => ours[seed]!.ok === isPossible[seed]).length, of: count, explained: 0, peer: 'libsolv', seconds });
  await report('random worlds, the very same packages', { agree: alike.length, of: possible.length, explained: 0, peer: 'libsolv', seconds });
  expect(seeds.filter((seed) => ours[seed]!.ok !== isPossible[seed])).toEqual([]);
  expect(count - possible.length, 'worlds without a solution').toBeGreaterThan(50);
  // libsolv goes over its solution once more for a smaller one; ours is left as it was found.
  expect(alike.length / possible.length).toBeGreaterThan(0.9);
});
