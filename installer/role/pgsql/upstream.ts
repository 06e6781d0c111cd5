import { Fault } from '../../../repo/core/fault.ts';
import { canonical } from '../../inventory/unique.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import { instanceOf, membersOf } from '../instance.ts';

/** Whom a standby cluster follows (Patroni documentation, "Standby cluster"). */
export interface Upstream {
  /** Hosts of the other cluster: all that the inventory knows of it, the one that is named first. */
  hosts: readonly string[];
  port: number;
  /** The slot that is kept for it there; absent where the other cluster is not one of this inventory that takes writes. */
  slot?: string;
}

/** Whether the cluster of a member is a standby of another one: `pg_upstream` of its declared primary says so. */
export const isStandby = (host: Host, inventory: Inventory): boolean => headOf(host, inventory)?.vars.pg_upstream !== undefined;

/**
 * A standby that has a slot looks for the member that takes writes, whoever that is by then, so it outlives a failover there; without one it
 * follows the host that is named and no other.
 */
export function upstreamOf(host: Host, inventory: Inventory): Upstream | undefined {
  const named = headOf(host, inventory)?.vars.pg_upstream;
  if (named === undefined) return undefined;
  const other = hostNamed(named, inventory);
  if (!other) return { hosts: [named], port: host.vars.pg_port };
  const port = other.vars.pg_port;
  if (isStandby(other, inventory)) return { hosts: [other.address], port };
  const others = membersOf(other, inventory).filter(({ address }) => address !== other.address);
  return { hosts: [other, ...others].map(({ address }) => address), port, slot: slotOf(instanceOf(host).cluster) };
}

/** The slots that a cluster keeps for those that follow it. Patroni drops what it does not know of. */
export function slotsFor(host: Host, inventory: Inventory): Record<string, { type: 'physical' }> {
  const heads = inventory.hosts.filter(({ vars }) => vars.pg_role === 'primary' && vars.pg_cluster !== undefined && vars.pg_upstream !== undefined);
  const followers = heads.filter((head) => hostNamed(head.vars.pg_upstream!, inventory)?.vars.pg_cluster === host.vars.pg_cluster && upstreamOf(head, inventory)?.slot !== undefined);
  return Object.fromEntries(followers.map((head) => [slotOf(instanceOf(head).cluster), { type: 'physical' }]));
}

/**
 * The declared primary of the cluster whose roles and databases a member has: its own, or that of the cluster at the end of those that it follows.
 * @throws Fault invalid where clusters follow each other in a circle
 */
export function sourceOf(host: Host, inventory: Inventory): Host {
  const seen = new Set<string>();
  for (let at = host; ; ) {
    const head = headOf(at, inventory) ?? at;
    const { cluster } = instanceOf(head);
    if (seen.has(cluster)) throw new Fault('invalid', `pg_upstream: ${[...seen].join(', ')} follow each other in a circle`, { hint: 'one of them has to take writes by itself' });
    seen.add(cluster);
    const next = head.vars.pg_upstream === undefined ? undefined : hostNamed(head.vars.pg_upstream, inventory);
    if (!next) return head;
    at = next;
  }
}

/**
 * The member that a replica streams from instead of the leader (Patroni documentation, tag `replicatefrom`).
 * @throws Fault invalid where members stream from each other in a circle
 */
export function cascadeOf(host: Host, inventory: Inventory): string | undefined {
  const from = streamsFrom(host, inventory);
  for (let at = from, seen = new Set([host.address]); at; at = streamsFrom(at, inventory)) {
    if (seen.has(at.address)) throw new Fault('invalid', `pg_upstream: members of ${instanceOf(host).cluster} stream from each other in a circle: ${[...seen].join(', ')}`, { hint: 'one of them has to stream from the leader' });
    seen.add(at.address);
  }
  return from && instanceOf(from).name;
}

function streamsFrom(host: Host, inventory: Inventory): Host | undefined {
  const { pg_role: role, pg_upstream: upstream } = host.vars;
  return role === 'primary' || upstream === undefined ? undefined : membersOf(host, inventory).find(({ address }) => canonical(address) === canonical(upstream));
}

const headOf = (host: Host, inventory: Inventory): Host | undefined => membersOf(host, inventory).find(({ vars }) => vars.pg_role === 'primary');

/** By its key in the inventory, else by an address that it has. */
function hostNamed(name: string, inventory: Inventory): Host | undefined {
  const hosts = inventory.hosts.filter(({ vars }) => vars.pg_cluster !== undefined && vars.pg_seq !== undefined);
  return hosts.find(({ address }) => canonical(address) === canonical(name)) ?? hosts.find(({ facts }) => facts.addresses.includes(name));
}

/** As Patroni spells a name that becomes one of a slot. */
const slotOf = (cluster: string): string => cluster.replaceAll('-', '_');
