import { expect } from 'vitest';
import { compareVersions } from '../../repo/deb/version.ts';
import { archiveOf, needsOf } from './archive.ts';
import { conformance, report } from './oracle.ts';
import { run, together } from './run.ts';

const count = 12_000;

const needs = [needsOf('bookworm'), needsOf('trixie')];
const programs = Object.assign({ dpkg: 'dpkg' }, ...needs.map((each) => each.programs)) as Record<string, string>;

conformance('versions of the archive are ordered as dpkg orders them', { programs, ...(needs.some((each) => each.root) && { root: true }) }, async () => {
  const pairs = await pairsOfArchive();
  const begin = performance.now();
  const ours = pairs.map(([a, b]) => Math.sign(compareVersions(a, b)));
  const seconds = (performance.now() - begin) / 1000;

  const halves = [pairs.filter((_, place) => place % 2 === 0), pairs.filter((_, place) => place % 2 === 1)];
  const [even, odd] = (await together(halves, judge)) as [number[], number[]];

  const theirs = pairs.map((_, place) => (place % 2 === 0 ? even : odd)[place >> 1]!);
  const differing = pairs.filter((_, place) => ours[place] !== theirs[place]);
  await report('version order', { agree: pairs.length - differing.length, of: pairs.length, explained: 0, peer: 'dpkg --compare-versions', seconds });
  expect(new Set(pairs.map((pair) => pair.join(' '))).size).toBeGreaterThanOrEqual(10_000);
  expect(new Set(theirs)).toEqual(new Set([-1, 0, 1]));
  expect(differing).toEqual([]);
});

/**
 * Pairs that an archive really asks about: a package's version in two suites, and the version beside each bound that is put on
 * it; and as many pairs of versions that are close in spelling.
 */
async function pairsOfArchive(): Promise<[string, string][]> {
  const [old, young] = [(await archiveOf('bookworm')).universe, (await archiveOf('trixie')).universe];
  const pairs = new Map<string, [string, string]>();
  const enter = (a: string, b: string): unknown => a !== b && pairs.set(`${a} ${b}`, [a, b]);
  const every = (most: number, rows: readonly [string, string][]): void => {
    const step = Math.max(1, Math.floor(rows.length / most));
    for (let place = 0; place < rows.length; place += step) enter(...rows[place]!);
  };
  every(count / 3, old.packages.flatMap((item): [string, string][] => young.named(item.name).map((id) => [item.version, young.package(id).version])));
  every(count / 3, boundsOf(old));
  const versions = [...new Set([...old.packages, ...young.packages].map((item) => item.version))].sort();
  every(count / 2, versions.slice(1).map((version, place): [string, string] => [versions[place]!, version]));
  // Equal though spelt differently, which archives seldom hold.
  for (const version of versions.filter((each) => !each.includes(':')).slice(0, 200)) enter(version, `0:${version}`);
  return [...pairs.values()];
}

function boundsOf(universe: Awaited<ReturnType<typeof archiveOf>>['universe']): [string, string][] {
  const capabilities = universe.packages.flatMap((item) => [...item.requires.flat(), ...item.conflicts]);
  return capabilities.flatMap(({ name, bound }): [string, string][] => {
    const id = bound && universe.named(name)[0];
    return id === undefined ? [] : [[universe.package(id).version, bound!.version]];
  });
}

/** One shell for many pairs; `--compare-versions` takes one pair at a time. */
async function judge(pairs: readonly [string, string][]): Promise<number[]> {
  const script = 'while read -r a b; do if dpkg --compare-versions "$a" lt "$b"; then echo -1; elif dpkg --compare-versions "$a" eq "$b"; then echo 0; else echo 1; fi; done';
  const said = await run(['sh', '-c', script], { input: pairs.map((pair) => `${pair.join(' ')}\n`).join('') });
  return said.trim().split('\n').map(Number);
}
