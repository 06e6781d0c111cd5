import { describe, expect, test } from 'vitest';
import { extensionsOf } from '../../../../installer/role/pgsql/extensions.ts';
import type { Inventory } from '../../../../installer/inventory/inventory.ts';
import { deploy, withVars } from '../deployment.ts';

/** Two extensions and a library more than the sample bundle has. */
function more(inventory: Inventory): Inventory {
  const extension = { pg: '15', description: '', requires: [] };
  const extensions = [
    ...inventory.bundle.extensions,
    { ...extension, name: 'timescaledb', package: 'postgresql-15-timescaledb', preload: ['timescaledb'] },
    { ...extension, name: 'citus', package: 'postgresql-15-citus', preload: ['citus'] },
  ];
  return { ...inventory, authority: inventory.authority, bundle: { ...inventory.bundle, extensions } };
}

describe('the extensions of an instance', () => {
  test('bring the packages of those that databases ask for', async () => {
    const { host, inventory } = await deploy([]);

    expect(extensionsOf(host, inventory)).toEqual({
      packages: ['postgresql-15', 'postgresql-15-pgvector', 'postgresql-15-postgis-3'],
      libraries: ['pg_stat_statements', 'auto_explain'],
    });
  });

  test('are loaded when the server starts where the bundle says that they must', async () => {
    const { host, inventory } = await deploy([], { text: withVars('pg_default_extensions: [ pg_cron ]') });

    expect(extensionsOf(host, inventory).libraries).toEqual(['pg_stat_statements', 'auto_explain', 'pg_cron']);
  });

  test('that need others bring those as well', async () => {
    const { host, inventory } = await deploy([], { text: withVars('pg_default_extensions: [ postgis_topology ]') });

    expect(extensionsOf(host, inventory).packages).toContain('postgresql-15-postgis-3');
  });

  test('that are only installed can be named by component or package, and load nothing', async () => {
    const { host, inventory } = await deploy([], { text: withVars('pg_extensions: [ pgvector, postgresql-15-cron ]') });

    expect(extensionsOf(host, inventory)).toMatchObject({ libraries: ['pg_stat_statements', 'auto_explain'] });
    expect(extensionsOf(host, inventory).packages).toEqual(expect.arrayContaining(['postgresql-15-pgvector', 'postgresql-15-cron']));
  });

  test('named by groups bring the packages that the bundle has of them, several names in one item too', async () => {
    const { host, inventory } = await deploy([], { text: withVars("pg_packages: [ 'pgsql-main pgsql-common', jq ]", "pg_extensions: [ 'pg15-gis, postgresql-$v-cron' ]") });

    expect(extensionsOf(host, inventory)).toEqual({
      packages: ['jq', 'patroni', 'pgbouncer', 'postgresql-15', 'postgresql-15-cron', 'postgresql-15-pgvector', 'postgresql-15-postgis-3'],
      libraries: ['pg_stat_statements', 'auto_explain'],
    });
  });

  test('put citus first and timescaledb before the rest', async () => {
    const { host, inventory } = await deploy([], { text: withVars("pg_libs: 'pg_stat_statements, timescaledb, citus'") });

    const { libraries, packages } = extensionsOf(host, more(inventory));

    expect(libraries).toEqual(['citus', 'timescaledb', 'pg_stat_statements']);
    expect(packages).toEqual(expect.arrayContaining(['postgresql-15-citus', 'postgresql-15-timescaledb']));
  });

  test('that nobody knows are refused all at once, with the nearest names: a server that lacks a library does not start', async () => {
    const { host, inventory } = await deploy([], { text: withVars("pg_libs: 'pg_stat_statments, pg_corn'") });

    expect(() => extensionsOf(host, inventory)).toThrow(
      expect.objectContaining({ code: 'invalid', details: ['unknown extension "pg_stat_statments", did you mean "pg_stat_statements"?', 'unknown extension "pg_corn", did you mean "pg_cron"?'] }),
    );
  });
});
