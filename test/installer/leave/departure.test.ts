import { beforeAll, describe, expect, test } from 'vitest';
import { parseInventory } from '../../../installer/inventory/draft.ts';
import { removeHost, removeMembers, type Written } from '../../../installer/inventory/edit.ts';
import type { Inventory } from '../../../installer/inventory/inventory.ts';
import { wantedWithout } from '../../../installer/leave/departure.ts';
import type { Item, Wanted } from '../../../installer/plan/wanted.ts';
import { roles } from '../../../installer/roles.ts';
import { deploy } from '../role/deployment.ts';

const text = `all:
  children:
    infra: { hosts: { 10.10.10.11: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.11: { etcd_seq: 1 } } }
    pg-test:
      hosts:
        10.10.10.11: { pg_seq: 1, pg_role: primary }
        10.10.10.12: { pg_seq: 2, pg_role: replica }
      vars: { pg_cluster: pg-test, pg_version: '15' }
    pg-more:
      hosts:
        10.10.10.13: { pg_seq: 1, pg_role: primary }
        10.10.10.14: { pg_seq: 2, pg_role: replica }
      vars: { pg_cluster: pg-more, pg_version: '15' }
  vars: { admin_ip: 10.10.10.11 }
`;
const written = (from: string): Written => ({ text: from, draft: parseInventory(from, 'pgark.yml') });
const inventoryOf = async (from: string): Promise<Inventory> => (await deploy(roles, { text: from })).inventory;

async function departing(before: string, after: string, leaving: string[], lost: string[] = []): Promise<{ wanted: Wanted[]; of: (address: string) => readonly Item[] }> {
  const wanted = wantedWithout({ before: await inventoryOf(before), after: await inventoryOf(after), roles, leaving, lost, stamp: 'STAMP' });
  return { wanted, of: (address) => wanted.find(({ host }) => host.address === address)?.items ?? [] };
}

const identitiesOf = (items: readonly Item[], role?: RegExp): string[] => items.filter((each) => role?.test(each.role) ?? true).map(({ identity }) => identity);
const off = (items: readonly Item[]): string[] => items.flatMap(({ resource }) => (resource.kind === 'service' && !resource.running && !resource.enabled ? [resource.unit] : []));

describe('a member that leaves', () => {
  let of: (address: string) => readonly Item[];
  beforeAll(async () => {
    ({ of } = await departing(text, removeMembers(written(text), { cluster: 'pg-more', addresses: ['10.10.10.14'] }), ['10.10.10.14']));
  }, 60_000);

  test('is stopped only after everybody else has gone without it', () => {
    const stops = of('10.10.10.14').filter(({ role }) => role === 'leave: stop');

    expect(off(stops)).toEqual(expect.arrayContaining(['patroni.service', 'pgbouncer.service']));
    expect(off(stops).indexOf('pgbouncer.service')).toBeLessThan(off(stops).indexOf('patroni.service'));
    expect(Math.min(...stops.map(({ stage }) => stage))).toBeGreaterThan(Math.max(...['10.10.10.11', '10.10.10.12', '10.10.10.13'].flatMap((address) => of(address).map(({ stage }) => stage))));
    expect(stops[0]!.needs).toMatchObject([{ role: 'haproxy', hosts: ['10.10.10.11', '10.10.10.12', '10.10.10.13'] }]);
  });

  test('is in no server list, no rule and no target of the others', () => {
    const others = ['10.10.10.11', '10.10.10.12', '10.10.10.13'].flatMap((address) => of(address));
    const files = others.flatMap(({ resource }) => (resource.kind === 'file' && typeof resource.content === 'string' && /haproxy\/conf\.d|targets\/pgsql|pgb_hba/.test(resource.path) ? [resource.content] : []));

    expect(files.length).toBeGreaterThan(8);
    expect(files.filter((content) => content.includes('10.10.10.14'))).toEqual([]);
  });

  test('loses its files, keeps its data under another name, and is a node after that', () => {
    const items = of('10.10.10.14');
    const identities = identitiesOf(items);

    expect(identities).toEqual(expect.arrayContaining(['absent /etc/patroni/patroni.yml', 'absent /pg/cert/etcd.key', 'absent /etc/systemd/system/patroni.service', 'absent /var/lib/pgsql/.pgpass', 'condition /data/postgres/pg-more-15 is kept as /data/postgres/pg-more-15.removed-STAMP', 'condition /data/backups/pg-more-15 is kept as /data/backups/pg-more-15.removed-STAMP']));
    expect(identities.indexOf('absent /pg/cert/etcd.key')).toBeLessThan(identities.indexOf('absent /pg'));
    expect(identities.indexOf('absent /pg')).toBeLessThan(identities.findIndex((each) => each.includes('is kept as')));
    expect(off(items)).not.toContain('prometheus-node-exporter.service');
    expect(identities.lastIndexOf('service haproxy.service')).toBeGreaterThan(identities.findIndex((each) => each.includes('is kept as')));
    expect(identities).not.toContain('condition etcd: nothing is left of pg-more');
  });

  test('has each thing once: what is taken away is not wanted after that', () => {
    const identities = identitiesOf(of('10.10.10.14'));

    expect(identities.filter((each, index) => identities.indexOf(each) !== index)).toEqual([]);
  });
});

describe('a cluster that ends', () => {
  test('stops its replicas before its leader, and etcd forgets it when nobody writes about it any more', { timeout: 60_000 }, async () => {
    const { of } = await departing(text, removeMembers(written(text), { cluster: 'pg-more', addresses: ['10.10.10.13', '10.10.10.14'] }), ['10.10.10.13', '10.10.10.14']);
    const stageOf = (address: string, identity: string): number => of(address).find((each) => each.identity === identity)!.stage;

    expect(stageOf('10.10.10.14', 'service patroni.service')).toBeLessThan(stageOf('10.10.10.13', 'service patroni.service'));
    expect(stageOf('10.10.10.13', 'service patroni.service')).toBeLessThan(stageOf('10.10.10.11', 'condition etcd: nothing is left of pg-more'));
    expect(identitiesOf(of('10.10.10.11'))).not.toContain('condition etcd: nothing is left of pg-test');
  });

  test('loses data, backups and packages when the inventory says so', { timeout: 60_000 }, async () => {
    const harsh = text.replace('{ pg_cluster: pg-more,', '{ pg_cluster: pg-more, pg_rm_data: true, pg_rm_backup: true, pg_rm_pkg: true,');
    const { of } = await departing(harsh, removeMembers(written(harsh), { cluster: 'pg-more', addresses: ['10.10.10.13', '10.10.10.14'] }), ['10.10.10.13', '10.10.10.14']);
    const identities = identitiesOf(of('10.10.10.14'));
    const packages = identities.find((each) => each.startsWith('condition without the packages '))!.split(' ');

    expect(identities).toEqual(expect.arrayContaining(['condition /data/postgres/pg-more-15 is destroyed', 'condition /data/backups/pg-more-15 is destroyed']));
    expect(packages).toEqual(expect.arrayContaining(['patroni', 'pgbouncer', 'postgresql-15']));
    expect(packages).not.toEqual(expect.arrayContaining(['haproxy']));
    expect(packages.filter((name) => ['openssl', 'ca-certificates', 'chrony', 'prometheus-node-exporter'].includes(name))).toEqual([]);
  });
});

describe('a host that leaves', () => {
  test('loses everything of the deployment, and keeps what a machine needs', { timeout: 60_000 }, async () => {
    const { of } = await departing(text, removeHost(written(text), '10.10.10.14'), ['10.10.10.14']);
    const items = of('10.10.10.14');
    const identities = identitiesOf(items);

    expect(off(items)).toEqual(expect.arrayContaining(['patroni.service', 'haproxy.service', 'prometheus-node-exporter.service']));
    expect(off(items).filter((unit) => /^(ssh|sshd|cron|crond|chrony|chronyd)\.service$/.test(unit))).toEqual([]);
    expect(identities).toEqual(expect.arrayContaining(['absent /etc/pki/ca.crt', 'condition undone: /etc/hosts has the lines of pgark', 'condition undone: the trust store holds the authority of this deployment']));
    expect(identities.some((each) => each.includes('sudoers.d/dba') || each.includes('/home/'))).toBe(false);
    expect(items.every(({ role }) => role.startsWith('leave: '))).toBe(true);
  });

  test('is trusted by no firewall any more, where its address was trusted by itself', { timeout: 60_000 }, async () => {
    const outside = text.replaceAll('10.10.10.14', '192.0.2.14');
    const { of } = await departing(outside, removeHost(written(outside), '192.0.2.14'), ['192.0.2.14']);
    const { of: inside } = await departing(text, removeHost(written(text), '10.10.10.14'), ['10.10.10.14']);

    expect(identitiesOf(of('10.10.10.12'))).toContain('condition firewall: 192.0.2.14 no longer reaches everything');
    expect(identitiesOf(of('10.10.10.12')).some((each) => each.startsWith('condition firewall:') && each.includes('192.0.2.14 reach'))).toBe(false);
    expect(identitiesOf(inside('10.10.10.12')).filter((each) => each.includes('no longer'))).toEqual([]);
  });

  test('that is lost is left alone, and the others go without it', { timeout: 60_000 }, async () => {
    const { of } = await departing(text, removeHost(written(text), '10.10.10.14'), ['10.10.10.14'], ['10.10.10.14']);

    expect(of('10.10.10.14')).toEqual([]);
    expect(of('10.10.10.13').length).toBeGreaterThan(50);
  });
});
