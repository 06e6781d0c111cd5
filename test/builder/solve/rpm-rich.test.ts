import { describe, expect, test } from 'vitest';
import { install, universe } from './rpm-scenario.ts';
import { proofsOf } from './scenario.ts';

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
