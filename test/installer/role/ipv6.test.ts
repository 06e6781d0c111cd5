import { beforeAll, describe, expect, test } from 'vitest';
import { want } from '../../../installer/plan/wanted.ts';
import { roles } from '../../../installer/roles.ts';
import { Secret } from '../../../repo/core/secret.ts';
import { deploy, families, type Changes } from './deployment.ts';
import { sample } from '../inventory/sample.ts';

/** The sample on three hosts, which have IPv6 alone, with everything on that has an address. */
const text = sample
  .replaceAll('10.10.10.10', 'fd00::10')
  .replace('        fd00::10: { pg_seq: 1, pg_role: primary }\n', (line) => `${line}        fd00::11: { pg_seq: 2, pg_role: replica }\n        fd00::12: { pg_seq: 3, pg_role: replica }\n`)
  .replace('etcd: { hosts: { fd00::10: { etcd_seq: 1 } }', 'etcd: { hosts: { fd00::10: { etcd_seq: 1 }, fd00::11: { etcd_seq: 2 }, fd00::12: { etcd_seq: 3 } }')
  .replace('        pg_crontab:', "        pg_vip_enabled: true\n        pg_vip_address: fd00::2/64\n        vip_enabled: true\n        vip_address: fd00::3\n        vip_vrid: 3\n        haproxy_services: [ { name: redis, port: 6379, servers: [ { name: one, ip: 'fd00::11' } ] } ]\n        pg_crontab:");

const facts = { addresses: ['fd00::10'], links: [{ interface: 'eth0', network: 'fd00::10/64' }] };

/** All that is written and run on all hosts, one entry a resource. */
async function everything(changes: Changes): Promise<string[]> {
  const { inventory } = await deploy(roles, { ...changes, text, facts: { ...changes.facts, ...facts } });
  return want(inventory, roles).flatMap(({ items }) => items.map(({ resource }) => (resource.kind === 'file' ? `${resource.path}\n${shown(resource.content)}` : JSON.stringify(resource))));
}

const shown = (content: string | Secret): string => (content instanceof Secret ? content.reveal() : content);

/** `fd00::10:5432` is another address. */
const unfenced = /(?<![[\w:])fd00::1\d:\d+/;

describe.each(families)('an inventory of IPv6 on $family', (changes) => {
  let all: string[];
  beforeAll(async () => {
    all = await everything(changes);
  }, 120_000);

  test('has no port right behind an address', () => {
    expect(all.filter((each) => unfenced.test(each))).toEqual([]);
  });

  test.each([
    ['etcd', 'https://[fd00::11]:2379'],
    ['Patroni', 'connect_address: "[fd00::10]:8008"'],
    ['PostgreSQL on every address', 'listen: "*:5432"'],
    ['PgBouncer on every address', 'listen_addr = *\n'],
    ['HAProxy on every address', 'bind [::]:5433 v4v6'],
    ['the members behind a service', 'server pg-meta-2 [fd00::11]:6432'],
    ['a further service and its server', 'server one [fd00::11]:6379'],
    ['exporters', '--web.listen-address=[fd00::11]:9100'],
    ['targets', '[fd00::11]:9630'],
    ['the metrics store, which looks over IPv6', '-enableTCP6'],
    ['nginx', 'listen [fd00::10]:80'],
    ['names', 'listen-address=127.0.0.1,fd00::10'],
    ['time', 'allow fd00::12'],
    ['rules of access', 'host replication replicator'],
    ['members among those who are trusted', 'fd00::12/128 scram-sha-256'],
    ['the address of the leader', 'fd00::2/64'],
  ])('names them as %s wants it', (_whom, expected) => {
    expect(all.filter((each) => each.includes(expected)).length, expected).toBeGreaterThan(0);
  });
});
