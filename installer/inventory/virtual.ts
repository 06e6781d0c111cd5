import type { Parameters } from './parameters.ts';

/** The addresses that a host shares with others: that of its PostgreSQL cluster, that of its node cluster. */
export function virtualAddresses(vars: Pick<Parameters, 'pg_vip_enabled' | 'pg_vip_address' | 'vip_enabled' | 'vip_address'>): string[] {
  return [...new Set([postgresAddress(vars), nodeAddress(vars)].filter((address) => address !== undefined))];
}

/** The address that the leader of the cluster has. */
export const postgresAddress = (vars: Pick<Parameters, 'pg_vip_enabled' | 'pg_vip_address'>): string | undefined => (vars.pg_vip_enabled ? vars.pg_vip_address?.split('/')[0] : undefined);

/** The address that one of the hosts has whose HAProxy is alive. */
export const nodeAddress = (vars: Pick<Parameters, 'vip_enabled' | 'vip_address'>): string | undefined => (vars.vip_enabled ? vars.vip_address : undefined);
