import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { overlap, rpm } from '../../../builder/solve/rpm.ts';
import type { Recommends } from '../../../builder/solve/resolution.ts';
import { solve } from '../../../builder/solve/solve.ts';
import { universeOf, type Universe } from '../../../builder/solve/universe.ts';
import type { Bound, Operator } from '../../../repo/package/package.ts';
import { readPrimary } from '../../../repo/rpm/primary.ts';
import { compareVersions } from '../../../repo/rpm/version.ts';
import { makeRpm, primaryOf, type Fields } from '../../support/repository.ts';
import { proofsOf, show } from './scenario.ts';

describe('a requirement', () => {
  test('is met by whoever offers it, at versions that overlap', () => {
    const world = universe(`
      app 1-1
        requires: engine >= 3
      old 1-1
        provides: engine = 2-1
      new 1-1
        provides: engine = 3-7
    `);

    expect(install(world, 'app')).toBe('app=1-1 new=1-1');
  });

  test('with a version is met by an offer without one', () => {
    const world = universe(`
      app 1-1
        requires: engine >= 3
      any 1-1
        provides: engine
    `);

    expect(install(world, 'app')).toBe('any=1-1 app=1-1');
  });

  test('without a release is met by any release', () => {
    const world = universe(`
      app 1-1
        requires: lib = 1:2.0
      lib 1:2.0-7.el9
      lib 2.0-9.el9
    `);

    expect(install(world, 'app')).toBe('app=1-1 lib=1:2.0-7.el9');
  });

  test('of the name of a package may be met by what that offers beside its own version', () => {
    const world = universe(`
      app 1-1
        requires: java = 1.8
      java 1:21-1
        provides: java = 1.8
    `);

    expect(install(world, 'app')).toBe('app=1-1 java=1:21-1');
  });

  test('of a path is met by the package that has it', () => {
    const world = universe(`
      app 1-1
        requires: /bin/sh
      bash 5-1
        files: /bin/sh
    `);

    expect(install(world, 'app')).toBe('app=1-1 bash=5-1');
  });

  test('of a path that no index lists is told', () => {
    const world = universe(`
      app 1-1
        requires: /usr/share/dict/words
    `);

    expect(install(world, 'app')).toBe('app 1-1 needs /usr/share/dict/words; no index lists /usr/share/dict/words');
  });
});

describe('among several that meet a requirement', () => {
  test('the better repository goes first, whatever the version', () => {
    const world = universe(`
      app 1-1
        requires: lib
      lib 2-1 noarch
      lib 1-1 x86_64 10
    `);

    expect(install(world, 'app')).toBe('app=1-1 lib=1-1');
  });

  test('a worse repository serves where the better one cannot', () => {
    const world = universe(`
      app 1-1
        requires: lib >= 2
      lib 2-1
      lib 1-1 x86_64 10
    `);

    expect(install(world, 'app')).toBe('app=1-1 lib=2-1');
  });

  test('the newest version goes first, then the native architecture', () => {
    const world = universe(`
      app 1-1
        requires: lib, tool
      lib 1-1
      lib 2-1 noarch
      tool 1-1 noarch
      tool 1-1
    `);

    expect(install(world, 'app')).toBe('app=1-1 lib:noarch=2-1 tool=1-1');
  });

  test('who offers the higher version goes first, whoever bears the name', () => {
    const world = universe(`
      app 1-1
        requires: engine
      engine 1-1
      motor 1-1
        provides: engine = 2
    `);

    expect(install(world, 'app')).toBe('app=1-1 motor=1-1');
  });

  test('one that something installed recommends goes first', () => {
    const world = universe(`
      app 1-1
        requires: policy
        recommends: targeted
      mls 1-1
        provides: policy
      targeted 1-1
        provides: policy
    `);

    expect(install(world, 'app')).toBe('app=1-1 targeted=1-1');
  });

  test('a range that reaches further goes first', () => {
    const world = universe(`
      app 1-1
        requires: engine
      a 1-1
        provides: engine = 1
      b 1-1
        provides: engine < 2
      c 1-1
        provides: engine <= 2
    `);

    expect(install(world, 'app')).toBe('app=1-1 c=1-1');
  });

  test('one that is required anyway goes first', () => {
    const world = universe(`
      app 1-1
        requires: engine, z
      a 1-1
        provides: engine
      z 1-1
        provides: engine
    `);

    expect(install(world, 'app')).toBe('app=1-1 z=1-1');
  });

  test('who offers the lower version of something else that both offer comes later', () => {
    const world = universe(`
      app 1-1
        requires: engine
      a 1-1
        provides: engine, api = 1
      b 1-1
        provides: engine, api = 2
      c 1-1
        provides: engine
    `);

    expect(install(world, 'app')).toBe('app=1-1 b=1-1');
  });

  test('an older version does not go first for the sake of weak dependencies', () => {
    const world = universe(`
      app 1-1
        requires: lib < 3
        recommends: lib = 1-1
      lib 1-1
      lib 2-1
      lib 3-1
    `);

    expect(install(world, 'app')).toBe('app=1-1 lib=2-1');
  });

  test('one that something installed suggests goes first, but after what is recommended', () => {
    const world = universe(`
      app 1-1
        requires: engine
        suggests: b
      big 1-1
        requires: engine
        suggests: b
        recommends: c
      a 1-1
        provides: engine
      b 1-1
        provides: engine
      c 1-1
        provides: engine
    `);

    expect(install(world, 'app')).toBe('app=1-1 b=1-1');
    expect(install(world, 'big')).toBe('big=1-1 c=1-1');
  });

  test('one that supplements something installed goes first, then one that enhances it', () => {
    const world = universe(`
      app 1-1
        requires: engine
      base 1-1
        requires: engine
      a 1-1
        provides: engine
      b 1-1
        provides: engine
        enhances: app, base
      c 1-1
        provides: engine
        supplements: base
    `);

    expect(install(world, 'app')).toBe('app=1-1 b=1-1');
    expect(install(world, 'base')).toBe('base=1-1 c=1-1');
  });

  test('one that another of them obsoletes comes last', () => {
    const world = universe(`
      app 1-1
        requires: mta
      exim 1-1
        provides: mta
      postfix 1-1
        provides: mta
        obsoletes: exim < 2
    `);

    expect(install(world, 'app')).toBe('app=1-1 postfix=1-1');
  });

  test('a root is the package of that name', () => {
    const world = universe(`
      engine 1-1
      a-motor 1-1
        provides: engine = 2
    `);

    expect(install(world, 'engine')).toBe('engine=1-1');
  });
});

describe('packages exclude each other', () => {
  test('when one conflicts with what the other offers', () => {
    const world = universe(`
      a 1-1
        conflicts: mta
      b 1-1
        provides: mta
    `);

    expect(install(world, 'a, b')).toBe('a 1-1 excludes b 1-1 (mta)');
  });

  test('when one obsoletes the name and version of the other', () => {
    const world = universe(`
      a 1-1
        obsoletes: b < 2
      b 1-1
    `);

    expect(install(world, 'a, b')).toBe('a 1-1 excludes b 1-1 (b < 2)');
  });

  test('but an offer of an obsolete name, and a newer version, are let be', () => {
    const world = universe(`
      a 1-1
        obsoletes: b < 2, c < 2
      b 2-1
      d 1-1
        provides: c = 1
    `);

    expect(install(world, 'a, b, d')).toBe('a=1-1 b=2-1 d=1-1');
  });

  test('never themselves', () => {
    const world = universe(`
      a 1-1
        provides: mta
        conflicts: mta
        obsoletes: a < 2
    `);

    expect(install(world, 'a')).toBe('a=1-1');
  });

  test('at two versions of one name', () => {
    const world = universe(`
      a 1-1
        requires: lib = 1
      b 1-1
        requires: lib = 2
      lib 1-1
      lib 2-1
    `);

    expect(install(world, 'a, b')).toContain('only one version of lib can be installed: 2-1 or 1-1');
  });
});

describe('a rich requirement', () => {
  test('of several alternatives takes the first that can be had', () => {
    const world = universe(`
      app 1-1
        requires: (java-21 or java-17)
      java-17 1-1
    `);

    expect(install(world, 'app')).toBe('app=1-1 java-17=1-1');
  });

  test('of several alternatives has no order: they are ordered like any packages', () => {
    const world = universe(`
      app 1-1
        requires: (z or a or b)
      a 1-1
        requires: nothing
      b 1-1
      z 1-1
    `);

    expect(install(world, 'app')).toBe('app=1-1 b=1-1');
  });

  test('of two things with each other wants both of one package', () => {
    const world = universe(`
      app 1-1
        requires: (dist(six) >= 1 with dist(six) < 2)
      new 1-1
        provides: dist(six) = 2.0
      old 1-1
        provides: dist(six) = 0.9
      right 1-1
        provides: dist(six) = 1.5
    `);

    expect(install(world, 'app')).toBe('app=1-1 right=1-1');
  });

  test('of one thing without another wants a package that has not both', () => {
    const world = universe(`
      app 1-1
        requires: (web without tiny)
      a 1-1
        provides: web, tiny
      b 1-1
        provides: web
    `);

    expect(install(world, 'app')).toBe('app=1-1 b=1-1');
  });

  test('under a condition is taken when that holds, whichever of the two comes first', () => {
    const world = universe(`
      app 1-1
        requires: (app-selinux if selinux-policy)
      app-selinux 1-1
      selinux-policy 1-1
    `);

    expect(install(world, 'app')).toBe('app=1-1');
    expect(install(world, 'app, selinux-policy')).toBe('app=1-1 app-selinux=1-1 selinux-policy=1-1');
    expect(install(world, 'selinux-policy, app')).toBe('app=1-1 app-selinux=1-1 selinux-policy=1-1');
  });

  test('under a condition is shipped all the same, with what it needs: the condition may hold where the bundle goes', () => {
    const world = universe(`
      app 1-1
        requires: (app-selinux if selinux-policy)
      app-selinux 1-1
        requires: policycoreutils, (more if less)
      less 1-1
      more 1-1
      policycoreutils 1-1
      selinux-policy 1-1
    `);

    const { closure, proofs } = proofsOf(world, 'app');

    expect(proofs[0]!.choices.map((choice) => choice.package.name)).toEqual(['app']);
    expect(closure.map(({ package: item, roots, because }) => [item.name, roots.join(), because.map((each) => ('by' in each ? `${each.by.name}: ${each.relation}` : each.kind)).join()])).toEqual([
      ['app', 'app', 'root'],
      ['app-selinux', '', 'app: (app-selinux if selinux-policy)'],
      ['more', '', 'app-selinux: (more if less)'],
      ['policycoreutils', '', 'app-selinux: policycoreutils'],
    ]);
  });

  test('under a condition that nothing can fulfil asks for nothing', () => {
    const world = universe(`
      app 1-1
        requires: (app-selinux if selinux-policy)
    `);

    expect(install(world, 'app')).toBe('app=1-1');
  });

  test('under a condition that cannot be had keeps the condition out', () => {
    const world = universe(`
      app 1-1
        requires: (app-selinux if selinux-policy)
      selinux-policy 1-1
      selinux-policy 2-1
    `);

    expect(install(world, 'app')).toBe('app=1-1');
    expect(install(world, 'app, selinux-policy')).toContain('app 1-1 needs (app-selinux if selinux-policy); nothing offers app-selinux');
  });

  test('under a condition and an alternative holds in both cases', () => {
    const world = universe(`
      app 1-1
        requires: (a if b else c)
      b 1-1
      c 1-1
    `);

    expect(install(world, 'app')).toBe('app=1-1 c=1-1');
    expect(install(world, 'app, b')).toContain('app 1-1 needs (a if b); nothing offers a');
  });

  test('that is not understood rules the package out, and is shown', () => {
    const world = universe(`
      app 1-1
        requires: (a xor b)
    `);

    expect(install(world, 'app')).toBe('app 1-1 needs (a xor b); a dependency of this form is not understood');
  });
});

describe('the base set', () => {
  test('is what makes directories and accounts, where there is such', () => {
    const world = universe(`
      app 1-1
      basesystem 11-1 noarch
        requires: setup, filesystem
      filesystem 3-1
        requires: setup
      setup 2-1 noarch
    `);

    const { closure } = proofsOf(world, 'app');

    expect(closure.map(({ package: item, base }) => [item.name, base])).toEqual([['app', false], ['basesystem', true], ['filesystem', true], ['setup', true]]);
  });

  test('may be empty', () => {
    const { closure } = proofsOf(universe('app 1-1'), 'app');

    expect(closure.map((shipped) => shipped.package.name)).toEqual(['app']);
  });
});

describe('what is recommended', () => {
  const world = universe(`
    app 1-1
      recommends: docs, nothing, (lang if base)
    docs 1-1
    lang 1-1
    base 1-1
    langpack 1-1
      supplements: (app and base), desktop
    tool 1-1
      supplements: app
    tool 2-1
      supplements: app
      requires: nothing
    other 1-1
      supplements: desktop-session
    desktop-session 1-1
    other 2-1
  `);

  test('is taken when that is asked for, where it can be had', () => {
    expect(install(world, 'app', 'include')).toBe('app=1-1 docs=1-1');
  });

  test('under a condition is taken when that holds, whichever of the two comes first', () => {
    expect(install(world, 'app, base', 'include')).toBe('app=1-1 base=1-1 docs=1-1 lang=1-1 langpack=1-1');
    expect(install(world, 'base, app', 'include')).toBe('app=1-1 base=1-1 docs=1-1 lang=1-1 langpack=1-1');
  });

  test('by the other side is the best version that says so', () => {
    expect(install(world, 'desktop-session', 'include')).toBe('desktop-session=1-1 other=1-1');
  });

  test('may be said by the other side', () => {
    const resolution = solve(world, { install: [{ name: 'base' }, { name: 'app' }], recommends: 'include' });

    const choice = resolution.ok ? resolution.choices.find((each) => each.package.name === 'langpack') : undefined;

    expect(choice!.because).toMatchObject({ kind: 'recommends', by: { name: 'app' }, relation: 'langpack (which supplements it)' });
  });

  test('is left when it is not', () => {
    expect(install(world, 'app, base')).toBe('app=1-1 base=1-1');
  });
});

const evr = join(import.meta.dirname, '../../../../shared/corpus/libsolv/evrcmp');

// Without ../shared there are only the scenarios above.
describe.skipIf(!existsSync(evr))('against libsolv', () => {
  const boundOf = (op: string, version: string): Bound => ({ op: op as Operator, version });
  const field = (file: string, name: string): { name: string; bound: Bound }[] =>
    [...readFileSync(join(evr, file), 'utf8').matchAll(new RegExp(`=Pkg: (\\S+) .*\\n=${name}: B (\\S+) (\\S+)`, 'g'))].map(([, pkg, op, version]) => ({ name: pkg!, bound: boundOf(op!, version!) }));
  const offers = field('system.repo', 'Prv');
  const conflicts = field('conflicts.repo', 'Con');
  const jobs = readFileSync(join(evr, 'testevr.t'), 'utf8').split('\njob install name ').slice(1).map((job) => ({
    wanted: conflicts.find((conflict) => conflict.name === /^\S+/.exec(job)![0])!,
    erased: [...job.matchAll(/^#>erase (\S+?)-1-1\.noarch/gm)].map(([, name]) => name!),
  }));

  test.each(jobs)('$wanted.name meets the same offers', ({ wanted, erased }) => {
    const met = offers.filter((offer) => overlap(offer.bound, wanted.bound, compareVersions)).map((offer) => offer.name);

    expect(met.toSorted()).toEqual(erased.toSorted());
  });

  test('all combinations are there', () => {
    expect([offers.length, jobs.length]).toEqual([60, 10]);
  });
});

/** As in scenario.ts: `name version [arch [priority]]`, and below it the fields, their entries separated by commas. */
function universe(text: string): Universe {
  const blocks: { head: string[]; fields: Record<string, string[]> }[] = [];
  const lines = text.split('\n').filter((each) => each.trim() !== '');
  const margin = Math.min(...lines.map((line) => line.search(/\S/)));
  for (const line of lines) {
    if (line.search(/\S/) === margin) blocks.push({ head: line.trim().split(' '), fields: {} });
    else {
      const [, field, value] = /^\s*(\w+): (.*)$/.exec(line)!;
      blocks.at(-1)!.fields[field!] = value!.split(', ');
    }
  }
  const packages = blocks.flatMap(({ head: [name, version, arch, priority], fields }) =>
    readPrimary(Buffer.from(primaryOf([makeRpm(name!, version, arch, fields as Fields).stanza])), { source: 'test', priority: Number(priority ?? 99) }),
  );
  return universeOf(packages, { arch: 'x86_64', compareVersions, semantics: rpm });
}

function install(world: Universe, names: string, recommends: Recommends = 'exclude'): string {
  return show(solve(world, { install: names.split(', ').map((name) => ({ name })), recommends })).replaceAll(':x86_64', '');
}
