import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { overlap, rpm } from '../../../builder/solve/rpm.ts';
import type { Recommends } from '../../../builder/solve/resolution.ts';
import { solve } from '../../../builder/solve/solve.ts';
import { universeOf, type Universe } from '../../../builder/solve/universe.ts';
import type { Bound, Operator, Package } from '../../../repo/package/package.ts';
import { readPrimary } from '../../../repo/rpm/primary.ts';
import { circlesAmong } from '../../../builder/solve/circles.ts';
import { copyOf } from '../../../builder/solve/installed.ts';
import { doublesAmong } from '../../../builder/solve/doubles.ts';
import { compareVersions } from '../../../repo/rpm/version.ts';
import { makeRpm, primaryOf, type Fields } from '../../support/repository.ts';
import { proofsOf, show } from './scenario.ts';

describe('a requirement', () => {
  test('R2: is met by whoever offers it, at versions that overlap', () => {
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

  test('R2: with a version is met by an offer without one', () => {
    const world = universe(`
      app 1-1
        requires: engine >= 3
      any 1-1
        provides: engine
    `);

    expect(install(world, 'app')).toBe('any=1-1 app=1-1');
  });

  test('R2: without a release is met by any release', () => {
    const world = universe(`
      app 1-1
        requires: lib = 1:2.0
      lib 1:2.0-7.el9
      lib 2.0-9.el9
    `);

    expect(install(world, 'app')).toBe('app=1-1 lib=1:2.0-7.el9');
  });

  test('R16: of the name of a package may be met by what that offers beside its own version', () => {
    const world = universe(`
      app 1-1
        requires: java = 1.8
      java 1:21-1
        provides: java = 1.8
    `);

    expect(install(world, 'app')).toBe('app=1-1 java=1:21-1');
  });

  test('R6: of a path is met by the package that has it', () => {
    const world = universe(`
      app 1-1
        requires: /bin/sh
      bash 5-1
        files: /bin/sh
    `);

    expect(install(world, 'app')).toBe('app=1-1 bash=5-1');
  });

  test('R6: of a path that no index lists is told', () => {
    const world = universe(`
      app 1-1
        requires: /usr/share/dict/words
    `);

    expect(install(world, 'app')).toBe('app 1-1 needs /usr/share/dict/words; no index lists /usr/share/dict/words');
  });
});

describe('among several that meet a requirement', () => {
  test('R12: the better repository goes first, whatever the version', () => {
    const world = universe(`
      app 1-1
        requires: lib
      lib 2-1 noarch
      lib 1-1 x86_64 10
    `);

    expect(install(world, 'app')).toBe('app=1-1 lib=1-1');
  });

  test('R12: a worse repository serves where the better one cannot', () => {
    const world = universe(`
      app 1-1
        requires: lib >= 2
      lib 2-1
      lib 1-1 x86_64 10
    `);

    expect(install(world, 'app')).toBe('app=1-1 lib=2-1');
  });

  test('R10: the newest version goes first, then the native architecture', () => {
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

  test('R5: one that something installed recommends goes first', () => {
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

  test('R5: an older version does not go first for the sake of weak dependencies', () => {
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

  test('R5: one that something installed suggests goes first, but after what is recommended', () => {
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

  test('R5: one that supplements something installed goes first, then one that enhances it', () => {
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

  test('R7: one that another of them obsoletes comes last', () => {
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
  test('R8: when one conflicts with what the other offers', () => {
    const world = universe(`
      a 1-1
        conflicts: mta
      b 1-1
        provides: mta
    `);

    expect(install(world, 'a, b')).toBe('a 1-1 excludes b 1-1 (mta)');
  });

  test('R7: when one obsoletes the name and version of the other', () => {
    const world = universe(`
      a 1-1
        obsoletes: b < 2
      b 1-1
    `);

    expect(install(world, 'a, b')).toBe('a 1-1 excludes b 1-1 (b < 2)');
  });

  test('R7: but an offer of an obsolete name, and a newer version, are let be', () => {
    const world = universe(`
      a 1-1
        obsoletes: b < 2, c < 2
      b 2-1
      d 1-1
        provides: c = 1
    `);

    expect(install(world, 'a, b, d')).toBe('a=1-1 b=2-1 d=1-1');
  });

  test('R7 R8: never themselves', () => {
    const world = universe(`
      a 1-1
        provides: mta
        conflicts: mta
        obsoletes: a < 2
    `);

    expect(install(world, 'a')).toBe('a=1-1');
  });

  test('R9: at two versions of one name', () => {
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

describe('R7: packages that obsolete each other', () => {
  const world = universe(`
    app 1-1
      requires: thing
    a 1-1
      provides: thing
      obsoletes: b
    b 1-1
      provides: thing
      obsoletes: a
  `);

  test('do not stand together, and each can be had alone', () => {
    expect(install(world, 'a')).toBe('a=1-1');
    expect(install(world, 'b')).toBe('b=1-1');
    expect(install(world, 'a, b')).toMatch(/^. 1-1 excludes . 1-1 \(.\)$/);
  });

  test('are ordered by name, since each would come last', () => {
    expect(install(world, 'app')).toBe('a=1-1 app=1-1');
  });
});

describe('R7: what obsoletes each other in a bundle is found', () => {
  const circles = (text: string, roots: string): string[] => {
    const world = universe(text);
    return circlesAmong(world, proofsOf(world, roots).closure).map((circle) => circle.map(({ package: item }) => `${item.name} ${item.version}`).join(', '));
  };
  const text = `
    a 1-1
      obsoletes: b
    b 1-1
      obsoletes: c < 2
    c 1-1
      obsoletes: a
    d 1-1
      obsoletes: a, d, e
    e 1-1
    x 1-1
      requires: a
    y 1-1
      requires: b
    z 1-1
      requires: c
    old 1-1
      obsoletes: new < 1
    new 1-1
      obsoletes: old < 1
  `;

  test('over any number of steps, once', () => {
    expect(circles(text, 'x y z e')).toEqual(['a 1-1, b 1-1, c 1-1']);
  });

  test('but not where one of them stays upstream, the circle is not closed, or older versions are meant', () => {
    expect([circles(text, 'x y e'), circles(text, 'old new')]).toEqual([[], []]);
  });
});

test('R7: a root that something shipped obsoletes cannot be had: dnf would install that in its place', () => {
  const world = universe(`
    old 1-1
    new 1-1
      obsoletes: old < 2
    app 1-1
      requires: old
  `);

  expect(proofsOf(world, 'old new').unsatisfiable).toEqual([{ subject: 'old', sentences: ['new 1-1, which is asked for too, obsoletes old 1-1: dnf would install that in its place'] }]);
  expect(proofsOf(world, 'old app').unsatisfiable).toEqual([]);
});

test('R12: a bundle is closed under what a client takes that knows nothing of priorities', () => {
  const world = universe(`
    a 1-1
      requires: lib
      conflicts: x
    b 1-1
      requires: lib >= 2, x
    lib 1-1 x86_64 10
    lib 2-1
      requires: plug
    x 1-1
      provides: plug
    y 1-1
      provides: plug
  `);

  const { proofs, closure } = proofsOf(world, 'a b');

  expect(proofs.map(({ choices }) => choices.map(({ package: item }) => `${item.name}=${item.version}`).join(' '))).toEqual(['a=1-1 lib=1-1', 'b=1-1 lib=2-1 x=1-1']);
  expect(closure.map((shipped) => shipped.package.name)).toEqual(['a', 'b', 'lib', 'lib', 'x', 'y']);
});

describe('R8 R3: a rich conflict', () => {
  test('with any of several rules each out', () => {
    const world = universe(`
      app 1-1
        conflicts: (a or b)
      a 1-1
      b 1-1
      c 1-1
    `);

    expect(install(world, 'app, c')).toBe('app=1-1 c=1-1');
    expect(install(world, 'app, a')).toBe('app 1-1 excludes a 1-1 (a)');
    expect(install(world, 'app, b')).toBe('app 1-1 excludes b 1-1 (b)');
  });

  test('with several together rules out no single one', () => {
    const world = universe(`
      app 1-1
        conflicts: (a and b)
      a 1-1
      b 1-1
    `);

    expect(install(world, 'app, a')).toBe('a=1-1 app=1-1');
    expect(install(world, 'app, b')).toBe('app=1-1 b=1-1');
    expect(install(world, 'app, a, b')).toBe('app 1-1 excludes (a and b)');
  });

  test('unless something is there brings that', () => {
    const world = universe(`
      app 1-1
        conflicts: (a unless b)
      a 1-1
      b 1-1
    `);

    expect(install(world, 'app')).toBe('app=1-1');
    expect(install(world, 'app, a')).toBe('a=1-1 app=1-1 b=1-1');
  });

  test('with two things of one package lets packages be that have but one', () => {
    const world = universe(`
      app 1-1
        conflicts: (web with tiny)
      both 1-1
        provides: web, tiny
      one 1-1
        provides: web
    `);

    expect(install(world, 'app, one')).toBe('app=1-1 one=1-1');
    expect(install(world, 'app, both')).toBe('app 1-1 excludes both 1-1 (web with tiny)');
  });

  test('that is not understood rules the package out, and is shown', () => {
    const world = universe(`
      app 1-1
        conflicts: (a xor b)
    `);

    expect(install(world, 'app')).toBe('app 1-1 needs (a xor b); a dependency of this form is not understood');
  });

  test('opens no branch: no client can take two things that must not be there together', () => {
    const world = universe(`
      app 1-1
        requires: a, b-or-c
        conflicts: (a and b)
      a 1-1
      b 1-1
        provides: b-or-c
      c 1-1
        provides: b-or-c
    `);

    const { closure, choice } = proofsOf(world, 'app b');

    expect(closure.map((shipped) => shipped.package.name)).toEqual(['a', 'app', 'b', 'c']);
    expect(choice.barred.map(({ by, relation }) => `${by.name}: ${relation}`)).toEqual(['app: b-or-c']);
  });
});

test('R8: a conflict may name a path', () => {
  const world = universe(`
    app 1-1
      conflicts: /usr/bin/sendmail
    mta 1-1
      files: /usr/bin/sendmail
  `);

  expect(install(world, 'app, mta')).toBe('app 1-1 excludes mta 1-1 (/usr/bin/sendmail)');
});

describe('R9 R10 R11: of several architectures', () => {
  const world = universe(`
    app 1-1
      requires: lib
    old 1-1
      requires: lib(x86-32)
    wide 1-1
      requires: lib(x86-64)
    lib 1-1
    lib 2-1 i686
      provides: lib(x86-32) = 2-1
    wine 1-1 i686
    play 1-1
      requires: wine
    data 1-1
    data 1-1 noarch
  `);

  test('that of the host goes first, whatever the version', () => {
    expect(install(world, 'app')).toBe('app=1-1 lib=1-1');
    expect(install(world, 'lib')).toBe('lib=1-1');
  });

  test('another is taken when it is asked for, or nothing else will do', () => {
    expect(install(world, 'old')).toBe('lib:i686=2-1 old=1-1');
    expect(install(world, 'play')).toBe('play=1-1 wine:i686=1-1');
  });

  test('packages of one name stand beside each other, but for those that are for all', () => {
    const [wide, narrow, all] = ['x86_64', 'i686', 'noarch'].map((arch) => ({ ...copyOf(world.package(0)), arch })) as [Package, Package, Package];

    expect(install(world, 'wide, old')).toBe('lib=1-1 lib:i686=2-1 old=1-1 wide=1-1');
    expect([rpm.stand(wide, narrow), rpm.stand(wide, all), rpm.stand(narrow, all), rpm.stand(narrow, { ...narrow, arch: 'i586' })]).toEqual([true, false, false, false]);
  });
});

describe('R9 R17: what is only ever installed', () => {
  test('stands beside other versions of itself', () => {
    const world = universe(`
      a 1-1
        requires: kernel-core = 1
      b 1-1
        requires: kernel-core = 2
      kernel-core 1-1
        provides: kernel, installonlypkg(kernel)
      kernel-core 2-1
        provides: kernel, installonlypkg(kernel)
    `);

    expect(install(world, 'a, b')).toBe('a=1-1 b=1-1 kernel-core=2-1 kernel-core=1-1');
  });

  test('does not where it says so itself', () => {
    const world = universe(`
      kernel 1-1
      kernel 2-1
        conflicts: kernel < 2
      a 1-1
        requires: kernel = 1
      b 1-1
        requires: kernel = 2
    `);

    expect(install(world, 'a, b')).toContain('kernel 2-1 excludes kernel 1-1 (kernel < 2)');
  });
});

test('R13: of what is asked for by name the newest is taken that can be had, and it is told when that is not the newest there is', () => {
  const world = universe(`
    app 2-1
      requires: missing
    app 1-1
  `);

  const { proofs } = proofsOf(world, 'app');

  expect(proofs[0]!.choices.map(({ package: item, older }) => [item.version, older])).toEqual([['1-1', true]]);
  expect(proofs[0]!.rejections.map((each) => each.because)).toEqual(['app 2-1 needs missing; nothing offers missing']);
});

test('R14: who made a package counts for nothing', () => {
  const by = (vendor: string, version: string): string => makeRpm('lib', version).stanza.replace('<format>', `<format><rpm:vendor>${vendor}</rpm:vendor>`);
  const entries = [by('Rocky', '1-1'), by('PGDG', '2-1'), makeRpm('app', '1-1', 'x86_64', { requires: ['lib'] }).stanza];
  const world = universeOf(readPrimary(Buffer.from(primaryOf(entries)), { source: 'test', priority: 99 }), { arch: 'x86_64', compareVersions, semantics: rpm });

  expect(install(world, 'app')).toBe('app=1-1 lib=2-1');
});

test('R16: what programs wrote, not people, is a name like any other', () => {
  const names = ['rtld(GNU_HASH)', 'config(app) = 1-1', 'libc.so.6(GLIBC_2.34)(64bit)', 'ld-linux-x86-64.so.2()(64bit)', 'perl(:MODULE_COMPAT_5.32.0)', 'python3dist(zope.interface) >= 5', 'pkgconfig(libpq) = 17', 'bundled(golang(github.com/x/y)) = 0', 'font(:lang=de)', 'group(postgres)'];
  const world = universe(`
    app 1-1
      requires: ${names.join(', ')}
    all 1-1
      provides: ${names.join(', ').replaceAll('>=', '=')}
  `);

  expect(install(world, 'app')).toBe('all=1-1 app=1-1');
});

test('R12 R18: of one package in several sources the preferred source decides, whatever their order, and other contents are told', () => {
  const entry = (source: string, content: string): Package[] => readPrimary(Buffer.from(primaryOf([makeRpm('app', '1-1', 'x86_64', { content }).stanza])), { source, priority: 99 });
  const [first, second, other] = [entry('first', 'same'), entry('second', 'same'), entry('third', 'other')];
  const worlds = [[...first, ...second, ...other], [...other, ...second, ...first]].map((packages) => universeOf(packages, { arch: 'x86_64', compareVersions, semantics: rpm, sources: ['second', 'first'] }));

  expect(worlds.map((world) => world.packages.map((item) => item.source))).toEqual([['second', 'third'], ['second', 'third']]);
  expect(worlds.map((world) => doublesAmong(world, proofsOf(world, 'app').closure).map(({ others }) => others.map((item) => item.source)))).toEqual([[['third']], [['third']]]);
});

test('R23: what scripts need is needed like anything else', () => {
  const made = makeRpm('app', '1-1', 'x86_64', { requires: ['/bin/sh', 'shadow-utils'] });
  const entries = [made.stanza.replaceAll(/(<rpm:entry name="(?:\/bin\/sh|shadow-utils)")\/>/g, '$1 pre="1"/>'), makeRpm('bash', '5-1', 'x86_64', { files: ['/bin/sh'] }).stanza, makeRpm('shadow-utils', '4-1').stanza];
  const world = universeOf(readPrimary(Buffer.from(primaryOf(entries)), { source: 'test', priority: 99 }), { arch: 'x86_64', compareVersions, semantics: rpm });

  expect(entries[0]!.match(/pre="1"/g)).toHaveLength(2);
  expect(install(world, 'app')).toBe('app=1-1 bash=5-1 shadow-utils=4-1');
});

describe('R3: a rich requirement', () => {
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

  test('R4: of two things with each other wants both of one package', () => {
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

  test('R4: of one thing without another wants a package that has not both', () => {
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

  test('unless something is there, with an alternative, holds in both cases', () => {
    const world = universe(`
      app 1-1
        requires: (a unless b else c)
      a 1-1
      b 1-1
      c 1-1
    `);

    expect(install(world, 'app')).toBe('a=1-1 app=1-1');
    expect(install(world, 'app, b')).toBe('app=1-1 b=1-1 c=1-1');
  });

  test('unless something is there keeps that out', () => {
    const world = universe(`
      app 1-1
        requires: (a unless b)
      a 1-1
      b 1-1
    `);

    expect(install(world, 'app')).toBe('a=1-1 app=1-1');
    expect(install(world, 'app, b')).toBe('app 1-1 excludes b 1-1 (b)');
  });

  test('under a condition that rules something out leaves the others in the choice', () => {
    const world = universe(`
      app 1-1
        requires: (missing if b), thing
      a 1-1
        provides: thing
        requires: missing
      b 1-1
        provides: thing
      c 1-1
        provides: thing
    `);

    expect(install(world, 'app')).toBe('app=1-1 c=1-1');
  });

  test('under a condition that can be fulfilled in too many ways is taken to be fulfilled', () => {
    const many = Array.from({ length: 30 }, (_, place) => `
      x${place} 1-1
        provides: p, q, r, s`).join('');
    const world = universe(`
      app 1-1
        requires: (a if (p and q and r and s))
      a 1-1${many}
    `);

    expect(install(world, 'app')).toBe('a=1-1 app=1-1');
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

describe('R5: what is recommended', () => {
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

  test('under a condition is shipped where recommendations are carried at all: it may hold where the bundle goes', () => {
    const shipped = (recommends: Recommends): string[] => proofsOf(world, 'app', recommends).closure.map((each) => `${each.package.name}: ${each.because.map((reason) => ('by' in reason ? `${reason.kind} ${reason.relation}` : reason.kind)).join()}`);

    expect(shipped('include')).toEqual(['app: root', 'docs: recommends docs', 'lang: recommends (lang if base)']);
    expect(shipped('exclude')).toEqual(['app: root']);
  });

  test('is left when it is not', () => {
    expect(install(world, 'app, base')).toBe('app=1-1 base=1-1');
  });
});

const evr = join(import.meta.dirname, '../../../../shared/corpus/libsolv/evrcmp');

// Without ../shared there are only the scenarios above.
describe.skipIf(!existsSync(evr))('R2: against libsolv', () => {
  // Skipped tests are collected too.
  const read = (file: string): string => (existsSync(evr) ? readFileSync(join(evr, file), 'utf8') : '');
  const boundOf = (op: string, version: string): Bound => ({ op: op as Operator, version });
  const field = (file: string, name: string): { name: string; bound: Bound }[] =>
    [...read(file).matchAll(new RegExp(`=Pkg: (\\S+) .*\\n=${name}: B (\\S+) (\\S+)`, 'g'))].map(([, pkg, op, version]) => ({ name: pkg!, bound: boundOf(op!, version!) }));
  const offers = field('system.repo', 'Prv');
  const conflicts = field('conflicts.repo', 'Con');
  const jobs = read('testevr.t').split('\njob install name ').slice(1).map((job) => ({
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
