import { isIP } from 'node:net';
import type { Host, Inventory } from '../inventory/inventory.ts';

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

function targetOf(members: readonly Host[]): string | undefined {
  const primary = members.find((host) => host.vars.pg_role === 'primary') ?? members[0];
  if (!primary || primary.vars.pg_dns_target === 'none') return undefined;
  const target = primary.vars.pg_dns_target;
  const address = target === 'auto' || target === 'primary' ? primary.address : target;
  return isIP(address) > 0 ? address : undefined;
}
