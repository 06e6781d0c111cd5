import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { completeInventory } from '../../../installer/inventory/complete.ts';
import { parseInventory, type Draft } from '../../../installer/inventory/draft.ts';
import { withoutEffect } from '../../../installer/inventory/known.ts';
import { defaultOf, defaults, isParameter, parameters, type ParameterName } from '../../../installer/inventory/parameters.ts';
import { equip } from '../../../installer/deployment.ts';
import { want } from '../../../installer/plan/wanted.ts';
import { roles } from '../../../installer/roles.ts';
import type { CertificateRequest } from '../../../installer/vault/certificate.ts';
import { openVault, type Vault } from '../../../installer/vault/vault.ts';
import type { Descriptor } from '../../../repo/bundle/descriptor.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { Secret } from '../../../repo/core/secret.ts';
import { families } from '../role/deployment.ts';
import { facts as box, keys } from './sample.ts';

const reference = join(import.meta.dirname, '../../../../shared/reference/pigsty-4.5.md');

test.skipIf(!existsSync(reference))(`every parameter of the ecosystem is known${existsSync(reference) ? '' : ` (skipped: there is no ${reference})`}`, () => {
  const [, chapter] = /^## 4\. ([^]*?)^### 4\.19 /m.exec(readFileSync(reference, 'utf8'))!;
  const names = [...chapter!.matchAll(/^\| ([a-z][a-z0-9_, ]*) \| [^|]+ \| [^|]* \| [GCIA/]+ \|/gm)].flatMap(([, cell]) => cell!.split(', '));

  expect(names.length).toBeGreaterThan(350);
  expect(names.filter((name) => !isParameter(name) && !withoutEffect.has(name))).toEqual([]);
});

/** Two hosts on which as much as possible is at work: what no role plays has no effect to see. */
const text = `all:
  children:
    infra: { hosts: { 10.0.0.1: { infra_seq: 1 } } }
    etcd: { hosts: { 10.0.0.1: { etcd_seq: 1 } } }
    pg-test:
      hosts:
        10.0.0.1: { pg_seq: 1, pg_role: primary }
        10.0.0.2: { pg_seq: 2, pg_role: replica, pg_weight: 50 }
      vars:
        pg_cluster: pg-test
        pg_version: 15
        pg_users: [ { name: app, password: secretly, pgbouncer: true } ]
        pg_databases: [ { name: app, owner: app } ]
        pg_dbsu_password: chosen-by-hand
  vars:
    node_timezone: Europe/Paris
    node_firewall_mode: zone
    nginx_users: { someone: something-long }
`;

/** Of what needs another thing to be at work. */
const beside: Readonly<Record<string, Record<string, unknown>>> = {
  node_hugepage_ratio: { node_hugepage_count: 0 },
  pg_shared_buffer_ratio: { pg_conf: 'oltp' },
  pg_io_method: { pg_version: '18' },
  pg_storage_type: { pg_conf: 'oltp' },
  node_firewall_public_port: { node_firewall_mode: 'zone' },
  ...Object.fromEntries(Object.keys(parameters).filter((name) => name.startsWith('vip_') && name !== 'vip_enabled').map((name) => [name, { vip_enabled: true, vip_address: '10.0.0.99', vip_vrid: 7, vip_role: 'backup' }])),
  ...Object.fromEntries(Object.keys(parameters).filter((name) => name.startsWith('pg_vip_') && name !== 'pg_vip_enabled').map((name) => [name, { pg_vip_enabled: true, pg_vip_address: '10.0.0.98/24' }])),
  vip_enabled: { vip_address: '10.0.0.99', vip_vrid: 7 },
  pg_vip_enabled: { pg_vip_address: '10.0.0.98/24' },
  pgbackrest_method: { pgbackrest_repo: { local: { path: '/pg/backup' }, other: { path: '/pg/other' } } },
  pg_delay: { pg_role: 'primary', pg_upstream: '10.0.9.9' },
  ...Object.fromEntries(Object.keys(parameters).filter((name) => name.startsWith('minio_')).map((name) => [name, { minio_cluster: 'store', minio_seq: 1 }])),
  pg_dns_target: { pg_vip_enabled: true, pg_vip_address: '10.0.0.98/24' },
};

/** Other values, where none of `candidates` would do. */
const chosen: Readonly<Record<string, unknown>> = {
  pg_users: [{ name: 'other', password: 'secretly' }],
  pg_databases: [{ name: 'other' }],
  pg_services: [{ name: 'other', port: 5499 }],
  pg_default_services: [{ name: 'other', port: 5499 }],
  pg_hba_rules: [{ addr: 'world', auth: 'ssl' }],
  pgb_hba_rules: [{ addr: 'world', auth: 'ssl' }],
  pg_default_hba_rules: [{ addr: 'world', auth: 'ssl' }],
  pgb_default_hba_rules: [{ addr: 'world', auth: 'ssl' }],
  pg_crontab: ['00 01 * * * true'],
  pg_default_roles: [{ name: 'other' }],
  pg_default_privileges: ['GRANT SELECT ON TABLES TO PUBLIC'],
  pg_default_schemas: ['other'],
  pg_default_extensions: [{ name: 'pg_trgm' }],
  pg_rto_plan: { ...(defaults['pg_rto_plan'] as object), norm: { ttl: 40, loop: 6, retry: 11, start: 26, margin: 6, inter: '5s', fastinter: '3s', downinter: '5s', rise: 4, fall: 4 } },
  pg_parameters: { work_mem: '77MB' },
  pgbackrest_repo: { local: { path: '/pg/elsewhere', retention_full: 3 }, other: { path: '/pg/other' } },
  pgbackrest_method: 'other',
  infra_portal: { home: { domain: 'other.example' } },
  haproxy_services: [{ name: 'other', port: 5499 }],
  pg_packages: ['jq'],
  node_packages: ['jq'],
  node_default_packages: ['jq'],
  pg_extensions: ['postgis'],
  node_crontab: ['00 01 * * * root true'],
  node_etc_hosts: ['10.0.0.9 other'],
  node_default_etc_hosts: ['10.0.0.9 other'],
  dns_records: ['10.0.0.9 other'],
  node_admin_pk_list: ['ssh-ed25519 AAAA other'],
  node_sysctl_params: { 'vm.max_map_count': 262_145 },
  node_aliases: { ll: 'ls -l' },
  nginx_users: { other: 'something-longer' },
  pg_upstream: '10.0.9.9',
  minio_type: 'minio',
  minio_endpoint: 'https://store.example:9002',
  minio_extra_vars: 'MINIO_SITE_NAME=other',
  minio_buckets: [{ name: 'other' }],
  minio_users: [{ access_key: 'other' }],
};

/** One of these is another sound value of nearly every parameter. */
const candidates = (current: unknown): unknown[] => [
  ...(typeof current === 'boolean' ? [!current] : []),
  ...(typeof current === 'number' ? [current + 1, current - 1, current / 2] : []),
  'elsewhere', '/elsewhere', 'other-than-it-was', 9999, 12, 0.3, true, '10.0.0.97', '10.0.0.97/24', '77m', '96MB', '2h',
  'none', 'off', 'session', 'disable', 'enforcing', 'existing', 'limit', 'all', 'olap', 'crit', 'HDD', 'fast', 'sync', 'postgres', 'required', 'master', 'pause', 'local', 'primary', '*.example', '15', '-x.y=1', '--flag', 'server 10.0.0.9 iburst',
  ['elsewhere'], ['10.0.0.9'], ['10.9.0.0/16'], [8080], ['server 10.0.0.9 iburst'], { other: 'x' }, ['a b'],
];

function otherThan(name: ParameterName, current: unknown): unknown {
  if (name in chosen) return chosen[name];
  const now = JSON.stringify(parameters[name].safeParse(current).data);
  return candidates(current).find((value) => {
    const { success, data } = parameters[name].safeParse(value);
    return success && data !== undefined && (data instanceof Secret || JSON.stringify(data) !== now);
  });
}

const showing = (value: unknown): string =>
  JSON.stringify(value, function (this: Record<string, unknown>, key, each: unknown) {
    const raw = this[key];
    return raw instanceof Secret ? raw.reveal() : each;
  });

/** What there is for 15 is there for 18 as well, and what a store is served with. */
const withAnotherMajor = (bundle: Descriptor): Descriptor => ({
  ...bundle,
  pg: ['15', '18'],
  roots: [...bundle.roots.flatMap((each) => (each.pg === '15' ? [each, { ...each, pg: '18' }] : [each])), ...['silo', 'minio', 'mcli'].map((name) => ({ package: name, version: '1', kind: 'component' as const, name, conflicts: [] }))],
  extensions: bundle.extensions.flatMap((each) => [each, { ...each, pg: '18' }]),
});

/** Everything that hosts must have, in one text. Secrets are their names and certificates their requests: what is made at random shows no effect. */
async function shown(draft: Draft, more: Record<string, unknown>, family: (typeof families)[number]): Promise<string> {
  const requests = new Map<string, CertificateRequest>();
  const names = new Set<string>();
  const part: Partial<Vault> = {
    ensure: async (secrets, certificates) => {
      for (const name of secrets) names.add(name);
      for (const request of certificates) requests.set(request.name, request);
    },
    secret: (name) => new Secret(`secret ${name}`),
    certificate: (name) => ({ certificate: `certificate ${showing(requests.get(name))}`, key: new Secret(`key ${name}`), authority: 'authority' }),
    authority: 'authority',
  };
  const empty = await openVault(join(tmpdir(), 'pgark-test-vault-that-is-never-saved'));
  const vault = Object.create(empty, Object.getOwnPropertyDescriptors(part)) as Vault;
  const changed = { ...draft, hosts: draft.hosts.map((host) => ({ ...host, vars: { ...host.vars, ...more } })) };
  const facts = new Map(draft.hosts.map(({ address }, index) => [address, { ...box, ...family.facts, addresses: [address], carries: index === 0 }]));
  const inventory = await completeInventory(changed, facts, vault, { bundle: withAnotherMajor(family.bundle!), keys });
  await equip(vault, inventory, roles);
  return showing([want(inventory, roles).map(({ items }) => items), [...names].sort(), [...requests.values()]]);
}

/** A value that is refused beside the others has an effect as well. */
function refusal(error: unknown): string {
  if (error instanceof Fault) return error.message;
  throw error;
}

/** Consumed elsewhere, or with one value only. */
const elsewhere: Readonly<Record<string, string>> = {
  pg_mode: 'has one value',
  pg_pwd_enc: 'has one value',
  minio_https: 'has one value',
  minio_safeguard: 'asked for by commands that destroy',
  minio_rm_data: 'asked for by commands that remove',
  minio_rm_pkg: 'asked for by commands that remove',
  ca_create: 'the vault is opened with it',
  ca_cn: 'the vault is opened with it',
  ansible_host: 'the way to a host',
  ansible_port: 'the way to a host',
  ansible_user: 'the way to a host',
  ansible_connection: 'the way to a host',
  ansible_ssh_private_key_file: 'the way to a host',
  pg_safeguard: 'asked for by commands that destroy',
  pg_rm_data: 'asked for by commands that remove',
  pg_rm_backup: 'asked for by commands that remove',
  pg_rm_pkg: 'asked for by commands that remove',
  etcd_init: 'asked for where no etcd lives, before a first one is begun',
  etcd_safeguard: 'asked for by commands that destroy',
  etcd_rm_data: 'asked for by commands that remove',
};

// Each value is planned on hosts of both families until one of them shows what it does.
test('every parameter changes what some host must have, or is consumed elsewhere', async () => {
  const draft = parseInventory(text, 'pgark.yml');
  expect(await shown(draft, {}, families[0]!), 'the same values give the same').toBe(await shown(draft, {}, families[0]!));
  const idle: string[] = [];
  const before = new Map<string, string>();
  for (const name of (Object.keys(parameters) as ParameterName[]).filter((each) => !(each in elsewhere))) {
    const more = beside[name] ?? {};
    const value = otherThan(name, more[name] ?? draft.hosts[1]!.vars[name] ?? defaultOf(name));
    const shows = async (family: (typeof families)[number]): Promise<boolean> => {
      const key = `${family.family} ${JSON.stringify(more)}`;
      if (!before.has(key)) before.set(key, await shown(draft, more, family));
      return (await shown(draft, { ...more, [name]: value }, family).catch(refusal)) !== before.get(key);
    };
    if (value === undefined) idle.push(`${name}: no other value`);
    else if (!(await shows(families[0]!)) && !(await shows(families[1]!))) idle.push(`${name}: ${JSON.stringify(value)}`);
  }

  expect(idle).toEqual([]);
}, 600_000);
