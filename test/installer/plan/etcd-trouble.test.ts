import { describe, expect, test } from 'vitest';
import type { EtcdSight } from '../../../installer/inventory/etcd-sight.ts';
import type { Host, Inventory } from '../../../installer/inventory/inventory.ts';
import { etcdWarnings, refuseLostQuorum } from '../../../installer/plan/etcd-trouble.ts';
import { entry, sightOf } from '../role/etcd/alive.ts';

const none: EtcdSight = { data: 'none', isActive: false };
const stopped: EtcdSight = { data: 'whole', isActive: false };
const all = [entry(1), entry(2), entry(3)];

/** Hosts of etcd like these, the first at 10.10.10.10. */
function inventoryOf(sights: readonly (EtcdSight | undefined)[], vars: object = {}): Inventory {
  const hosts = sights.map((etcd, index) => ({ address: `10.10.10.${10 + index}`, name: `h${index}`, vars: { etcd_cluster: 'etcd', etcd_seq: index + 1, etcd_peer_port: 2380, etcd_init: 'new', ...vars }, facts: { etcd } })) as unknown as Host[];
  return { hosts, group: () => hosts } as unknown as Inventory;
}

const lost = (...hosts: number[]) => hosts.map((host) => ({ address: `10.10.10.${9 + host}` }));

describe('a run is refused', () => {
  const refusal = (inventory: Inventory, ...gone: number[]): unknown => {
    try {
      return refuseLostQuorum(inventory, lost(...gone));
    } catch (error) {
      return error;
    }
  };

  test('where of the others of a member that waits one is out of reach and one has lost its data, by name', () => {
    expect(refusal(inventoryOf([sightOf(1, all, ''), none, undefined]), 3)).toMatchObject({
      code: 'apply',
      message: 'etcd has no quorum: 1 of 3 members can take part, and it takes 2',
      details: ['etcd-1 (10.10.10.10) runs and knows no leader', 'etcd-2 (10.10.10.11) has no data', 'etcd-3 (10.10.10.12) cannot be reached'],
    });
  });

  test('where the others have lost their data, also when nobody can list them (3.5)', () => {
    const { members: _unknown, ...sight } = sightOf(1, all, '');

    expect(refusal(inventoryOf([sight, none, none]))).toMatchObject({ details: expect.arrayContaining(['etcd-2 (10.10.10.11) has no data']) as string[] });
  });

  test('where a beginning would be one of a minority', () => {
    expect(refusal(inventoryOf([none, undefined, undefined]), 2, 3)).toMatchObject({ message: 'etcd cannot begin: 1 of 3 members are there, and it takes more than half' });
  });

  test('where none is to begin', () => {
    expect(refusal(inventoryOf([none], { etcd_init: 'existing' }))).toMatchObject({ hint: 'etcd_init: new lets it begin' });
  });
});

describe('a run goes on', () => {
  test.each<[string, Inventory, number[]]>([
    ['where etcd lives', inventoryOf([sightOf(1, all), sightOf(2, all), undefined]), [3]],
    ['where what is stopped makes a quorum', inventoryOf([sightOf(1, all, ''), stopped, undefined]), [3]],
    ['where most are out of reach, which holds back what stands on it', inventoryOf([sightOf(1, all, ''), undefined, undefined]), [2, 3]],
    ['where all are stopped', inventoryOf([stopped, stopped, stopped]), []],
    ['where the only member is stopped and others wait to join it', inventoryOf([stopped, none, none]), []],
    ['where it begins with all', inventoryOf([none, none, none]), []],
    ['where it begins with most', inventoryOf([none, none, undefined]), [3]],
    ['where there is no etcd', inventoryOf([]), []],
  ])('%s', (_fact, inventory, gone) => {
    expect(() => refuseLostQuorum(inventory, lost(...gone))).not.toThrow();
  });
});

describe('a plan tells', () => {
  test('who is why there is no quorum', () => {
    expect(etcdWarnings(inventoryOf([sightOf(1, all, ''), stopped, undefined]), lost(3))).toEqual(['etcd has no quorum: etcd-1 (10.10.10.10) runs and knows no leader; etcd-2 (10.10.10.11) is stopped; etcd-3 (10.10.10.12) cannot be reached']);
  });

  test('members that the inventory does not have, by their id where they never started', () => {
    const warnings = etcdWarnings(inventoryOf([sightOf(1, [entry(1), entry(2), entry(3, { name: '' })])]), []);

    expect(warnings).toEqual([
      'etcd has a member that the inventory does not have: etcd-2 at https://10.10.10.11:2380. pgark etcd remove etcd-2 takes it out',
      'etcd has a member that the inventory does not have: a3 at https://10.10.10.12:2380. pgark etcd remove a3 takes it out',
    ]);
  });

  test('a member whose name another host has got', () => {
    const renumbered = inventoryOf([sightOf(1, [entry(1), entry(2, { peers: ['https://10.10.10.99:2380'] }), entry(3, { peers: ['https://10.10.10.11:2380'] })]), { ...sightOf(3, all) }]);

    expect(etcdWarnings(renumbered, [])).toEqual([expect.stringContaining('etcd-2 at https://10.10.10.99:2380')]);
  });

  test('nothing where all is well, or about to begin', () => {
    expect(etcdWarnings(inventoryOf([1, 2, 3].map((seq) => sightOf(seq, all))), [])).toEqual([]);
    expect(etcdWarnings(inventoryOf([none, none, none]), [])).toEqual([]);
  });
});
