import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { doublesAmong } from '../../../builder/solve/doubles.ts';
import { overlap, rpm } from '../../../builder/solve/rpm.ts';
import { universeOf } from '../../../builder/solve/universe.ts';
import type { Bound, Operator, Package } from '../../../repo/package/package.ts';
import { readPrimary } from '../../../repo/rpm/primary.ts';
import { compareVersions } from '../../../repo/rpm/version.ts';
import { makeRpm, primaryOf } from '../../support/repository.ts';
import { install, universe } from './rpm-scenario.ts';
import { proofsOf } from './scenario.ts';

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
