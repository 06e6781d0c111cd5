import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSmall, type Small } from './small.ts';

let small: Small;
beforeEach(async () => {
  small = await openSmall();
});
afterEach(() => small.close());

describe('pgark ext group', () => {
  test('spells out a group for the major of its name', async () => {
    const { stdout } = await small.pgark('ext group pg17-gis --target d12.x86_64');

    expect(stdout).toBe(`pg17-gis  Maps
d12.x86_64, PostgreSQL 17

  postgis  postgresql-17-postgis postgresql-17-postgis-scripts

not there
  h3

1 of 2 members, 2 packages
`);
  });

  test('spells out components and inner groups, for the newest major that the target supports', async () => {
    const { stdout } = await small.pgark('ext group everything --target el9.x86_64 --json');

    expect(JSON.parse(stdout)).toMatchObject({ pg: ['17'], members: [
      { name: 'postgresql', packages: ['postgresql17-server'] }, { name: 'etcd', packages: ['etcd'] }, { name: 'timescaledb', packages: ['timescaledb_17'] },
      { name: 'postgis', packages: ['postgis_17'] }, { name: 'h3', packages: ['h3_17'] },
    ] });
  });

  test('lists its members without a target, and all groups without a name', async () => {
    expect((await small.pgark('ext group pgsql-gis')).stdout).toContain('  postgis  Shapes\n  h3       Hexagons\n\n2 members\n');
    expect((await small.pgark('ext group')).stdout).toBe('pgsql-gis   Maps\neverything  All of it\n');
  });

  test.each([
    ['pg17-gsi', 'there is no group "pg17-gsi", did you mean "pg17-gis"?'],
    ['pg13-gis --target d12.x86_64', 'there is no PostgreSQL 13 on d12.x86_64'],
    ['pg17-gis --target d12', '"d12" is more than one target'],
    ['constructor', 'there is no group "constructor"'],
  ])('refuses %s: %s', async (line, message) => {
    const { result, stderr } = await small.pgark(`ext group ${line}`);

    expect(result).toBe(2);
    expect(stderr).toContain(message);
  });
});
