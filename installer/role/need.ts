import type { Host, Inventory } from '../inventory/inventory.ts';
import { isRunning } from './instance.ts';

/** What has to stand, on which hosts, before a role is brought about on another one. */
export interface Need {
  /** For a reader: `the leader of pg-test`, `more than half of etcd`. */
  what: string;
  /** The name of the role that stands there. */
  role: string;
  /** Addresses of the inventory. */
  hosts: readonly string[];
  /** How many of them it takes at least; all of them when left out. */
  count?: number;
}

/** Fewer members decide nothing, and start nothing. */
export function quorum(inventory: Inventory): Need {
  const hosts = inventory.group('etcd').map(({ address }) => address);
  return { what: 'more than half of the members of etcd', role: 'etcd', hosts, count: Math.floor(hosts.length / 2) + 1 };
}

/** What holds for a whole cluster is made on its leader; the leader itself waits for nobody. */
export function leaderWith(role: string, host: Host, inventory: Inventory): Need[] {
  const { pg_cluster: cluster } = host.vars;
  const leader = cluster === undefined || !isRunning(host) ? undefined : inventory.leader(cluster);
  return leader === undefined || leader.address === host.address ? [] : [{ what: `the leader of ${cluster}`, role, hosts: [leader.address] }];
}
