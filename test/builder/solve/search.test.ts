import { describe, expect, test } from 'vitest';
import { Exclusion } from '../../../builder/solve/exclusion.ts';
import { essentials, installable } from '../../../builder/solve/installable.ts';
import { prove } from '../../../builder/solve/prove.ts';
import { rpm } from '../../../builder/solve/rpm.ts';
import { type Id, type Universe, universeOf } from '../../../builder/solve/universe.ts';
import { compareVersions } from '../../../repo/deb/version.ts';
import type { Relation } from '../../../repo/package/package.ts';
import { compareVersions as compareEvr } from '../../../repo/rpm/version.ts';
import { dice, randomPackages, richPackages } from './random.ts';

const setting = { arch: 'amd64', compareVersions };
const seeds = Array.from({ length: 150 }, (_, seed) => seed);

const families = [
  { family: 'Debian', setting, random: randomPackages },
  { family: 'RPM', setting: { arch: 'amd64', compareVersions: compareEvr, semantics: rpm }, random: richPackages },
];

describe.each(families)('against an exhaustive search over small archives of $family', ({ setting, random }) => {
  test('every installable package is found, and no other', () => {
    let refused = 0;
    for (const seed of seeds) {
      const world = universeOf(random(seed, 9), setting);

      const verdict = installable(world);

      const expected = exhaust(world);
      expect(verdict, `seed ${seed}`).toEqual(expected);
      refused += expected.filter((each) => !each).length;
    }
    expect(refused).toBeGreaterThan(50);
  });

  test('every proof lacks nothing and holds no conflict, with recommendations and without', () => {
    let proofs = 0;
    for (const seed of seeds) {
      const world = universeOf(random(seed, 9), setting);
      for (const recommends of ['exclude', 'include'] as const) {
        const proven = prove(world, [...'abcdefgh'], { recommends });

        const ids = new Map(world.packages.map((item, id) => [item, id]));
        const base = proven.closure.filter((shipped) => shipped.base).map((shipped) => shipped.package);
        for (const proof of proven.proofs) {
          const set = [...base.filter((item) => !proof.removes.includes(item)), ...proof.choices.map((choice) => choice.package)];
          expect(stands(world, new Exclusion(world), new Set(set.map((item) => ids.get(item)!))), `seed ${seed} ${proof.root}`).toBe(true);
          proofs++;
        }
        for (const problem of proven.unsatisfiable) expect(problem.sentences.length, `seed ${seed} ${problem.subject}`).toBeGreaterThan(0);
      }
    }
    expect(proofs).toBeGreaterThan(200);
  });

  test('roots are rivals exactly when no set of the shipped packages holds them together', () => {
    let rivals = 0;
    for (const seed of seeds) {
      const proven = prove(universeOf(random(seed, 8), setting), [...'abcdefgh'], { recommends: 'exclude' });
      if (proven.proofs.some((proof) => proof.removes.length > 0)) continue;

      const bundle = universeOf(proven.closure.map((shipped) => shipped.package), setting);
      const base = new Set(proven.closure.filter((shipped) => shipped.base).map((shipped) => shipped.package));
      const sets = subsets(bundle).filter((set) => bundle.packages.every((item, id) => !base.has(item) || set.has(id)));
      for (const [a, b] of pairsOf(proven.proofs.map((proof) => proof.root))) {
        const together = sets.some((set) => [a, b].every((name) => bundle.satisfying([{ name }], 'amd64').some((id) => set.has(id))));
        const recorded = proven.rivalries.some(({ root, rivals: [rival, ...more] }) => more.length === 0 && [a, b].every((name) => name === root || name === rival));
        expect(recorded, `seed ${seed}: ${a} and ${b}`).toBe(!together);
        if (!together) rivals++;
      }
    }
    expect(rivals).toBeGreaterThan(10);
  });
});

describe('the law "order-free"', () => {
  test.each(families)('the same packages of $family in any order give the same proofs', ({ setting, random }) => {
    for (const seed of seeds.slice(0, 60)) {
      const packages = random(seed, 14);

      const [first, second] = [packages, shuffled(packages, seed)].map((each) => prove(universeOf(each, setting), [...'abcdefgh'], { recommends: 'include' }));

      expect(second, `seed ${seed}`).toEqual(first);
    }
  });

  test('equal packages of two sources are one, from the source named first', () => {
    const [item] = randomPackages(1, 1);
    const twins = [{ ...item!, source: 'b' }, { ...item!, source: 'a' }];

    const world = universeOf(twins, { ...setting, sources: ['b', 'a'] });

    expect(world.packages.map((each) => each.source)).toEqual(['b']);
  });
});

/** Tries every set of packages there is. */
function exhaust(world: Universe): boolean[] {
  const sets = subsets(world);
  return world.packages.map((_, id) => sets.some((set) => set.has(id)));
}

function subsets(world: Universe): Set<Id>[] {
  const exclusion = new Exclusion(world);
  const count = world.packages.length;
  const all = Array.from({ length: 2 ** count }, (_, bits) => new Set(Array.from({ length: count }, (__, id) => id).filter((id) => bits & (1 << id))));
  return all.filter((set) => stands(world, exclusion, set));
}

/** Whether a set of packages can be installed as it is: nothing missing, nothing in conflict, everything Essential there. */
function stands(world: Universe, exclusion: Exclusion, set: ReadonlySet<Id>): boolean {
  const granted = (wish: readonly Id[]): boolean => wish.some((id) => set.has(id));
  return (
    essentials(world).every(granted) &&
    [...set].every((id) => world.package(id).requires.every((relation) => granted(world.satisfying(relation, 'amd64')) || isVoid(world, relation, set))) &&
    [...set].every((id) => exclusion.of(id).every((other) => !set.has(other)))
  );
}

/** One of the things that a relation wants absent is. */
function isVoid(world: Universe, relation: Relation, set: ReadonlySet<Id>): boolean {
  return relation.some(({ absent, ...capability }) => absent && !world.satisfying([capability], 'amd64').some((id) => set.has(id)));
}

const pairsOf = <T>(items: readonly T[]): [T, T][] => items.flatMap((a, index) => items.slice(index + 1).map((b): [T, T] => [a, b]));

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const roll = dice(seed + 1000);
  return items.map((item) => ({ item, place: roll(1 << 30) })).sort((a, b) => a.place - b.place).map(({ item }) => item);
}
