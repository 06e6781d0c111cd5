import { describe, expect, test } from 'vitest';
import { Exclusion } from '../../../builder/solve/exclusion.ts';
import { rpm } from '../../../builder/solve/rpm.ts';
import { prove } from '../../../builder/solve/prove.ts';
import { essentials } from '../../../builder/solve/installable.ts';
import { Search } from '../../../builder/solve/search.ts';
import { wishOf } from '../../../builder/solve/solve.ts';
import { type Id, universeOf, type Universe } from '../../../builder/solve/universe.ts';
import type { Package } from '../../../repo/package/package.ts';
import { compareVersions } from '../../../repo/deb/version.ts';
import { randomPackages, richPackages } from './random.ts';
import { proofsOf, universe } from './scenario.ts';

describe('a branch of a shipped package', () => {
  test('that fits is open, and nothing is added for it', () => {
    const world = universe(`
      app 1
        Depends: db | cache
      db 1
      tool 1
        Depends: cache
      cache 1
        Depends: engine
      engine-a 1
        Provides: engine
      engine-b 1
        Provides: engine
    `);

    const { choice, closure } = proofsOf(world, 'app tool');

    expect(choice).toEqual({ branches: 2, barred: [] });
    expect(names(closure.map((shipped) => shipped.package))).toBe('app cache db engine-b tool');
  });

  test('that lacks something in the bundle which upstream has gets it', () => {
    const world = universe(`
      app 1
        Depends: db | cache
        Conflicts: engine-b
      db 1
      tool 1
        Depends: cache
      cache 1
        Depends: engine-b | engine-a
      engine-a 1
      engine-b 1
    `);

    const { choice, closure } = proofsOf(world, 'app tool');

    expect(choice.barred.map(({ by, taken, roots }) => [by.name, names(taken), roots])).toEqual([['cache', 'engine-b', ['app']]]);
    expect(closure.map(({ package: item, roots, because }) => [item.name, roots.join(' '), because.map((each) => ('by' in each ? `${each.by.name}: ${each.relation}` : each.kind)).join()])).toContainEqual(['engine-a', '', 'cache: engine-b | engine-a']);
  });

  test('that upstream cannot have either is barred, and told with the roots that bar it', () => {
    const world = universe(`
      app 1
        Depends: db | cache
        Conflicts: engine
      db 1
      tool 1
        Depends: cache
      cache 1
        Depends: engine
      engine 1
      other 1
        Depends: app | tool
    `);

    const { choice } = proofsOf(world, 'app tool');

    expect(choice.barred.map(({ by, relation, taken, roots }) => [by.name, relation, names(taken), roots])).toEqual([['app', 'db | cache', 'cache', []]]);
  });

  test('is barred to those roots alone that it cannot stand beside', () => {
    const world = universe(`
      first 1
        Depends: app
        Conflicts: cache
      second 1
        Depends: app
      app 1
        Depends: db | cache
      db 1
      tool 1
        Depends: cache
      cache 1
    `);

    const { choice } = proofsOf(world, 'first second tool');

    expect(choice.barred.map(({ taken, roots }) => [taken[0]!.name, roots])).toEqual([['cache', ['first']]]);
  });

  test('to another version than the best is no choice', () => {
    const world = universe(`
      app 1
        Depends: lib
      pin 1
        Depends: lib (= 1)
      lib 1
      lib 2
    `);

    expect(proofsOf(world, 'app pin').choice.branches).toBe(0);
  });
});

describe('the law "closed under choice"', () => {
  const worlds = {
    Debian: (seed: number) => universeOf(randomPackages(seed, 24), { arch: 'amd64', compareVersions }),
    RPM: (seed: number) => universeOf(richPackages(seed, 24), { arch: 'amd64', compareVersions, semantics: rpm }),
  };

  test.each(Object.entries(worlds))('holds for bundles of small archives of %s: what cannot be taken from one cannot be taken upstream', { timeout: 60_000 }, (_, make) => {
    const counts = { open: 0, barred: 0, added: 0 };
    for (let seed = 0; seed < 100; seed++) {
      const world = make(seed);
      const { closure, proofs, choice } = prove(world, [...'abcdefgh'], { recommends: 'exclude' });
      // A client sees one repository, without priorities.
      const bundle = universeOf(closure.map((shipped) => shipped.package), { ...world.setting, semantics: { ...world.semantics, rank: () => 0 } });
      counts.added += closure.filter((shipped) => !shipped.base && shipped.roots.length === 0).length;

      for (const proof of proofs) {
        const host = proof.removes.length > 0 ? undefined : closure.filter((shipped) => shipped.base).map((shipped) => shipped.package);
        for (const packages of choicesFrom(bundle, proof.root)) {
          const told = choice.barred.some(({ by, taken, roots }) => [by, ...taken].every((item, place) => packages[place] === item) && packages.length === taken.length + 1 && (roots.length === 0 ? proof.removes.length === 0 : roots.includes(proof.root)));
          const stands = standsIn(bundle, host, proof.root, packages);
          expect(told, `seed ${seed}, ${proof.root} with ${names(packages)}`).toBe(!stands);
          if (told) expect(standsIn(world, host, proof.root, packages), `seed ${seed}, ${proof.root} with ${names(packages)}`).toBe(false);
          counts[told ? 'barred' : 'open']++;
        }
      }
    }
    expect(Math.min(...Object.values(counts)), JSON.stringify(counts)).toBeGreaterThan(10);
  });
});

const names = (packages: readonly Package[]): string => packages.map((item) => item.name).join(' ');

/** Every choice that some row of choices leads to from a root: who has the requirement, and what is taken for it. */
function choicesFrom(bundle: Universe, root: string): Package[][] {
  const reached = new Set(wishOf(bundle, { name: root }));
  const choices: Package[][] = [];
  for (const by of reached) {
    const item = bundle.package(by);
    for (const relation of item.requires) {
      const conditions = bundle.conditions(relation, item.arch);
      const wish = bundle.satisfying(relation, item.arch);
      for (const id of wish) reached.add(id);
      const best = wish.filter((id) => !wish.slice(0, wish.indexOf(id)).some((other) => bundle.package(other).name === bundle.package(id).name)).map((id) => [id]);
      const isMixed = new Set(wish.map((id) => bundle.package(id).repositoryPriority)).size > 1;
      const taken = conditions === undefined ? (best.length > 1 || isMixed ? best : []) : conditions.length > 0 ? [...best, ...conditions] : [];
      choices.push(...taken.filter((ids) => !ids.includes(by)).map((ids) => [by, ...ids].map((id) => bundle.package(id))));
    }
  }
  return choices;
}

/** By a search of its own that knows nothing yet. */
function standsIn(world: Universe, base: readonly Package[] | undefined, root: string, packages: readonly Package[]): boolean {
  const search = new Search({ universe: world, exclusion: new Exclusion(world), recommends: 'exclude' });
  const only = (item: Package): Id[] => [world.packages.indexOf(item)];
  return search.solve(search.goal([...(base?.map(only) ?? essentials(world)), wishOf(world, { name: root }), ...packages.map(only)]));
}
