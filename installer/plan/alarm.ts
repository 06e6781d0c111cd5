import type { Inventory } from '../inventory/inventory.ts';
import type { LostHost } from './plan.ts';

/** What a reader must not overlook when hosts are lost: that it is most of them, or that etcd cannot decide. */
export function alarms({ hosts, group }: Pick<Inventory, 'hosts' | 'group'>, lost: readonly LostHost[]): string[] {
  const gone = new Set(lost.map(({ address }) => address));
  const members = group('etcd');
  const away = members.filter(({ address }) => gone.has(address)).length;
  return [
    ...(gone.size * 2 > hosts.length ? [`${gone.size} of ${hosts.length} hosts cannot be reached: more than half; look at the network of this host first`] : []),
    ...(away > 0 && away === members.length ? ['no member of etcd can be reached: what stands on it is left as it is'] : []),
    ...(away < members.length && away * 2 >= members.length ? [`${away} of ${members.length} members of etcd cannot be reached: the others are no majority, and what stands on etcd is left as it is`] : []),
  ];
}
