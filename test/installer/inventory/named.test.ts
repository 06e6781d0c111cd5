import { describe, expect, test } from 'vitest';
import { extensionNamed, namesWithin, packageNamed, rivalsIn } from '../../../installer/inventory/named.ts';
import type { Descriptor } from '../../../repo/bundle/descriptor.ts';
import { bundle as sample } from './sample.ts';

const root = { version: '1', conflicts: [] };
const bundle: Descriptor = {
  ...sample,
  pg: ['15', '16'],
  roots: [
    ...sample.roots,
    { ...root, package: 'patroni', kind: 'component', name: 'patroni' },
    { ...root, package: 'postgresql-15-postgis-3-scripts', kind: 'extension', name: 'postgis', pg: '15' },
    { ...root, package: 'postgresql-16', kind: 'server', name: 'postgresql', pg: '16' },
  ],
  groups: [...sample.groups, { name: 'pgsql', pg: '16', packages: ['postgresql-16'], missing: [] }],
};

describe('a name', () => {
  test.each([
    ['postgis', '15', ['postgresql-15-postgis-3', 'postgresql-15-postgis-3-scripts']],
    ['vector', '15', ['postgresql-15-pgvector']],
    ['pg_trgm', '15', ['postgresql-15']],
    ['postgresql-15-cron', '15', ['postgresql-15-cron']],
    ['postgresql', '16', ['postgresql-16']],
    ['pgsql-gis', '15', ['postgresql-15-postgis-3']],
    ['pg15-gis', '15', ['postgresql-15-postgis-3']],
    ['pg16', '16', ['postgresql-16']],
    ['pgsql-common', '16', ['patroni', 'pgbouncer']],
  ])('%s under PostgreSQL %s stands for %j', (name, pg, packages) => {
    expect(extensionNamed(name, bundle, pg)).toMatchObject({ ok: true, packages });
    expect(packageNamed(name, bundle, pg)).toMatchObject({ ok: true, packages });
  });

  test('of a group is that of the major of the cluster: another major has nothing of it', () => {
    expect(extensionNamed('pgsql-gis', bundle, '16')).toMatchObject({ ok: false, because: expect.stringContaining('Its groups are pgsql-common, pgsql') });
  });

  test('that nobody knows may be a package, but no extension and no group', () => {
    expect(packageNamed('jq', bundle, '15')).toEqual({ ok: true, packages: ['jq'], missing: [] });
    expect(extensionNamed('jq', bundle, '15').ok).toBe(false);
    expect(packageNamed('pg15-fdw', bundle, '15').ok).toBe(false);
  });

  test('is one of several where commas or blanks part them, and $v in it is the major', () => {
    expect(namesWithin('pgsql-main pgsql-common, postgresql-$v-cron,', '17')).toEqual(['pgsql-main', 'pgsql-common', 'postgresql-17-cron']);
  });
});

test('rivals are found wherever they stand among packages', () => {
  expect(rivalsIn(['postgresql-15-rival', 'jq', 'postgresql-15-cron'], bundle)).toEqual(['postgresql-15-cron', 'postgresql-15-rival']);
  expect(rivalsIn(['postgresql-15-rival', 'jq'], bundle)).toBeUndefined();
});
