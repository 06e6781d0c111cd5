import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { printDeparted, refuseDeparted } from '../../../installer/inventory/departed.ts';
import { parseInventory, type Draft } from '../../../installer/inventory/draft.ts';
import { departedFrom, dismiss, enrol, openRoster, readRoster, resign, rosterPath, withDeparted, type Roster } from '../../../installer/inventory/roster.ts';
import type { Inventory } from '../../../installer/inventory/inventory.ts';

const text = `all:
  children:
    infra: { hosts: { 10.10.10.11: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.11: { etcd_seq: 1 } } }
    pg-test:
      hosts:
        10.10.10.11: { pg_seq: 1, pg_role: primary }
        10.10.10.12: { pg_seq: 2, pg_role: replica }
      vars: { pg_cluster: pg-test }
    nodes: { hosts: { 10.10.10.14: {} } }
`;
const draftOf = (changed = text): Draft => parseInventory(changed, 'pgark.yml');
const without = (line: RegExp): Draft => draftOf(text.replace(line, ''));
const nobody: Roster = { format: 1, hosts: [], retired: [] };
const all = enrol(nobody, draftOf());

describe('the roster of a deployment', () => {
  test('has everybody of the inventory, and nobody has departed from it', () => {
    expect(all.hosts.map(({ address }) => address)).toEqual(['10.10.10.11', '10.10.10.12', '10.10.10.14']);
    expect(departedFrom(all, draftOf())).toEqual([]);
  });

  test('keeps a member that is taken out of the inventory by hand, whatever is applied since', () => {
    const draft = without(/ +10\.10\.10\.12.*\n/);
    const later = enrol(enrol(all, draft), draft);

    expect(later).toEqual(all);
    expect(printDeparted(departedFrom(later, draft))).toEqual(['10.10.10.12 runs pg-test-2 still, and has left the inventory; pgark node remove 10.10.10.12 takes it out, and until then nothing is done to it']);
  });

  test('tells a host that is there still from one that is gone', () => {
    const draft = draftOf(text.replace(/ +10\.10\.10\.12.*\n/, '').replace('10.10.10.14: {}', '10.10.10.14: {}, 10.10.10.12: {}'));

    expect(departedFrom(all, draft)).toMatchObject([{ address: '10.10.10.12', member: 'pg-test-2', isGone: false }]);
    expect(printDeparted(departedFrom(all, draft))[0]).toContain('pgark pg remove pg-test pg-test-2 takes it out');
  });

  test('knows a plain host, and a member of etcd', () => {
    expect(departedFrom(all, without(/ +nodes:.*\n/))).toMatchObject([{ address: '10.10.10.14', isEtcd: false, isGone: true }]);
    expect(departedFrom(all, draftOf(text.replace('etcd: { hosts: { 10.10.10.11:', 'etcd: { hosts: { 10.10.10.12:')))).toMatchObject([{ address: '10.10.10.11', isEtcd: true, isGone: false }]);
  });

  test('forgets a member of etcd when it was taken out, and not the instance beside it', () => {
    const draft = draftOf(text.replace('etcd: { hosts: { 10.10.10.11:', 'etcd: { hosts: { 10.10.10.12:'));

    expect(printDeparted(departedFrom(all, draft))).toEqual([expect.stringContaining('pgark etcd remove etcd-1 takes it out')]);
    expect(departedFrom(resign(all, 'etcd-1'), draft)).toEqual([]);
    expect(departedFrom(resign(all, 'etcd-1'), without(/ +10\.10\.10\.12.*\n/))).toMatchObject([{ member: 'pg-test-2' }]);
  });

  test('lets somebody go who was taken out, and reserves the name while its host is there', () => {
    const asNode = draftOf(text.replace(/ +10\.10\.10\.12.*\n/, '').replace('10.10.10.14: {}', '10.10.10.14: {}, 10.10.10.12: {}'));
    const dismissed = dismiss(all, ['10.10.10.12'], asNode);

    expect(departedFrom(dismissed, asNode)).toEqual([]);
    expect(dismissed.retired).toEqual([{ member: 'pg-test-2', address: '10.10.10.12' }]);
    expect(dismiss(dismissed, ['10.10.10.12'], without(/ +10\.10\.10\.12.*\n/)).retired).toEqual([]);
  });

  test('gives back what must be known of somebody who has left, to take it out', () => {
    const draft = without(/ +10\.10\.10\.12.*\n/);

    expect(withDeparted(draft, departedFrom(all, draft)).hosts.find(({ address }) => address === '10.10.10.12')).toMatchObject({ groups: ['pg-test'], vars: { pg_cluster: 'pg-test', pg_seq: 2 } });
  });

  test('lies beside the inventory, for its owner only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pgark-roster-'));
    await (await openRoster(folder, draftOf())).save();

    expect(await readRoster(folder)).toEqual(all);
    expect((await stat(rosterPath(folder))).mode & 0o777).toBe(0o600);
    expect((await openRoster(folder, without(/ +10\.10\.10\.12.*\n/))).departed).toHaveLength(1);
    await rm(folder, { recursive: true });
  });
});

describe('an inventory that leaves out what still runs', () => {
  const inventory = (...hosts: { address: string; cluster?: string; postgres: string }[]): Inventory => {
    const made = hosts.map(({ address, cluster, postgres }) => ({ address, vars: { pg_cluster: cluster }, facts: { postgres } }));
    return { hosts: made, cluster: (name: string) => made.filter(({ vars }) => vars.pg_cluster === name) } as unknown as Inventory;
  };
  const departed = departedFrom(all, without(/ +10\.10\.10\.12.*\n/));

  test('is refused where it makes another instance of its host', () => {
    expect(() => refuseDeparted(departed, inventory({ address: '10.10.10.12', cluster: 'pg-new', postgres: 'replica' }))).toThrow('the inventory leaves out what still runs');
  });

  test('is refused where only replicas are left of the cluster: the leader is the one that is left out', () => {
    expect(() => refuseDeparted(departed, inventory({ address: '10.10.10.11', cluster: 'pg-test', postgres: 'replica' }))).toThrow('the inventory leaves out what still runs');
    expect(() => refuseDeparted(departed, inventory({ address: '10.10.10.11', cluster: 'pg-test', postgres: 'primary' }))).not.toThrow();
  });
});
