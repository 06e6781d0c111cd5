import { describe, expect, test } from 'vitest';
import type { Inventory } from '../../../installer/inventory/inventory.ts';
import { alarms } from '../../../installer/plan/alarm.ts';
import type { LostHost } from '../../../installer/plan/plan.ts';
import { sameHosts } from '../../../installer/plan/same-host.ts';
import { roles } from '../../../installer/roles.ts';
import { deploy, withReplica } from '../role/deployment.ts';
import { Fault } from '../../../repo/core/fault.ts';

const answer = (stdout: string) => ({ code: 0, stdout, stderr: '' });

describe('an address that is used twice', () => {
  test('is known by the machine behind it and its boot', () => {
    const found = sameHosts([{ host: 'a', address: '10.0.0.1', answer: answer('m1\nb1\n') }, { host: 'b', address: '10.0.0.2', answer: answer('m2\nb2\n') }, { host: 'a', address: '10.0.0.3', answer: answer('m1\nb1\n') }]);

    expect(found.map(({ host, code, message }) => `${host} ${code} ${message}`)).toEqual(['a same-host 10.0.0.3 is the same host as 10.0.0.1']);
  });

  test('is not two machines that were copied from one, nor two that tell nothing', () => {
    expect(sameHosts([{ host: 'a', address: '1', answer: answer('m1\nb1\n') }, { host: 'b', address: '2', answer: answer('m1\nb2\n') }])).toEqual([]);
    expect(sameHosts([{ host: 'a', address: '1', answer: answer('') }, { host: 'b', address: '2', answer: answer('') }])).toEqual([]);
  });
});

describe('lost hosts', () => {
  const hosts = ['a', 'b', 'c', 'd', 'e'].map((address) => ({ address }));
  const inventory = { hosts, group: () => hosts.slice(0, 3) } as unknown as Inventory;
  const without = (...names: string[]): string[] => alarms(inventory, names.map((name): LostHost => ({ address: name, name, because: new Fault('unreachable', name) })));

  test.each([
    [['d'], []],
    [['a', 'd'], []],
    [['a', 'b'], ['2 of 3 members of etcd cannot be reached: the others are no majority, and what stands on etcd is left as it is']],
    [['c', 'd', 'e'], ['3 of 5 hosts cannot be reached: more than half; look at the network of this host first']],
    [['a', 'b', 'c'], ['3 of 5 hosts cannot be reached: more than half; look at the network of this host first', 'no member of etcd can be reached: what stands on it is left as it is']],
  ])('are told for what they are: %j', (lost, expected) => {
    expect(without(...lost)).toEqual(expected);
  });
});

describe('what roles stand on', () => {
  test('are roles that there are, in their order, on hosts that play them', async () => {
    const { inventory } = await deploy(roles, { text: withReplica });
    const order = roles.map(({ name }) => name);
    const needs = inventory.hosts.flatMap((host) => roles.filter((role) => role.plays(host, inventory)).flatMap((role) => (role.needs?.(host, inventory) ?? []).map((need) => ({ role, need }))));

    expect(needs.length).toBeGreaterThan(3);
    for (const { role, need } of needs) {
      const foundation = roles.find(({ name }) => name === need.role)!;
      // The repository of the others is the portal of the first, which stands in an earlier wave.
      if (!role.ground) expect(order.indexOf(need.role), `${role.name} on ${need.role}`).toBeLessThanOrEqual(order.indexOf(role.name));
      for (const address of need.hosts) expect(foundation.plays(inventory.hosts.find((host) => host.address === address)!, inventory)).toBe(true);
    }
  });

  test('are the leader for its replicas and a majority of etcd for all, and nothing for who leads', async () => {
    const { inventory } = await deploy(roles, { text: withReplica });
    const [leader, replica] = inventory.cluster('pg-meta');
    const patroni = roles.find(({ name }) => name === 'patroni')!;

    expect(patroni.needs!(leader!, inventory).map(({ what }) => what)).toEqual(['more than half of the members of etcd']);
    expect(patroni.needs!(replica!, inventory).map(({ what }) => what)).toEqual(['more than half of the members of etcd', 'the leader of pg-meta']);
  });
});
