import { describe, expect, test } from 'vitest';
import type { EtcdSight } from '../../../../installer/inventory/etcd-sight.ts';
import type { Inventory } from '../../../../installer/inventory/inventory.ts';
import { etcd, etcdMembers } from '../../../../installer/role/etcd/etcd.ts';
import { standingOf } from '../../../../installer/role/etcd/standing.ts';
import { deploy } from '../deployment.ts';
import { conditionsOf, textOf } from '../file.ts';
import { entry, sightOf } from './alive.ts';

const text = `all:
  children:
    infra: { hosts: { 10.10.10.10: { infra_seq: 1 } } }
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 }, 10.10.10.11: { etcd_seq: 2 }, 10.10.10.12: { etcd_seq: 3 } } }
`;
const none: EtcdSight = { data: 'none', isActive: false };
const stopped: EtcdSight = { data: 'whole', isActive: false };
const begun: EtcdSight = { data: 'unfinished', isActive: true };
const all = [entry(1), entry(2), entry(3)];

const made = deploy([etcd, etcdMembers], { text });

/** Three hosts of which each is like this. */
async function three(...sights: readonly (EtcdSight | undefined)[]): Promise<Inventory> {
  const { inventory } = await made;
  const hosts = inventory.hosts.map((host, index) => ({ ...host, facts: { ...host.facts, etcd: sights[index] } }));
  const seen: Inventory = { ...inventory, hosts, group: (name) => hosts.filter(({ groups }) => groups.includes(name)), authority: inventory.authority };
  return seen;
}

const standings = (inventory: Inventory) => inventory.group('etcd').map((host) => standingOf(host, inventory));

describe('the etcd of a host', () => {
  test.each<[string, (EtcdSight | undefined)[], string[]]>([
    ['is founded where nobody has data', [none, none, none], ['founds', 'founds', 'founds']],
    ['is founded again where a founding was cut off', [begun, none, none], ['founds', 'founds', 'founds']],
    ['stands where it is a member', [1, 2, 3].map((seq) => sightOf(seq, all)), ['stands', 'stands', 'stands']],
    ['is started where it is down', [sightOf(1, all), sightOf(2, all), stopped], ['stands', 'stands', 'starts']],
    ['joins one that lives', [sightOf(1, [entry(1)]), none, none], ['stands', 'joins', 'joins']],
    ['joins anew where its data is gone', [sightOf(1, all), sightOf(2, all), none], ['stands', 'stands', 'joins']],
    ['joins anew where its data went while it ran', [sightOf(1, all), sightOf(2, all), { ...sightOf(3, all), data: 'none' }], ['stands', 'stands', 'joins']],
    ['joins where it was added and never started', [sightOf(1, [entry(1), entry(2, { name: '' })]), none, none], ['stands', 'joins', 'joins']],
    ['joins anew where its first start was cut off', [sightOf(1, [entry(1), entry(2, { isLearner: true })]), begun, none], ['stands', 'joins', 'joins']],
    ['is brought to the end of its first start where it follows already', [sightOf(1, [entry(1), entry(2)]), { ...sightOf(2, all), data: 'unfinished' }, none], ['stands', 'finishes', 'joins']],
    ['joins where its data is of one that was taken out', [sightOf(1, [entry(1), entry(2)]), sightOf(2, [entry(1), entry(2)]), stopped], ['stands', 'stands', 'joins']],
    ['waits for a quorum where it has data', [stopped, stopped, stopped], ['starts', 'starts', 'starts']],
    ['waits for a quorum, and those without data for it', [stopped, none, none], ['starts', 'joins', 'joins']],
    ['is not believed without a leader', [sightOf(1, all, ''), none, undefined], ['starts', 'joins', 'joins']],
    ['is not taken for gone where nobody knows', [{ data: 'unknown', isActive: false }, none, none], ['starts', 'joins', 'joins']],
    ['that is out of reach is not founded beside', [stopped, undefined, none], ['starts', 'joins', 'joins']],
  ])('%s', async (_fact, sights, wanted) => {
    expect(standings(await three(...sights))).toEqual(wanted);
  });

  test('is the same member where it says so itself, whatever its address in the list', async () => {
    const moved = [entry(1, { peers: ['https://etcd.example:2380'], name: 'other' })];

    expect(standings(await three(sightOf(1, moved), none, none))[0]).toBe('stands');
  });
});

describe('the roles of etcd', () => {
  const played = (inventory: Inventory) => inventory.group('etcd').map((host) => [etcd, etcdMembers].filter((role) => role.plays(host, inventory)).map(({ rollout }) => rollout));

  test('start members together that have no quorum, and change living ones one by one', async () => {
    expect(played(await three(none, none, none))).toEqual([['together'], ['together'], ['together']]);
    expect(played(await three(stopped, stopped, none))).toEqual([['together'], ['together'], ['one by one']]);
    expect(played(await three(sightOf(1, all), sightOf(2, all), stopped))).toEqual([['one by one'], ['one by one'], ['together']]);
    expect(played(await three(sightOf(1, [entry(1)]), none, none))).toEqual([['one by one'], ['one by one'], ['one by one']]);
  });

  test('tell all members of all only when they are founded; a member without data refuses to begin by itself', async () => {
    const inventory = await three(none, none, none);
    const [host] = inventory.group('etcd');

    const resources = etcd.resources(host!, inventory);

    expect(textOf(resources, '/etc/etcd/first.yml')).toContain('initial-cluster: etcd-1=https://10.10.10.10:2380,etcd-2=https://10.10.10.11:2380,etcd-3=https://10.10.10.12:2380\n');
    expect(textOf(resources, '/etc/etcd/first.yml')).toContain('initial-cluster-state: new\n');
    expect(textOf(resources, '/etc/etcd/etcd.yml')).toContain('initial-cluster-state: existing\n');
    expect(textOf(resources, '/etc/etcd/etcd.yml')).not.toContain('initial-cluster:');
  });

  test('have a member taken in by those that live, in the order of the inventory', async () => {
    const inventory = await three(sightOf(1, [entry(1)]), none, none);
    const [, second] = inventory.group('etcd');

    const resources = etcdMembers.resources(second!, inventory);
    const taken = resources.find((each) => each.kind === 'condition' && each.name.includes('is taken in'));

    expect(conditionsOf(resources).slice(1)).toEqual(['etcd: etcd-2 is taken in by the other members', 'etcd: etcd-2 has come in and votes']);
    expect(taken?.kind === 'condition' && taken.act[0]!.argv.slice(4)).toEqual(['etcd-2', 'https://10.10.10.11:2380', '/data/etcd', 'https://10.10.10.10:2379']);
  });

  test('say of a member that its data is gone', async () => {
    const inventory = await three(sightOf(1, all), sightOf(2, all), none);

    const names = conditionsOf(etcdMembers.resources(inventory.group('etcd')[2]!, inventory));

    expect(names).toContain('etcd: etcd-3 is taken in by the other members, which know it: its data is gone');
  });

  test('restart a member only while the others are a quorum, and never one whose first start it is', async () => {
    const living = await three(...[1, 2, 3].map((seq) => sightOf(seq, all)));
    const growing = await three(sightOf(1, [entry(1)]), none, none);
    const waiting = await three(stopped, stopped, stopped);
    const serviceOf = (inventory: Inventory, index: number) => etcdMembers.resources(inventory.group('etcd')[index]!, inventory).find((each) => each.kind === 'service');

    expect(serviceOf(living, 0)).toMatchObject({ mayRestart: { argv: expect.arrayContaining(['etcd-1']) as string[] } });
    expect(etcd.resources(waiting.group('etcd')[0]!, waiting).find((each) => each.kind === 'service')).toHaveProperty('mayRestart');
    expect(serviceOf(growing, 1)).not.toHaveProperty('mayRestart');
    expect(serviceOf(growing, 1)).not.toHaveProperty('restartOn');
  });

  test('write the access rules through a member that is one already', async () => {
    const inventory = await three(none, sightOf(2, [entry(2), entry(3)], 'a2'), stopped);

    const writers = inventory.group('etcd').filter((host) => conditionsOf(etcd.resources(host, inventory)).some((name) => name.includes('nobody gets in')));

    expect(writers.map(({ address }) => address)).toEqual(['10.10.10.11']);
  });
});
