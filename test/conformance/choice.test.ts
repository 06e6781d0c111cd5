import { expect } from 'vitest';
import { prove } from '../../builder/solve/prove.ts';
import type { Recommends } from '../../builder/solve/resolution.ts';
import type { Universe } from '../../builder/solve/universe.ts';
import { archiveOf, needsOf, type Suite } from './archive.ts';
import { unexplained } from './disagreements.ts';
import { conformance, report } from './oracle.ts';
import { together } from './run.ts';

const majors: Record<Suite, string> = { bookworm: '15', trixie: '17' };

for (const [suite, major] of Object.entries(majors) as [Suite, string][]) {
  for (const recommends of ['exclude', 'include'] as const) {
    conformance(`what ${suite}'s apt picks for a PostgreSQL ${major} package is in our closure, recommends: ${recommends}`, needsOf(suite), () => compare(suite, major, recommends));
  }
}

async function compare(suite: Suite, major: string, recommends: Recommends): Promise<void> {
  const { universe, apt } = await archiveOf(suite);
  const roots = rootsOf(universe, major);
  const begin = performance.now();
  const proven = prove(universe, roots, { recommends });
  const seconds = (performance.now() - begin) / 1000;
  const base = proven.closure.filter((shipped) => shipped.base).map((shipped) => `${shipped.package.name} ${shipped.package.version}`);
  const ours = new Map(proven.proofs.map((proof) => [proof.root, new Set([...base, ...proof.choices.map(({ package: item }) => `${item.name} ${item.version}`)])]));

  const picks = await together(roots, (root) => apt.picks(root, recommends === 'include'));

  const missing = roots.flatMap((root, place) => picks[place]!.filter((pick) => !ours.get(root)?.has(pick)).map((pick) => `${root}: ${pick}`));
  const subject = `closure ${suite} postgresql-${major}, recommends: ${recommends}`;
  const open = unexplained(subject, missing);
  const agree = roots.filter((root) => !missing.some((line) => line.startsWith(`${root}: `))).length;
  await report(subject, { agree, of: roots.length, explained: missing.length - open.length, peer: `apt ${apt.version}`, seconds });
  expect(roots.length).toBeGreaterThan(50);
  expect(picks.every((each) => each.length > 0), 'apt installs something for every root').toBe(true);
  expect(proven.unsatisfiable).toEqual([]);
  expect(open).toEqual([]);
}

function rootsOf(universe: Universe, major: string): string[] {
  const names = new Set(universe.packages.map((item) => item.name));
  return [...names].filter((name) => name === `postgresql-${major}` || name.startsWith(`postgresql-${major}-`));
}
