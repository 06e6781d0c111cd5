import { isIP } from 'node:net';
import type { Host, Inventory } from '../inventory/inventory.ts';
import { defaults } from '../inventory/parameters.ts';
import { nodeAddress, postgresAddress } from '../inventory/virtual.ts';

/** `10.10.10.10 pg-meta-1`, for every host whose key in the inventory is an address. */
export function nodeRecords(hosts: readonly Host[]): string[] {
  return hosts.filter((host) => isIP(host.address) > 0).map((host) => `${host.address} ${host.name}`);
}

/** `10.10.10.10 pg-meta`: where the name of a PostgreSQL cluster points, as `pg_dns_target` and `pg_dns_suffix` say. */
export function clusterRecords(inventory: Inventory): string[] {
  const names = [...new Set(inventory.hosts.map((host) => host.vars.pg_cluster).filter((name) => name !== undefined))].sort();
  return names.flatMap((name) => {
    const address = targetOf(inventory.cluster(name));
    return address ? [`${address} ${name}${inventory.cluster(name)[0]!.vars.pg_dns_suffix}`] : [];
  });
}

/** `10.10.10.9 proxy.vip`: what the virtual address of a node cluster is called. A PostgreSQL cluster of the same name has it for itself. */
export function nodeAddressRecords(inventory: Inventory): string[] {
  const taken = new Set(clusterRecords(inventory).map((record) => record.split(' ')[1]));
  const records = inventory.hosts.filter(({ vars }) => nodeAddress(vars) !== undefined && !taken.has(nodeAddressName(vars))).map(({ vars }) => `${vars.vip_address} ${nodeAddressName(vars)}`);
  return [...new Set(records)].sort();
}

/** A node is of the cluster of its PostgreSQL, unless it says otherwise. */
export function nodeAddressName(vars: Host['vars']): string {
  const isOfPostgres = vars.node_id_from_pg && vars.pg_cluster !== undefined && vars.node_cluster === defaults['node_cluster'];
  return `${isOfPostgres ? vars.pg_cluster : vars.node_cluster}${vars.vip_dns_suffix}`;
}

function targetOf(members: readonly Host[]): string | undefined {
  const primary = members.find((host) => host.vars.pg_role === 'primary') ?? members[0];
  if (!primary) return undefined;
  const address = addressFor(primary.vars.pg_dns_target, primary);
  return address !== undefined && isIP(address) > 0 ? address : undefined;
}

/** `auto` is the virtual address where there is one, since that follows the leader and an address of a host does not. */
function addressFor(target: Host['vars']['pg_dns_target'], primary: Host): string | undefined {
  switch (target) {
    case 'none':
      return undefined;
    case 'auto':
      return postgresAddress(primary.vars) ?? primary.address;
    case 'vip':
      return postgresAddress(primary.vars);
    case 'primary':
      return primary.address;
    default:
      return target;
  }
}
