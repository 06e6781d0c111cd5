import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { completeInventory } from '../../../installer/inventory/complete.ts';
import { parseInventory } from '../../../installer/inventory/draft.ts';
import { gapsInGroups } from '../../../installer/inventory/extension.ts';
import type { Inventory } from '../../../installer/inventory/inventory.ts';
import { withoutEffect } from '../../../installer/inventory/known.ts';
import { parameters, secretParameters } from '../../../installer/inventory/parameters.ts';
import { openVault, type Vault } from '../../../installer/vault/vault.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { Secret } from '../../../repo/core/secret.ts';
import { bundle, facts, sample, keys } from './sample.ts';

let folder: string;
let vault: Vault;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pgark-inventory-'));
  vault = await openVault(join(folder, 'vault'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const detailsOf = (text: string): readonly string[] => {
  try {
    parseInventory(text, 'pgark.yml');
  } catch (error) {
    if (error instanceof Fault) return error.details;
    throw error;
  }
  return [];
};

const complete = (text: string, from = bundle): Promise<Inventory> => {
  const draft = parseInventory(text, 'pgark.yml');
  return completeInventory(draft, new Map(draft.hosts.map((host) => [host.address, facts])), vault, { bundle: from, keys });
};

const three = (hosts: string, more = ''): string => `all:
  children:
    etcd: { hosts: { 10.0.0.1: { etcd_seq: 1 } } }
    pg-test:
      hosts:
${hosts}
      vars: { pg_cluster: pg-test }
${more}`;

describe('a whole inventory', () => {
  test('gives a host its parameters: defaults < all < group < host', async () => {
    const inventory = await complete(sample);

    const [host] = inventory.group('pg-meta');
    expect(host).toMatchObject({ address: '10.10.10.10', name: 'pg-meta-1', groups: ['infra', 'etcd', 'pg-meta'] });
    expect(host!.vars).toMatchObject({ pg_cluster: 'pg-meta', pg_seq: 1, pg_version: '15', pg_port: 5432, pg_dbsu_uid: 543, nodename: 'pg-meta-1', infra_seq: 1 });
    expect(inventory.cluster('pg-meta')).toEqual([host]);
  });

  test('resolves placeholders, those in defaults too', async () => {
    const [host] = (await complete(sample)).hosts;

    expect(host!.vars.node_etc_hosts).toEqual(['10.10.10.10 pg-meta.example']);
    expect(host!.vars.node_dns_servers).toEqual(['10.10.10.10']);
    expect(host!.vars.pg_default_hba_rules.map((rule) => rule.user)).toContain('dbuser_monitor');
    expect(JSON.stringify(host!.vars)).not.toContain('${');
  });

  test('makes the secrets that it speaks of, and never shows them', async () => {
    const inventory = await complete(sample);

    const { password } = inventory.hosts[0]!.vars.pg_users[0]!;
    expect(password).toBeInstanceOf(Secret);
    expect(password!.reveal()).toBe(vault.secret('dbuser_meta').reveal());
    expect(JSON.stringify(inventory)).not.toContain(password!.reveal());
  });

  test('a password in the inventory goes before the vault', async () => {
    const inventory = await complete(sample.replace('admin_ip: 10.10.10.10', 'admin_ip: 10.10.10.10\n    pg_admin_password: chosen-by-hand'));
    await vault.ensure(['pg_admin_password', 'pg_monitor_password'], []);

    expect(inventory.secret('pg_admin_password').reveal()).toBe('chosen-by-hand');
    expect(inventory.secret('pg_monitor_password').reveal()).toBe(vault.secret('pg_monitor_password').reveal());
  });

  test('a password of one cluster is found under the cluster’s name', async () => {
    const inventory = await complete(sample.replace('pg_version: 15', 'pg_etcd_password: of-this-cluster'));

    expect(inventory.secret('pg-meta.pg_etcd_password').reveal()).toBe('of-this-cluster');
  });

  test('short forms become whole objects', async () => {
    const [database] = (await complete(sample)).hosts[0]!.vars.pg_databases;

    expect(database!.extensions).toEqual([{ name: 'postgis', schema: 'public' }, { name: 'vector' }]);
    expect(database!.schemas).toEqual([{ name: 'app' }]);
  });

  test('the newest major of the bundle is taken when none is named', async () => {
    const inventory = await complete(sample.replace('        pg_version: 15\n', ''));

    expect(inventory.hosts[0]!.vars.pg_version).toBe('15');
  });

  test('a major that the bundle lacks is refused, with its place', async () => {
    await expect(complete(sample.replace('pg_version: 15', 'pg_version: 17'))).rejects.toMatchObject({
      details: ['pgark.yml:10:21  pg_version: pgark-debian-0.1.0.d12.x86_64 holds no PostgreSQL 17, it holds 15'],
    });
  });

  test('an extension that the bundle lacks is refused, with the nearest name', async () => {
    await expect(complete(sample.replace('name: postgis,', 'name: postgiss,'))).rejects.toMatchObject({
      details: [expect.stringMatching(/^pgark\.yml:14:\d+ {2}pgark-debian-0\.1\.0\.d12\.x86_64 holds no extension "postgiss" for PostgreSQL 15, did you mean "postgis"\?$/)],
    });
  });

  test('an extension that cannot be created as it is shipped is refused with the reason, itself or through another', async () => {
    const barred = { ...bundle, extensions: bundle.extensions.map((each) => (each.name === 'postgis' ? { ...each, caveat: 'wait for a mended package' } : each)) };

    await expect(complete(sample, barred)).rejects.toMatchObject({
      details: [expect.stringMatching(/^pgark\.yml:14:\d+ {2}extension "postgis" cannot be created as it is shipped: postgis: wait for a mended package$/)],
    });
    await expect(complete(sample.replace('name: postgis,', 'name: postgis_topology,'), barred)).rejects.toMatchObject({
      details: [expect.stringMatching(/extension "postgis_topology" cannot be created as it is shipped: postgis: wait for a mended package$/)],
    });
  });

  test('such an extension may be installed without being created, to do by hand what its caveat says', async () => {
    const barred = { ...bundle, extensions: bundle.extensions.map((each) => (each.name === 'postgis' ? { ...each, caveat: 'wait' } : each)) };

    const inventory = await complete(sample.replace('{ name: postgis, schema: public }, vector', 'vector').replace('pg_version: 15', 'pg_version: 15\n        pg_extensions: [ postgis ]'), barred);

    expect(inventory.hosts[0]!.vars.pg_extensions).toEqual(['postgis']);
  });

  test.each([
    ['pg_extensions: [ pg15-giss ]', /^pgark\.yml:11:26 {2}pgark-debian-0\.1\.0\.d12\.x86_64 holds nothing of a group "pg15-giss" for PostgreSQL 15, did you mean "pgsql-gis"\? Its groups are pgsql-common, pgsql-gis, pgsql-main, pgsql-time$/],
    ['pg_extensions: [ postgis, pg16-gis ]', /^pgark\.yml:11:35 {2}"pg16-gis" is for PostgreSQL 16 and this cluster has 15; "pgsql-gis" goes with pg_version$/],
    ['pg_extensions: [ pgvectr ]', /^pgark\.yml:11:26 {2}\S+ holds no extension, package or group "pgvectr" for PostgreSQL 15, did you mean "pgvector"\?$/],
    ['pg_packages: [ pgsql-fdw ]', /^pgark\.yml:11:24 {2}\S+ holds nothing of a group "pgsql-fdw" for PostgreSQL 15/],
    ['pg_extensions: [ pgsql-time ]', /^pgark\.yml:11:26 {2}postgresql-15-cron \(pgsql-time\) and postgresql-15-rival \(pgsql-time\) cannot be installed together; name those that are wanted one by one$/],
    ['pg_extensions: [ pg_cron, rival ]', /^pgark\.yml:11:35 {2}postgresql-15-cron \(pg_cron\) and postgresql-15-rival \(rival\) cannot be installed together/],
  ])('with %s is refused', async (line, message) => {
    await expect(complete(sample.replace('pg_version: 15', `pg_version: 15\n        ${line}`))).rejects.toMatchObject({ details: [expect.stringMatching(message)] });
  });

  test('a group that the bundle holds a part of is told with what is not there, once', async () => {
    const draft = parseInventory(sample.replace('pg_version: 15', "pg_version: 15\n        pg_packages: [ 'pgsql-main pgsql-common', jq ]"), 'pgark.yml');
    const inventory = await completeInventory(draft, new Map(draft.hosts.map((host) => [host.address, facts])), vault, { bundle, keys });

    expect(gapsInGroups(draft, inventory)).toEqual([
      'pgark.yml:11:24  pgark-debian-0.1.0.d12.x86_64 holds only a part of "pgsql-main" for PostgreSQL 15, which is installed; it lacks pg_repack, wal2json',
      'pgark.yml:11:24  pgark-debian-0.1.0.d12.x86_64 holds only a part of "pgsql-common" for PostgreSQL 15, which is installed; it lacks vip-manager',
    ]);
  });

  test('a host without a cluster keeps its own name', async () => {
    const inventory = await complete('all: { children: { infra: { hosts: { 10.0.0.1: { infra_seq: 1 } } } } }\n');

    expect(inventory.hosts[0]).toMatchObject({ name: 'box', vars: { admin_ip: '10.0.0.1' } });
  });
});

describe('mistakes', () => {
  test('a misspelt parameter is an error with its place and the nearest name', () => {
    expect(detailsOf(sample.replace('pg_version', 'pg_verison'))).toEqual(['pgark.yml:10:9  unknown parameter "pg_verison", did you mean "pg_version"?']);
  });

  test('a misspelt field of a user, likewise', () => {
    expect(detailsOf(sample.replace('password:', 'pasword:'))).toEqual(['pgark.yml:12:34  unknown key "pasword", did you mean "password"?']);
  });

  test('all of them are told at once, in the order of the file', () => {
    const details = detailsOf(sample.replace('infra_seq: 1', 'infra_seq: one').replace('pg_cluster: pg-meta', 'pg_clustr: pg-meta').replace('pgbouncer: true', 'pgbouncer: 1'));

    expect(details.map((line) => line.split('  ')[0])).toEqual(['pgark.yml:3:49', 'pgark.yml:7:9', 'pgark.yml:9:9', 'pgark.yml:12:80', 'pgark.yml:18:23']);
    expect(details[1]).toContain('pg_cluster of 10.10.10.10 is missing');
  });

  test.each([
    ['pg_version: 15', 'pg_version: 17.10', 'pgark.yml:10:21  pg_version: must be a major version of PostgreSQL: 17'],
    ['pg_version: 15', 'node_timezone: 17.10', 'pgark.yml:10:24  node_timezone: expected string, which takes quotes: "17.10"'],
    ['pg_version: 15', 'pg_role: leader', 'pgark.yml:10:18  pg_role: must be primary, replica or offline'],
    ['pg_version: 15', 'pg_port: 70000', 'pgark.yml:10:18  pg_port: must be a port number'],
    ['pg_version: 15', 'pg_version:', 'pgark.yml:10:9  pg_version has no value'],
    ['admin_ip: 10.10.10.10', 'nginx_cert_validity: soon', 'pgark.yml:17:26  nginx_cert_validity: must be a span of time with its unit: 10s, 24h, 15d'],
    ['pg_version: 15', 'pg_mode: citus', 'pgark.yml:10:18  pg_mode: must be pgsql; other kernels are not implemented'],
    ['pg_version: 15', 'pg_pwd_enc: md5', 'pgark.yml:10:21  pg_pwd_enc: must be scram-sha-256'],
    ['pg_version: 15', 'pgbackrest_method: minoi', 'pgark.yml:10:28  pgbackrest_method: pgbackrest_repo has no "minoi", did you mean "minio"?'],
    ['pg_version: 15', 'pgbackrest_method: minio', 'pgark.yml:10:9  pgbackrest_repo.minio of 10.10.10.10: sss.pigsty:9000 is no store of this inventory; a host with minio_cluster and minio_seq makes one, and any other needs s3_key_secret'],
    ['admin_ip: 10.10.10.10', 'admin_ip: 10.10.10.300', 'pgark.yml:17:15  admin_ip: must be an IP address'],
    ['admin_ip: 10.10.10.10', 'grafana_prt: 3000', 'pgark.yml:17:5  unknown parameter "grafana_prt", did you mean "grafana_port"?'],
    ['${admin_ip}', '${admin_pi}', 'pgark.yml:18:23  node_etc_hosts: there is nothing that ${admin_pi} stands for'],
    ['secret.dbuser_meta', 'secret.dbuser meta', 'pgark.yml:12:44  pg_users: there is nothing that ${secret.dbuser meta} stands for'],
    ['  vars:\n    admin', '  varz:\n    admin', 'pgark.yml:16:3  unknown key "varz", did you mean "vars"?'],
    ['admin_ip: 10.10.10.10', 'pg_hba_rules: [ { addr: world, auth: trust } ]', 'pgark.yml:17:42  pg_hba_rules.0.auth: must be one of deny, pwd, ssl, sha, ssl-md5, ssl-sha, cert, md5, os, ident, peer, reject, scram-sha-256'],
    ['admin_ip: 10.10.10.10', 'pg_hba_rules: [ { rules: [ "host all all 0.0.0.0/0 trust" ] } ]', 'pgark.yml:17:21  pg_hba_rules.0: holds a rule with "trust", which lets in whoever can reach the port'],
    ['admin_ip: 10.10.10.10', 'node_timezone: "${secret.zone}"', 'pgark.yml:17:20  node_timezone: Invalid input: expected string, received Secret'],
  ])('%j → %j', (from, to, detail) => {
    expect(detailsOf(sample.replace(from, to))).toContain(detail);
  });

  test('a password that another product publishes is refused, and not repeated', () => {
    const details = detailsOf(sample.replace('admin_ip: 10.10.10.10', 'pg_admin_password: DBUser.DBA'));

    expect(details).toEqual(['pgark.yml:17:24  pg_admin_password: is a password that everybody can look up; leave it out to have one generated']);
  });

  test('an address given twice in a group is an error', () => {
    expect(detailsOf(three('        10.0.0.1: { pg_seq: 1, pg_role: primary }\n        10.0.0.1: { pg_seq: 2, pg_role: replica }'))).toEqual([expect.stringMatching(/^pgark\.yml:7:9 {2}Map keys must be unique/)]);
  });

  test.each([
    ['10.0.0.1: { pg_seq: 1, pg_role: primary }', '10.0.0.2: { pg_seq: 1, pg_role: replica }', 'pgark.yml:7:29  pg_seq 1 of 10.0.0.2 is taken by 10.0.0.1'],
    ['10.0.0.1: { pg_seq: 1, pg_role: primary }', '10.0.0.2: { pg_seq: 2, pg_role: primary }', 'pgark.yml:7:41  10.0.0.2 is a second primary of pg-test, beside 10.0.0.1'],
    ['10.0.0.1: { pg_seq: 1, pg_role: replica }', '10.0.0.2: { pg_seq: 2, pg_role: replica }', 'pgark.yml:6:41  pg-test has no primary'],
    ['10.0.0.1: { pg_seq: 1, pg_role: primary }', '10.0.0.2: { pg_role: replica }', 'pgark.yml:7:9  pg_seq of 10.0.0.2 is missing'],
    ['10.0.0.1: { pg_seq: 1, pg_role: primary }', '10.0.0.2: { pg_seq: 2 }', 'pgark.yml:7:9  pg_role of 10.0.0.2 is missing'],
    ['fd00::1: { pg_seq: 1, pg_role: primary }', 'fd00:0::1: { pg_seq: 2, pg_role: replica }', 'pgark.yml:7:9  fd00:0::1 is the same host as fd00::1: fd00::1'],
    ['10.0.0.1: { pg_seq: 1, pg_role: primary }', '10.0.0.2222: { pg_seq: 2, pg_role: replica }', 'pgark.yml:7:9  "10.0.0.2222" is neither an address nor a name of a host'],
  ])('%s and %s', (one, other, detail) => {
    expect(detailsOf(three(`        ${one}\n        ${other}`))).toContain(detail);
  });

  test('two groups that say different things about one host are an error', () => {
    const text = three('        10.0.0.1: { pg_seq: 1, pg_role: primary, node_tune: olap }', '    other: { hosts: { 10.0.0.1: { node_tune: tiny } } }\n');

    expect(detailsOf(text)).toContain('pgark.yml:8:35  node_tune of 10.0.0.1 differs from what group pg-test says; say it at one of them only');
  });

  test('PostgreSQL without etcd is an error', () => {
    expect(detailsOf(sample.replace(/ {4}etcd:.*\n/, ''))).toEqual(['pgark.yml:2:3  there is no group "etcd"; Patroni needs it']);
  });

  test('an empty file is reported, not crashed on', () => {
    expect(detailsOf('')).toEqual(['pgark.yml:1:1  there is no host']);
  });
});

describe('warnings', () => {
  test('a known parameter without effect is named with its place', () => {
    const { warnings } = parseInventory(sample.replace('admin_ip: 10.10.10.10', 'admin_ip: 10.10.10.10\n    grafana_port: 3000\n    ansible_become: true'), 'pgark.yml');

    expect(warnings).toEqual(['pgark.yml:18:5  grafana_port (infra) is not implemented yet and has no effect', 'pgark.yml:19:5  ansible_become (ansible) is not implemented yet and has no effect']);
  });
});

describe('the parameters', () => {
  test('are either implemented or without effect, never both', () => {
    expect(Object.keys(parameters).filter((name) => withoutEffect.has(name))).toEqual([]);
    expect(Object.keys(parameters).length).toBeGreaterThan(150);
  });

  test('those that hold secrets have no default', async () => {
    const [host] = (await complete(sample)).hosts;

    expect(secretParameters).toEqual(expect.arrayContaining(['pg_admin_password', 'pg_monitor_password', 'pg_replication_password', 'patroni_password', 'etcd_root_password', 'haproxy_admin_password']));
    for (const name of secretParameters) expect(host!.vars[name]).toBeUndefined();
  });
});
