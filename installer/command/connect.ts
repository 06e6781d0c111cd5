import { table } from '../../repo/console/print.ts';
import type { Host, Inventory } from '../inventory/inventory.ts';
import { nodeAddress, postgresAddress } from '../inventory/virtual.ts';
import { endpoint, fenced } from '../role/listen.ts';

/** One way into the deployment. */
export interface Connection {
  /** What is behind it: `pg-meta primary`, `portal`. */
  what: string;
  /** A URL without a password. */
  url: string;
}

/** Where people and programs connect once everything runs. Passwords are in the vault, and are not shown. */
export function connections(inventory: Inventory): Connection[] {
  const { hosts } = inventory;
  const clusters = [...new Set(hosts.flatMap(({ vars }) => vars.pg_cluster ?? []))];
  return [
    ...clusters.flatMap((cluster) => ofCluster(cluster, inventory.cluster(cluster)[0]!)),
    ...inventory.group('infra').flatMap(({ address, vars }) => (vars.nginx_enabled ? [{ what: 'portal', url: `http://${vars.nginx_port === 80 ? fenced(address) : endpoint(address, vars.nginx_port)}/` }] : [])),
  ];
}

function ofCluster(cluster: string, { address, vars }: Host): Connection[] {
  const database = vars.pg_databases[0]?.name ?? 'postgres';
  // An address that follows the leader goes before that of a host.
  const where = postgresAddress(vars) ?? nodeAddress(vars) ?? address;
  const user = vars.pg_users.find((each) => each.pgbouncer)?.name ?? vars.pg_users[0]?.name ?? vars.pg_admin_username;
  const url = (port: number): string => `postgres://${user}@${endpoint(where, port)}/${database}`;
  const services = vars.haproxy_enabled ? [...vars.pg_default_services, ...vars.pg_services].map(({ name, port }) => ({ what: `${cluster} ${name}`, url: url(port) })) : [];
  return [...services, { what: `${cluster} PostgreSQL`, url: url(vars.pg_port) }, ...(vars.pgbouncer_enabled ? [{ what: `${cluster} PgBouncer`, url: url(vars.pgbouncer_port) }] : [])];
}

export const printConnections = (found: readonly Connection[]): string => ['where to connect (passwords: vault/secrets.json beside the inventory)', table(found.map(({ what, url }) => [`  ${what}`, url]))].join('\n');
