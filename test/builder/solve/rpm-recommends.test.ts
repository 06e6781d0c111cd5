import { describe, expect, test } from 'vitest';
import { solve } from '../../../builder/solve/solve.ts';
import type { Recommends } from '../../../builder/solve/resolution.ts';
import { install, universe } from './rpm-scenario.ts';
import { proofsOf } from './scenario.ts';

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
