import { describe, expect, test } from 'vitest';
import { Component, isPerMajor, suppliesOf } from '../../../builder/manifest/component.ts';
import { availabilityOf, carriersOf, creations, Extension, isGrouped, namesWithin } from '../../../builder/manifest/extension.ts';
import type { Target } from '../../../repo/package/target.ts';

const bookworm: Target = { code: 'd12.x86_64', distro: 'debian', format: 'deb', release: '12', codename: 'bookworm', arch: 'x86_64', packageArch: 'amd64' };
const rocky: Target = { code: 'el9.aarch64', distro: 'rocky', format: 'rpm', release: '9', codename: '', arch: 'aarch64', packageArch: 'aarch64' };

const extension = (fields: object): Extension => Extension.parse({ about: 'x', license: 'MIT', language: 'C', deb: 'postgresql-{pg}-x', rpm: 'x_{pg}', ...fields });
const component = (fields: object): Component => Component.parse({ about: 'x', ...fields });

describe('an extension', () => {
  const postgis = extension({ extras: { deb: ['postgresql-{pg}-x-scripts'] }, published: ['deb pgdg 14-18 3.6', 'd12 debian 15 3.3', 'el pgdg 17 3.5 other_{pg}'], gaps: ['el 14-16'] });

  test('is carried by packages that are spelled out, the preferred source first', () => {
    expect(carriersOf(postgis, bookworm, '15')).toEqual([
      { package: 'postgresql-15-x', extras: ['postgresql-15-x-scripts'], source: 'pgdg', version: '3.6' },
      { package: 'postgresql-15-x', extras: ['postgresql-15-x-scripts'], source: 'debian', version: '3.3' },
    ]);
    expect(carriersOf(postgis, rocky, '17')).toEqual([{ package: 'other_17', extras: [], source: 'pgdg', version: '3.5' }]);
  });

  test('is available, missing, or was never meant for a platform', () => {
    expect(['13', '14', '17'].map((pg) => availabilityOf(postgis, rocky, pg))).toEqual(['not applicable', 'missing', 'available']);
  });

  test('is in the groups of its category, unless it is kept out or bound to a kernel', () => {
    expect([extension({}), extension({ ungrouped: ['el'] }), extension({ ungrouped: ['el.x86_64'] }), extension({ kernel: 'pgedge' })].map((each) => isGrouped(each, rocky))).toEqual([true, false, true, false]);
  });

  test('creates itself, when it does not say what', () => {
    const plain = extension({ requires: ['plpgsql'], preload: ['x'], caveat: { d12: 'wait' } });

    expect(creations('x', plain, bookworm, '17')).toEqual([{ name: 'x', about: 'x', preload: ['x'], requires: ['plpgsql'], caveat: 'wait' }]);
    expect(creations('x', plain, rocky, '17')).toEqual([{ name: 'x', about: 'x', preload: ['x'], requires: ['plpgsql'] }]);
  });

  test('creates what it says, for the majors that it says, with libraries of the package where it names none', () => {
    const several = extension({ preload: ['x'], creates: { a: 'The first', b: { about: 'The second', requires: ['a'], preload: [] }, c: { about: 'The third', pg: ['17'] } } });

    expect(creations('x', several, bookworm, '16')).toEqual([
      { name: 'a', about: 'The first', preload: ['x'], requires: [] },
      { name: 'b', about: 'The second', preload: [], requires: ['a'] },
    ]);
    expect(namesWithin('x', several)).toEqual(['a', 'b', 'c']);
  });

  test('that is only loaded is known by the name of its module', () => {
    expect([namesWithin('x', extension({ creates: {} })), namesWithin('x', extension({ creates: {}, module: 'y' }))]).toEqual([['x'], ['y']]);
    expect(creations('x', extension({ creates: {} }), bookworm, '17')).toEqual([]);
  });

  test.each(['MIT or Apache-2.0', 'GPL 2', '', 'MIT AND'])('is not licensed under %j', (license) => {
    expect(() => extension({ license })).toThrow();
  });
});

describe('a component', () => {
  const published = [{ on: ['deb'], from: 'pgdg', pg: '17' }, { on: ['d12'], from: 'debian', packages: ['server-d'] }];

  test('is supplied under its names in the family, or those of the source', () => {
    const server = component({ deb: ['server-{pg}', 'client-{pg}'], published });

    expect(suppliesOf(server, bookworm, '17')).toEqual([{ packages: ['server-17', 'client-17'], source: 'pgdg' }, { packages: ['server-d'], source: 'debian' }]);
    expect(suppliesOf(server, bookworm, '15')).toEqual([{ packages: ['server-d'], source: 'debian' }]);
    expect(suppliesOf(server, rocky, '17')).toEqual([]);
  });

  test('has names of its own on some platforms', () => {
    const java = component({ rpm: { el: ['java'], 'el9.aarch64': ['java-17'] }, published: [{ on: ['el'], from: 'rocky', version: '17' }] });

    expect(suppliesOf(java, rocky, '17')).toEqual([{ packages: ['java-17'], source: 'rocky', version: '17' }]);
  });

  test('is one for each major where its names say so', () => {
    expect([component({ deb: ['server-{pg}'] }), component({ deb: ['etcd'] }), component({})].map((each) => isPerMajor(each, bookworm))).toEqual([true, false, false]);
  });
});
