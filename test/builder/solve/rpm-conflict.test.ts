import { describe, expect, test } from 'vitest';
import { circlesAmong } from '../../../builder/solve/circles.ts';
import { install, universe } from './rpm-scenario.ts';
import { proofsOf } from './scenario.ts';

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
