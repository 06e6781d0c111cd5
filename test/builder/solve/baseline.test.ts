import { describe, expect, test } from 'vitest';
import { families } from '../../../builder/family.ts';
import type { Baseline } from '../../../builder/solve/installed.ts';
import type { Proven } from '../../../builder/solve/proof.ts';
import { prove } from '../../../builder/solve/prove.ts';
import { Exclusion } from '../../../builder/solve/exclusion.ts';
import { Search } from '../../../builder/solve/search.ts';
import { wishOf } from '../../../builder/solve/solve.ts';
import { type Id, type Universe, universeOf } from '../../../builder/solve/universe.ts';
import type { Package } from '../../../repo/package/package.ts';
import { readPackages } from '../../../repo/deb/packages.ts';
import { readPrimary } from '../../../repo/rpm/primary.ts';
import { makeRpm, primaryOf, type Fields } from '../../support/repository.ts';
import { richPackages } from './random.ts';

describe('a host with older versions of packages that are bound to each other', () => {
  const world = rpmWorld({
    'app 1-1': { requires: ['libc >= 2'] },
    'libc 2-9': {},
    'libc-langpack 2-9': { requires: ['libc = 2-9'] },
    'unbound 5-2': { requires: ['libc'] },
  });
  const old: Baseline = { name: 'old', packages: [{ name: 'libc', version: '2-1' }, { name: 'libc-langpack', version: '2-1' }, { name: 'unbound', version: '5-1' }, { name: 'agent', version: '9-9' }] };

  test('is given the partners of what is upgraded, and nothing else', () => {
    const { closure, baselines } = proven(world, ['app'], old);

    expect(closure.map(({ package: item, roots, because }) => [item.name, roots, because[0]!.kind])).toEqual([['app', ['app'], 'root'], ['libc', ['app'], 'requires'], ['libc-langpack', [], 'baseline']]);
    expect(baselines).toEqual([{ name: 'old', packages: 3, assumed: 3, unknown: 1, failing: [] }]);
  });

  test('is told when a partner cannot be had, with the roots that it holds up', () => {
    const without = rpmWorld({
      'app 1-1': { requires: ['libc >= 2'] },
      'calm 1-1': {},
      'libc 2-9': {},
      'libc-langpack 2-1': { requires: ['libc = 2-1'] },
    });

    const { baselines } = proven(without, ['app', 'calm'], old);

    expect(baselines[0]!.failing).toEqual([{ roots: ['app'], sentences: expect.arrayContaining(['libc-langpack 2-1 needs libc = 2-1']) }]);
  });

  test('keeps what it has that is newer than the bundle', () => {
    const { closure, baselines } = proven(world, ['app'], { name: 'new', packages: [{ name: 'libc', version: '2-20' }, { name: 'libc-langpack', version: '2-20' }] });

    expect(closure.map((shipped) => shipped.package.name)).toEqual(['app', 'libc']);
    expect(baselines[0]!.failing).toEqual([]);
  });

  test('lets something go for what obsoletes it, and for nothing else', () => {
    const torn = rpmWorld({
      'agent 1-1': {},
      'agent-ng 2-1': { obsoletes: ['agent < 2'] },
      'app 1-1': { requires: ['agent-ng'] },
      'rival 1-1': { conflicts: ['agent'] },
    });

    const one: Baseline = { name: 'one', packages: [{ name: 'agent', version: '1-1' }] };

    const [app, rival] = [proven(torn, ['app'], one), proven(torn, ['rival'], one)];

    expect(app.baselines[0]!.failing).toEqual([]);
    expect(rival.baselines[0]!.failing).toEqual([{ roots: ['rival'], sentences: ['rival 1-1 excludes agent 1-1 (agent)'] }]);
  });

  test('needs what stands under a condition that it fulfils', () => {
    const conditional = rpmWorld({ 'app 1-1': { requires: ['(app-selinux if policy)'] }, 'app-selinux 1-1': {}, 'policy 1-1': {} });

    const { closure, baselines } = proven(conditional, ['app'], { name: 'one', packages: [{ name: 'policy', version: '1-1' }] });

    expect(closure.map((shipped) => shipped.package.name)).toContain('app-selinux');
    expect(baselines[0]!.failing).toEqual([]);
  });

  test('is taken as it stands, whatever its packages need', () => {
    const { baselines } = proven(world, ['app'], { name: 'odd', packages: [{ name: 'libc-langpack', version: '2-9' }, { name: 'app', version: '1-1' }] });

    expect(baselines[0]!.failing).toEqual([]);
  });
});

describe('a host with the base set of some suites alone', () => {
  const suite = (source: string, stanzas: string) => readPackages(Buffer.from(stanzas), source);
  const stanza = (name: string, version: string, fields = ''): string => `Package: ${name}\nVersion: ${version}\nArchitecture: amd64\nFilename: ${name}_${version}.deb\nSize: 1\nSHA256: ${Buffer.from(`${name}${version}`.padEnd(32, '.')).toString('hex')}\n${fields}\n`;
  const main = [stanza('bash', '1', 'Essential: yes\nDepends: libc (>= 1), libold\n'), stanza('libc', '1'), stanza('libold', '1'), stanza('libnew', '1')];
  const security = [stanza('bash', '2', 'Essential: yes\nDepends: libc (>= 1), libnew\n'), stanza('libc', '2')];
  const world = (...app: string[]): Universe => universeOf([...suite('debian/x', [...main, ...app].join('\n')), ...suite('debian/x-security', security.join('\n'))], { arch: 'amd64', ...families.deb });
  const point: Baseline = { name: 'point', suites: ['debian/x'] };

  test('has older versions, and what these need', () => {
    const { closure, baselines } = proven(world(stanza('app', '1', 'Depends: libc (>= 2)\n')), ['app'], point);

    expect(closure.map(({ package: item }) => `${item.name} ${item.version}`)).toEqual(['app 1', 'bash 2', 'libc 2', 'libnew 1']);
    expect(baselines).toEqual([{ name: 'point', packages: 4, assumed: 0, unknown: 0, failing: [] }]);
  });

  test('holds up what cannot stand beside these', () => {
    const { baselines } = proven(world(stanza('app', '1', 'Conflicts: libold\n')), ['app'], point);

    expect(baselines[0]!.failing).toEqual([{ roots: ['app'], sentences: ['app 1 excludes libold 1 (libold)'] }]);
  });
});

describe('the law of baselines', () => {
  test('holds for small archives of RPM: a root that does not fail has a set that stands, with everything installed kept, renewed or obsoleted', () => {
    const counts = { held: 0, failed: 0 };
    for (let seed = 0; seed < 300; seed++) {
      const world = universeOf(richPackages(seed, 16), { arch: 'amd64', ...families.rpm });
      const first = prove(world, ['a', 'b', 'c'], { recommends: 'exclude' }).proofs[0];
      const there = first?.choices.map((choice) => choice.package) ?? [];
      // Two different packages of one name and version cannot be told apart by a list.
      if (there.length === 0 || there.some((item) => world.named(item.name).filter((id) => world.package(id).version === item.version).length > 1)) continue;
      const baseline = { name: 'x', packages: there.map(({ name, version }) => ({ name, version })) };

      const { closure, proofs, baselines } = prove(world, ['d', 'e', 'f', 'g', 'h'], { recommends: 'exclude', baselines: [baseline] });

      for (const { root } of proofs) {
        const fails = baselines[0]!.failing.some((each) => each.roots.includes(root));
        expect(fits(universeOf([...closure.map((shipped) => shipped.package), ...there], world.setting), there, root), `seed ${seed}, ${root}`).toBe(!fails);
        counts[fails ? 'failed' : 'held']++;
      }
    }
    expect(Math.min(...Object.values(counts)), JSON.stringify(counts)).toBeGreaterThan(10);
  });
});

/** By a search of its own that knows nothing of baselines. */
function fits(world: Universe, there: readonly Package[], root: string): boolean {
  const search = new Search({ universe: world, exclusion: new Exclusion(world), recommends: 'exclude' });
  const keep = (item: Package): Id[] => {
    const place = world.packages.indexOf(item);
    return [...world.packages.keys()].filter((id) => id === place || (world.package(id).name === item.name && world.compareVersions(world.package(id).version, item.version) >= 0) || (world.package(id).obsoletes ?? []).some((capability) => world.package(id).name !== item.name && world.bearing(capability).includes(place)));
  };
  return search.solve(search.goal([wishOf(world, { name: root }), ...there.map(keep)]));
}

const proven = (world: Universe, roots: readonly string[], baseline: Baseline): Proven => prove(world, roots, { recommends: 'exclude', baselines: [baseline] });

function rpmWorld(packages: Record<string, Fields>): Universe {
  const stanzas = Object.entries(packages).map(([title, fields]) => makeRpm(title.split(' ')[0]!, title.split(' ')[1]!, 'x86_64', fields).stanza);
  return universeOf(readPrimary(Buffer.from(primaryOf(stanzas)), { source: 'test', priority: 99 }), { arch: 'x86_64', ...families.rpm });
}
