import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import type { FileResource, Resource } from '../../../../installer/resource/resource.ts';
import { patroni } from '../../../../installer/role/pgsql/patroni.ts';
import { dynamicConfig, patroniConfig } from '../../../../installer/role/pgsql/patroni-config.ts';
import { postgres } from '../../../../installer/role/pgsql/postgres.ts';
import { Secret } from '../../../../repo/core/secret.ts';
import { deploy, withReplica, withVars } from '../deployment.ts';
import { textOf } from '../file.ts';

const roles = [postgres, patroni];

/** With every secret of the vault, which differs from run to run, by its name. */
async function configuration(text?: string): Promise<{ raw: string; parsed: Record<string, any> }> {
  const { host, inventory } = await deploy(roles, text === undefined ? {} : { text });
  const named = { ...inventory, authority: inventory.authority, secret: (name: string) => new Secret(`SECRET ${name}`) };
  const raw = patroniConfig(host, named).reveal();
  return { raw, parsed: parse(raw) };
}

const isFile = (resource: Resource): resource is FileResource => resource.kind === 'file';

describe('patroni.yml', () => {
  test('of the sample inventory is as it was looked at', async () => {
    const { raw } = await configuration();

    expect(raw).toMatchSnapshot();
  });

  test('quotes what Python takes for a boolean', async () => {
    const { raw } = await configuration();

    expect(raw).toContain('mode: "off"');
    expect(raw).toContain('archive_mode: "on"');
  });

  test('keeps settings that all members share out of the part of one member', async () => {
    const { parsed } = await configuration(withVars('pg_parameters: { max_connections: 300, work_mem: 32MB, jit: false }'));

    expect(parsed['bootstrap'].dcs.postgresql.parameters).toMatchObject({ max_connections: 300, wal_level: 'logical' });
    expect(parsed['postgresql'].parameters).toMatchObject({ work_mem: '32MB', jit: 'off' });
    expect(parsed['postgresql'].parameters).not.toHaveProperty('max_connections');
  });

  test.each([
    ['fast', { ttl: 20, loop_wait: 5, retry_timeout: 5, primary_start_timeout: 15 }],
    ['norm', { ttl: 30, loop_wait: 5, retry_timeout: 10, primary_start_timeout: 25 }],
    ['safe', { ttl: 60, loop_wait: 10, retry_timeout: 20, primary_start_timeout: 45 }],
    ['wide', { ttl: 120, loop_wait: 20, retry_timeout: 30, primary_start_timeout: 95 }],
  ])('has the figures of the recovery time objective %s', async (plan, wanted) => {
    const { host, inventory } = await deploy(roles, { text: withVars(`pg_rto: ${plan}`) });

    expect(dynamicConfig(host, inventory)).toMatchObject(wanted);
  });

  test('is synchronous without allowance for loss, and strictly so in a critical profile with more than one member', async () => {
    const lossless = await deploy(roles, { text: withVars('pg_rpo: 0') });
    const critical = await deploy(roles, { text: withVars('pg_conf: crit.yml').replace(/^ +10\.10\.10\.10: \{ pg_seq: 1, pg_role: primary \}\n/m, (line) => `${line}        10.10.10.11: { pg_seq: 2, pg_role: replica }\n`) });
    const alone = await deploy(roles, { text: withVars('pg_conf: crit.yml') });

    expect(dynamicConfig(lossless.host, lossless.inventory)).toMatchObject({ synchronous_mode: true, synchronous_mode_strict: false });
    expect(dynamicConfig(critical.host, critical.inventory)).toMatchObject({ synchronous_mode: true, synchronous_mode_strict: true });
    expect(dynamicConfig(alone.host, alone.inventory)).toMatchObject({ synchronous_mode: true, synchronous_mode_strict: false });
  });

  test('refuses a place in etcd where it has no rights', async () => {
    await expect(configuration(withVars('pg_namespace: /other'))).rejects.toThrow('pg_namespace: /other is not implemented yet');
  });

  test('tells pg_cron which database asks for it', async () => {
    const { parsed } = await configuration(withVars().replace('vector ]', 'pg_cron ]'));

    expect(parsed['postgresql'].parameters).toMatchObject({ 'cron.database_name': 'meta', shared_preload_libraries: 'pg_stat_statements, auto_explain, pg_cron' });
  });

  test('declines checksums only where the inventory does', async () => {
    const { parsed } = await configuration(withVars('pg_checksum: false'));

    expect(parsed['bootstrap'].initdb).not.toContain('data-checksums');
  });

  test('speaks plain HTTP only where the inventory asks for it', async () => {
    const { parsed } = await configuration(withVars('patroni_ssl_enabled: false'));

    expect(parsed['restapi']).not.toHaveProperty('certfile');
  });
});

describe('Patroni', () => {
  test('is never restarted by a change of its configuration', async () => {
    const { host, inventory } = await deploy(roles);

    const service = patroni.resources(host, inventory).find((each) => each.kind === 'service');

    expect(service).toMatchObject({ unit: 'patroni.service', enabled: true, running: true, outlasts: true, reloadOn: expect.arrayContaining(['/etc/patroni/patroni.yml']) });
    expect(service).not.toHaveProperty('restartOn');
  });

  test('says which settings wait for a restart, and restarts nothing for them', async () => {
    const { host, inventory } = await deploy(roles);

    const waiting = patroni.resources(host, inventory).find((each) => each.kind === 'condition' && each.name === 'postgresql: its settings are in effect');

    expect(waiting).toMatchObject({ act: [], check: { argv: expect.arrayContaining([expect.stringContaining('pgark pg restart pg-meta --pending')]) } });
    // One that was a replica before has left those behind, and needs no restart for them.
    expect(waiting).toMatchObject({ check: { argv: expect.arrayContaining([expect.stringContaining("NOT LIKE 'recovery\\_target%'")]) } });
  });

  test('shares its settings through the primary alone', async () => {
    const { inventory } = await deploy(roles, { text: withReplica });

    const names = inventory.hosts.map((host) => patroni.resources(host, inventory).flatMap((each) => (each.kind === 'condition' ? [each.name] : [])));

    expect(names.map((each) => each.some((name) => name.includes('share the settings')))).toEqual([true, false]);
  });
});

describe('what lies on a host for PostgreSQL', () => {
  test('keeps keys and passwords to the superuser of the database', async () => {
    const { host, inventory } = await deploy(roles);

    const secret = [...postgres.resources(host, inventory), ...patroni.resources(host, inventory)].filter(isFile).filter((file) => file.content instanceof Secret);

    expect(secret.map(({ path, mode, owner }) => `${path} ${mode} ${owner}`)).toEqual([
      '/pg/cert/server.key 0600 postgres',
      '/pg/cert/etcd.key 0600 postgres',
      '/var/lib/pgsql/.pgpass 0600 postgres',
      '/etc/patroni/patroni.yml 0600 postgres',
    ]);
  });

  test('has its account and the refusal of a cluster of the package before any package', async () => {
    const { host, inventory } = await deploy(roles);

    const prepared = postgres.prepare!(host, inventory);

    expect(prepared).toContainEqual(expect.objectContaining({ kind: 'user', name: 'postgres', uid: 543, home: '/var/lib/pgsql' }));
    expect(prepared).toContainEqual(expect.objectContaining({ path: '/etc/postgresql-common/createcluster.conf', content: expect.stringContaining('create_main_cluster = false') }));
  });

  test('may be managed by its superuser unless the inventory says none', async () => {
    const { host, inventory } = await deploy(roles, { text: withVars('pg_dbsu_sudo: none') });

    expect(postgres.resources(host, inventory)).toContainEqual({ kind: 'absent', path: '/etc/sudoers.d/postgres' });
  });

  test('lets the superuser see to its services, with no pager that is a root shell', async () => {
    const { host, inventory } = await deploy([postgres]);

    expect(textOf(postgres.resources(host, inventory), '/etc/sudoers.d/postgres').split('\n')[1]).toMatch(/^postgres ALL=\(root\) NOPASSWD: NOEXEC: \/usr\/bin\/systemctl start patroni, [^*]*$/);
  });
});
