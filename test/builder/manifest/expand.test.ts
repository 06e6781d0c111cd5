import { describe, expect, test } from 'vitest';
import type { Catalog } from '../../../builder/manifest/catalog.ts';
import { expand } from '../../../builder/manifest/expand.ts';
import { Group, readGroupName } from '../../../builder/manifest/group.ts';

const groups = Object.fromEntries(
  Object.entries({
    pgsql: { components: ['postgresql'] },
    'pgsql-gis': { categories: ['gis'] },
    stack: { components: ['etcd'], extensions: ['postgis'], groups: ['pgsql-gis', 'pgsql'] },
    newest: { extensions: ['pgvector'], groups: ['pg18-gis'] },
    one: { groups: ['other'] },
    other: { groups: ['one'] },
  }).map(([name, members]) => [name, Group.parse({ about: 'x', ...members })]),
);
const catalog: Catalog = { releases: [], targets: [], sources: {}, modules: {}, components: {}, categories: {}, extensions: {}, created: {}, groups, baselines: {}, keys: {} };

describe('a group', () => {
  test('stands for its members, and those of the groups in it', () => {
    expect(expand('stack', catalog)).toEqual([
      { kind: 'component', name: 'etcd' },
      { kind: 'extension', name: 'postgis' },
      { kind: 'category', name: 'gis' },
      { kind: 'component', name: 'postgresql' },
    ]);
  });

  test('of pgsql stands for one major alone when its name says so, within other groups too', () => {
    expect(expand('pg17', catalog)).toEqual([{ kind: 'component', name: 'postgresql', pg: '17' }]);
    expect(expand('newest', catalog)).toEqual([{ kind: 'extension', name: 'pgvector' }, { kind: 'category', name: 'gis', pg: '18' }]);
  });

  test('that contains itself, or is not there, is refused', () => {
    expect(() => expand('one', catalog)).toThrow('the group "one" contains itself: one → other → one');
    expect(() => expand('none', catalog)).toThrow('there is no group "none"');
  });
});

test.each([
  ['pgsql-gis', { name: 'pgsql-gis' }],
  ['pg18', { name: 'pgsql', pg: '18' }],
  ['pg18-gis', { name: 'pgsql-gis', pg: '18' }],
  ['pg18-stack', undefined],
  ['pg9-gis', undefined],
  ['pgsql18', undefined],
])('%s is read as the name of a group', (name, expected) => {
  expect(readGroupName(name, groups)).toEqual(expected);
});
