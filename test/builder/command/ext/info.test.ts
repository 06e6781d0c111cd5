import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSmall, type Small } from './small.ts';

let small: Small;
beforeEach(async () => {
  small = await openSmall();
});
afterEach(() => small.close());

describe('pgark ext info', () => {
  test('tells all that is known', async () => {
    const { result, stdout } = await small.pgark('ext info postgis');

    expect(result).toBe(0);
    expect(stdout).toBe(`postgis  Shapes

category     gis
license      GPL-2.0-only
language     C
home         https://postgis.net
package      rpm  postgis_{pg}
             deb  postgresql-{pg}-postgis, postgresql-{pg}-postgis-scripts
loading      nothing; CREATE EXTENSION postgis will do
required by  h3
groups       pgsql-gis, everything

creates
  postgis           Shapes
  postgis_topology  Shared edges
                    requires postgis · schema topology · trusted: by who may CREATE in the database

published
  el   16-17  3.6.3   pgdg
  deb  16-17  3.6.10  pgdg
  d12  16     3.3.2   debian
  d11  13     3.1.1   debian  postgresql-{pg}-postgis-old
`);
  });

  test('finds a package by a name that it creates, and says so', async () => {
    expect((await small.pgark('ext info postgis_topology')).stdout).toContain('postgis  Shapes\npostgis_topology is one of the names that it brings\n');
  });

  test.each([
    ['timescaledb', "loading    shared_preload_libraries = 'timescaledb', then a restart"],
    ['timescaledb', 'caveat     el9: It needs care'],
    ['timescaledb', 'conflicts  rival'],
    ['rival', 'conflicts  timescaledb'],
    ['rival', 'kernel     works with fork, not with PostgreSQL as such'],
    ['guard', 'loading   by session: LOAD, or session_preload_libraries'],
    ['guard_it', 'with      the server itself (contrib)'],
    ['h3', 'requires  postgis'],
    ['h3', 'published nowhere\n  d12  17'],
  ])('says of %s: %s', async (name, line) => {
    expect((await small.pgark(`ext info ${name}`)).stdout).toContain(`${line}\n`);
  });

  test('prints one object under --json', async () => {
    const { stdout } = await small.pgark('ext info h3 --json');

    expect(JSON.parse(stdout)).toMatchObject({ name: 'h3', category: 'gis', requires: ['postgis'], groups: ['pgsql-gis', 'everything'], gaps: [{ on: ['d12'], pg: '17' }] });
  });

  test.each([
    ['postgs', 'there is no extension "postgs", did you mean "postgis"?'],
    ['topology', 'these have it in their names: postgis_topology'],
    ['zzzzzzzz', 'there is no extension "zzzzzzzz"\n'],
    ['etcd', '"etcd" is no extension but a component of the module pgsql: A store'],
    ['GIS', '"GIS" is a category of extensions'],
    ['pg17-gis', '"pg17-gis" is a group'],
    ['constructor', 'there is no extension "constructor"'],
    ['h3 postgis', 'one name is needed'],
  ])('refuses %s: %s', async (name, message) => {
    const { result, stderr } = await small.pgark(`ext info ${name}`);

    expect(result).toBe(2);
    expect(stderr).toContain(message);
  });
});
