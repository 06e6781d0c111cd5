import type { Host } from '../inventory/inventory.ts';

/** A TCP port that this deployment will listen on, and for what. */
export interface NeededPort {
  port: number;
  purpose: string;
}

/** The ports of everything that is enabled on a host. */
export function neededPorts({ vars, groups }: Host): NeededPort[] {
  const rows: readonly (readonly [boolean, number, string])[] = [
    [vars.node_exporter_enabled, vars.node_exporter_port, 'node exporter'],
    [vars.haproxy_enabled, vars.haproxy_exporter_port, 'HAProxy'],
    ...infra(groups.includes('infra'), vars),
    [groups.includes('etcd'), vars.etcd_port, 'etcd'],
    [groups.includes('etcd'), vars.etcd_peer_port, 'etcd peers'],
    [vars.minio_cluster !== undefined, vars.minio_port, 'object store'],
    [vars.minio_cluster !== undefined, vars.minio_admin_port, 'console of the object store'],
    ...postgres(vars.pg_cluster !== undefined, vars),
  ];
  const services = vars.haproxy_enabled ? [...vars.haproxy_services, ...(vars.pg_cluster === undefined ? [] : [...vars.pg_default_services, ...vars.pg_services])] : [];
  return [...rows.filter(([wanted]) => wanted).map(([, port, purpose]) => ({ port, purpose })), ...services.map(({ port, name }) => ({ port, purpose: `service ${name}` }))];
}

const infra = (plays: boolean, vars: Host['vars']): [boolean, number, string][] => [
  [plays && vars.nginx_enabled, vars.nginx_port, 'nginx'],
  [plays && vars.nginx_enabled && vars.nginx_sslmode !== 'disable', vars.nginx_ssl_port, 'nginx'],
  [plays && vars.dns_enabled, vars.dns_port, 'DNS'],
  [plays && vars.vmetrics_enabled, vars.vmetrics_port, 'metrics store'],
  [plays && vars.vmalert_enabled, vars.vmalert_port, 'rules'],
  [plays && vars.alertmanager_enabled, vars.alertmanager_port, 'alertmanager'],
];

const postgres = (plays: boolean, vars: Host['vars']): [boolean, number, string][] => [
  [plays, vars.pg_port, 'PostgreSQL'],
  [plays && vars.patroni_enabled, vars.patroni_port, 'Patroni'],
  [plays && vars.pgbouncer_enabled, vars.pgbouncer_port, 'PgBouncer'],
  [plays && vars.pg_exporter_enabled, vars.pg_exporter_port, 'PostgreSQL exporter'],
  [plays && vars.pgbouncer_enabled && vars.pgbouncer_exporter_enabled, vars.pgbouncer_exporter_port, 'PgBouncer exporter'],
];
