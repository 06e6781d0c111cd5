import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { choose } from '../../installer/command/secret-rotate.ts';
import { completeInventory } from '../../installer/inventory/complete.ts';
import { parseInventory } from '../../installer/inventory/draft.ts';
import { equip } from '../../installer/deployment.ts';
import { roles } from '../../installer/roles.ts';
import { secretRows, type SecretRow } from '../../installer/secrets.ts';
import { openVault, type Vault } from '../../installer/vault/vault.ts';
import { Secret } from '../../repo/core/secret.ts';
import { bundle, facts, keys } from './inventory/sample.ts';

const inventory = (...vars: string[]): string => `all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } } }
    pg-meta:
      hosts: { 10.10.10.10: { pg_seq: 1, pg_role: primary } }
      vars:
        pg_cluster: pg-meta
        pg_users: [ { name: app, password: '\${secret.app}', pgbouncer: true }, { name: report, password: '\${secret.app}' } ]
${vars.map((line) => `        ${line}\n`).join('')}  vars: { admin_ip: 10.10.10.10 }
`;

async function open(text: string): Promise<{ vault: Vault; rows: () => SecretRow[] }> {
  const draft = parseInventory(text, 'pgark.yml');
  const vault = await openVault(join(tmpdir(), 'pgark-test-vault-that-is-never-saved'));
  vault.keep('left.over', new Secret('of a cluster that is no more'));
  const whole = await completeInventory(draft, new Map([['10.10.10.10', facts]]), vault, { bundle, keys });
  await equip(vault, whole, roles);
  return { vault, rows: () => secretRows(vault, { draft, inventory: whole, roles }) };
}

const rowOf = (rows: readonly SecretRow[], name: string): SecretRow => rows.find((row) => row.name === name)!;

describe('the secrets of a deployment', () => {
  test.each<[string, SecretRow['rotation'], string | undefined]>([
    ['etcd_root_password', 'with all', undefined],
    ['pg-meta.pg_etcd_password', 'with all', undefined],
    ['pg_replication_password', 'with all', undefined],
    ['pg_admin_password', 'with all', undefined],
    ['pg_monitor_password', 'with all', undefined],
    ['patroni_password', 'with all', undefined],
    ['haproxy_admin_password', 'with all', undefined],
    ['nginx_users.admin', 'with all', undefined],
    ['app', 'by name', 'whoever logs in with it has to be told'],
    ['pg-meta.pgbackrest_cipher_pass', 'never', 'the backups that exist were encrypted with it'],
    ['pg-meta.pg_scram_salt', 'never', 'it is no password; what is made with it changes with the passwords'],
    ['password_salt', 'never', 'it is no password; what is made with it changes with the passwords'],
    ['left.over', 'never', 'nothing in the inventory uses it'],
  ])('%s is rotated %s', async (name, rotation, because) => {
    const { rows } = await open(inventory());

    expect(rowOf(rows(), name)).toMatchObject({ rotation, ...(because && { because }), underWay: false });
  });

  test('are all accounted for: what a role asks for is rotated, or it is said why not', async () => {
    const { rows } = await open(inventory());

    expect(rows().filter(({ rotation, because }) => rotation === 'never' && because === undefined)).toEqual([]);
    expect(rows().length).toBeGreaterThan(12);
  });

  test('tell who logs in with one that the inventory names', async () => {
    const { rows } = await open(inventory());

    expect(rowOf(rows(), 'app').users).toEqual(['role app of pg-meta', 'role report of pg-meta']);
  });

  test('that the inventory gives itself are changed there', async () => {
    const { vault, rows } = await open(inventory('pg_admin_password: something-of-our-own-7'));
    vault.keep('pg_admin_password', new Secret('from before it was given'));

    expect(rowOf(rows(), 'pg_admin_password')).toMatchObject({ rotation: 'never', because: 'the inventory gives another one: change it there' });
  });

  test('that the inventory gives to etcd are not rotated under its feet', async () => {
    const { rows } = await open(inventory("pg_etcd_password: '${secret.store}'"));

    expect(rowOf(rows(), 'store')).toMatchObject({ rotation: 'never', because: 'the inventory gives it to etcd: take pg_etcd_password and etcd_root_password out of it' });
  });

  test('say which of them are on their way, and since when', async () => {
    const { vault, rows } = await open(inventory());

    vault.rotate(['pg_monitor_password']);

    expect(rows().filter(({ underWay }) => underWay).map(({ name }) => name)).toEqual(['pg_monitor_password']);
    expect(rowOf(rows(), 'pg_monitor_password').rotated).toMatch(/^20\d\d-/);
  });

  test('never show a value', async () => {
    const { vault, rows } = await open(inventory());
    vault.rotate(['pg_monitor_password']);
    const values = vault.names().map((name) => vault.secret(name).reveal());

    const text = JSON.stringify(rows());

    expect(values.filter((value) => text.includes(value))).toEqual([]);
  });
});

describe('what is rotated', () => {
  test('with all: everything that nobody outside has to be told of, and what is under way', async () => {
    const { vault, rows } = await open(inventory());
    const before = choose(rows(), 'all').map(({ name }) => name);

    vault.rotate(['app']);

    expect(before).not.toContain('app');
    expect(before).not.toContain('pg-meta.pgbackrest_cipher_pass');
    expect(before).toEqual(expect.arrayContaining(['etcd_root_password', 'pg-meta.pg_etcd_password', 'pg_replication_password', 'patroni_password']));
    expect(choose(rows(), 'all').map(({ name }) => name)).toContain('app');
  });

  test('is what is named, and nothing else', async () => {
    const { rows } = await open(inventory());

    expect(choose(rows(), ['app', 'patroni_password']).map(({ name }) => name)).toEqual(['app', 'patroni_password']);
  });

  test.each([
    ['a name that there is not', 'patrony_password', 'the vault holds no secret "patrony_password", did you mean "patroni_password"?'],
    ['one that cannot be rotated', 'pg-meta.pgbackrest_cipher_pass', 'pg-meta.pgbackrest_cipher_pass cannot be rotated'],
  ])('is not %s', async (_, name, message) => {
    const { rows } = await open(inventory());

    expect(() => choose(rows(), [name])).toThrow(message);
  });
});
