import { describe, expect, test } from 'vitest';
import { copyOf } from '../../../builder/solve/installed.ts';
import { rpm } from '../../../builder/solve/rpm.ts';
import type { Package } from '../../../repo/package/package.ts';
import { install, universe } from './rpm-scenario.ts';

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
