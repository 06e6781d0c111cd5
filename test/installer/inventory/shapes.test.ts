import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { completeInventory } from '../../../installer/inventory/complete.ts';
import { parseInventory } from '../../../installer/inventory/draft.ts';
import type { Inventory } from '../../../installer/inventory/inventory.ts';
import { withoutEffect } from '../../../installer/inventory/known.ts';
import { equip } from '../../../installer/deployment.ts';
import { countChanges, plan } from '../../../installer/plan/plan.ts';
import { want, type Wanted } from '../../../installer/plan/wanted.ts';
import type { Completed } from '../../../installer/transport/command.ts';
import { roles } from '../../../installer/roles.ts';
import { openVault, type Vault } from '../../../installer/vault/vault.ts';
import { Secret } from '../../../repo/core/secret.ts';
import { families } from '../role/deployment.ts';
import { facts as box, keys } from './sample.ts';

/** An inventory with everything that its hosts must have, the first of which has the bundle. */
interface Planned {
  inventory: Inventory;
  wanted: readonly Wanted[];
  warnings: readonly string[];
}

// Twenty hosts take a second on an idle machine.
vi.setConfig({ testTimeout: 60_000 });

const shapes = join(import.meta.dirname, 'shapes');
let folder: string;
let vault: Vault;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pgark-shapes-'));
  vault = await openVault(join(folder, 'vault'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const kept = new Map<string, Promise<Planned>>();

/** Each shape is planned once for a family, whoever asks. */
function planned(name: string, family = families[0]!): Promise<Planned> {
  const key = `${family.family} ${name}`;
  const found = kept.get(key) ?? planOnce(name, family);
  kept.set(key, found);
  return found;
}

async function planOnce(name: string, { facts, bundle }: (typeof families)[number]): Promise<Planned> {
  const draft = parseInventory(readFileSync(join(shapes, `${name}.yml`), 'utf8'), `${name}.yml`);
  const bare = draft.hosts.every(({ groups }) => !groups.includes('infra'));
  const known = new Map(draft.hosts.map(({ address }, index) => [address, { ...box, ...facts, hostname: `box-${index}`, addresses: [address], carries: bare || index === 0 }]));
  const inventory = await completeInventory(draft, known, vault, { bundle: bundle!, keys });
  await equip(vault, inventory, roles);
  return { inventory, wanted: want(inventory, roles), warnings: draft.warnings };
}

/** What bare hosts answer: none of it is there. */
const answersOfBare = (wanted: readonly Wanted[]): Map<string, Completed[]> =>
  new Map(wanted.map(({ host, items }) => [host.address, items.map(({ resource }) => (resource.kind === 'service' ? { code: 0, stdout: 'LoadState=not-found\nnow=1\n', stderr: '' } : { code: 1, stdout: '', stderr: '' }))]));

/** By role, how many hosts have something to do for it. */
const count = ({ wanted }: Planned, role: string): number => wanted.filter(({ items }) => items.some((item) => item.role === role)).length;

const contentOf = ({ wanted }: Planned, address: string, path: string): string => {
  const found = wanted.find(({ host }) => host.address === address)!.items.find(({ resource }) => resource.kind === 'file' && resource.path === path);
  const content = found?.resource.kind === 'file' ? found.resource.content : '';
  return content instanceof Secret ? content.reveal() : content;
};

/** The servers of a service: `pg-test-1`, `pg-test-2 backup`. */
/** Those of the pool for when the first is empty have `reserve: ` before them. */
const serversOf = (shape: Planned, address: string, service: string): string[] =>
  contentOf(shape, address, `/etc/haproxy/conf.d/${service}.cfg`).split('\nbackend ').flatMap((pool, index) => [...pool.matchAll(/^ +server (\S+) .*?( backup)?$/gm)].map(([, name, backup = '']) => `${index === 0 ? '' : 'reserve: '}${name}${backup}`));

const modulesIn = (warnings: readonly string[]): string[] => [...new Set(warnings.flatMap((each) => / \((\w+)\) is not implemented yet and has no effect$/.exec(each)?.[1] ?? []))].sort();

const names = readdirSync(shapes).map((file) => file.replace('.yml', ''));

describe.each(families)('on $family', (family) => {
  test.each(names)('%s is planned, host by host', async (name) => {
    const shape = await planned(name, family);

    expect(shape.wanted).toHaveLength(shape.inventory.hosts.length);
    for (const { host, items } of shape.wanted) {
      expect(items.some(({ role }) => role === 'node')).toBe(true);
      expect(items.some(({ role }) => role === 'patroni')).toBe(host.vars.pg_cluster !== undefined);
    }
    expect(countChanges(plan(shape.wanted, answersOfBare(shape.wanted)))).toBeGreaterThan(50 * shape.wanted.length);
  });
});

test('every line of a shape that has no effect is told with its place', async () => {
  for (const name of names) {
    const text = readFileSync(join(shapes, `${name}.yml`), 'utf8');
    const written = [...withoutEffect.keys()].filter((parameter) => new RegExp(`\\b${parameter}:`).test(text));
    const { warnings } = parseInventory(text, `${name}.yml`);

    expect(written.filter((parameter) => !warnings.some((line) => line.startsWith(`${name}.yml:`) && line.includes(`  ${parameter} (`))), name).toEqual([]);
  }
});

// shape: hosts of etcd, infra, members of PostgreSQL, of HAProxy; modules that are asked for and not there.
test.each<[string, number, number, number, number, string[]]>([
  ['meta', 1, 1, 1, 1, []],
  ['rich', 1, 1, 1, 1, ['docker', 'redis']],
  ['slim', 1, 0, 1, 1, []],
  ['infra', 0, 1, 0, 1, []],
  ['remote', 0, 1, 0, 1, []],
  ['vibe', 1, 1, 1, 1, ['juice', 'vibe']],
  ['dual', 1, 1, 2, 2, []],
  ['trio', 3, 3, 3, 3, []],
  ['full', 1, 1, 4, 4, ['redis']],
  ['safe', 3, 3, 4, 4, []],
  ['octo', 5, 3, 8, 8, []],
  ['simu', 5, 3, 13, 19, ['docker', 'redis']],
  ['citus', 1, 1, 7, 7, ['citus']],
  ['delayed', 1, 1, 4, 4, []],
  ['standby', 3, 1, 5, 5, []],
  ['bare', 3, 0, 3, 3, []],
  ['six', 3, 1, 3, 3, []],
])('%s has %i of etcd, %i of infra, %i of PostgreSQL, %i of HAProxy, and lacks %j', async (name, etcd, infra, postgres, haproxy, lacking) => {
  const shape = await planned(name);

  expect({ etcd: count(shape, 'etcd'), infra: count(shape, 'portal'), postgres: count(shape, 'patroni'), haproxy: count(shape, 'haproxy') }).toEqual({ etcd, infra, postgres, haproxy });
  expect(modulesIn(shape.warnings).filter((module) => ['docker', 'redis', 'juice', 'vibe', 'citus'].includes(module))).toEqual(lacking);
});

test('no shape is named in this list in vain, and none is missing from it', () => {
  expect(names.toSorted()).toEqual(['bare', 'citus', 'delayed', 'dual', 'full', 'infra', 'meta', 'octo', 'remote', 'rich', 'safe', 'simu', 'six', 'slim', 'standby', 'trio', 'vibe']);
});

describe('the services of', () => {
  test('dual: writes go to whoever leads, offline queries to the replica that bears them', async () => {
    const shape = await planned('dual');

    expect(serversOf(shape, '10.20.0.11', 'pg-meta-primary')).toEqual(['pg-meta-1', 'pg-meta-2']);
    expect(serversOf(shape, '10.20.0.11', 'pg-meta-replica')).toEqual(['pg-meta-1', 'pg-meta-2', 'reserve: pg-meta-1 backup', 'reserve: pg-meta-2']);
    expect(serversOf(shape, '10.20.0.11', 'pg-meta-offline')).toEqual(['pg-meta-1 backup', 'pg-meta-2']);
  });

  test('full: each host knows its own cluster only', async () => {
    const shape = await planned('full');

    expect(serversOf(shape, '10.20.0.10', 'pg-meta-primary')).toEqual(['pg-meta-1']);
    expect(serversOf(shape, '10.20.0.10', 'pg-test-primary')).toEqual([]);
    expect(serversOf(shape, '10.20.0.12', 'pg-test-default')).toEqual(['pg-test-1', 'pg-test-2', 'pg-test-3']);
    expect(serversOf(shape, '10.20.0.12', 'pg-test-offline')).toEqual(['pg-test-1 backup', 'pg-test-2 backup', 'pg-test-3']);
  });

  test('octo: the offline member answers offline queries, and others only in reserve', async () => {
    const shape = await planned('octo');
    const replica = contentOf(shape, '10.20.0.13', '/etc/haproxy/conf.d/pg-test-replica.cfg');

    expect(serversOf(shape, '10.20.0.13', 'pg-test-replica').filter((each) => !each.startsWith('reserve'))).toEqual(['pg-test-1', 'pg-test-2', 'pg-test-3', 'pg-test-4', 'pg-test-5 backup']);
    expect(serversOf(shape, '10.20.0.13', 'pg-test-offline')).toEqual(['pg-test-1 backup', 'pg-test-2 backup', 'pg-test-3 backup', 'pg-test-4 backup', 'pg-test-5']);
    expect(replica).toMatch(/server pg-test-2 .* weight 200$/m);
  });

  test('simu: a proxy without PostgreSQL passes on what it is told to', async () => {
    const shape = await planned('simu');
    const [, address] = /bind (\S+)/.exec(contentOf(shape, '10.20.0.18', '/etc/haproxy/conf.d/src-write.cfg')) ?? [];

    expect(address).toBe('*:15433');
    expect(serversOf(shape, '10.20.0.18', 'src-write')).toEqual(['src-1', 'src-2 backup']);
    expect(shape.inventory.group('proxy').map(({ name }) => name)).toEqual(['proxy-1', 'proxy-2']);
  });

  test('six: addresses of IPv6 stand in brackets', async () => {
    const shape = await planned('six');

    expect(contentOf(shape, 'fd20::11', '/etc/haproxy/conf.d/pg-six-primary.cfg')).toContain('server pg-six-1 [fd20::10]:6432 check');
    expect(serversOf(shape, 'fd20::11', 'pg-six-offline')).toEqual(['pg-six-1 backup', 'pg-six-2 backup', 'pg-six-3']);
  });
});

describe('the clusters of', () => {
  const clustersOf = ({ inventory }: Planned): Record<string, string[]> =>
    Object.fromEntries([...new Set(inventory.hosts.flatMap(({ vars }) => vars.pg_cluster ?? []))].map((name) => [name, inventory.cluster(name).map(({ vars }) => vars.pg_role!)]));

  test('citus stand in one group and are told apart host by host', async () => {
    const shape = await planned('citus');

    expect(clustersOf(shape)).toEqual({ 'pg-meta': ['primary'], 'pg-shards0': ['primary', 'replica'], 'pg-shards1': ['primary', 'replica'], 'pg-shards2': ['primary', 'replica'] });
    expect(serversOf(shape, '10.20.0.53', 'pg-shards1-primary')).toEqual(['pg-shards1-1', 'pg-shards1-2']);
  });

  test('safe commit to two, are entered over TLS only, and end the passwords of users', async () => {
    const shape = await planned('safe');
    const patroni = contentOf(shape, '10.20.0.10', '/etc/patroni/patroni.yml');

    expect(patroni).toContain('synchronous_mode: true');
    expect(patroni).toMatch(/hostssl +all +dbuser_dba +10\.20\.0\.10\/32 +cert/);
    expect(patroni).not.toMatch(/^ *- host +all +\+dbrole_readonly +10\.20\.0\.0\/24/m);
    expect(shape.inventory.hosts.slice(0, 3).every(({ vars }) => vars.pg_safeguard)).toBe(true);
    expect(clustersOf(shape)['pg-meta-delay']).toEqual(['primary']);
  });

  test('standby are two, and each has the etcd that both share', async () => {
    const shape = await planned('standby');

    expect(clustersOf(shape)).toEqual({ 'pg-test': ['primary', 'replica'], 'pg-away': ['primary', 'replica', 'replica'] });
    for (const address of ['10.20.0.11', '10.20.0.14']) expect(contentOf(shape, address, '/etc/patroni/patroni.yml').match(/10\.20\.0\.1[012]:2379/g)).toHaveLength(3);
  });
});

test('every host of a shape takes its packages from the first, unless it has the bundle itself', async () => {
  const [trio, bare] = [await planned('trio'), await planned('bare')];
  const sourceOf = (shape: Planned, address: string): string => contentOf(shape, address, '/etc/apt/sources.list.d/pgark.sources');

  expect(['10.20.0.10', '10.20.0.11', '10.20.0.12'].map((address) => sourceOf(trio, address).includes('http://10.20.0.10:80/pgark'))).toEqual([false, true, true]);
  expect(['10.20.0.10', '10.20.0.11', '10.20.0.12'].map((address) => sourceOf(bare, address))).toEqual(['', '', '']);
});
