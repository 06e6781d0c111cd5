import type { Host, Inventory } from '../../inventory/inventory.ts';
import { memberName } from '../etcd/etcd.ts';
import { endpoint, exporterAddress } from '../listen.ts';
import { isMember, memberOf } from '../store.ts';

/** A group of file_sd: who is asked, and what is known about it. */
export interface TargetGroup {
  targets: string[];
  labels: Record<string, string>;
}

/** What is scraped, by job. Every target says with `exporter` what answers there, so that a rule can name what is down. */
export function scrapeTargets(watcher: Host, inventory: Inventory): Record<string, TargetGroup[]> {
  const all = (targetsOf: (host: Host) => TargetGroup[]): TargetGroup[] => inventory.hosts.flatMap(targetsOf);
  return {
    node: all((host) => nodeTargets(host, inventory)),
    infra: infraTargets(watcher),
    etcd: inventory.group('etcd').map((host) => etcdTarget(host, inventory)),
    minio: inventory.hosts.filter((host) => isMember(host, inventory)).map(storeTarget),
    pgsql: all((host) => pgsqlTargets(host, inventory)),
  };
}

type Labels = Record<string, string>;

function group(host: Host, exporter: string, listens: { at: string; port: number }, labels: Labels): TargetGroup {
  return { targets: [endpoint(listens.at, listens.port)], labels: { ...labels, exporter, ip: host.address, instance: endpoint(host.address, listens.port) } };
}

function nodeTargets(host: Host, inventory: Inventory): TargetGroup[] {
  const { vars } = host;
  const at = exporterAddress(host, inventory);
  const labels = { cls: vars.node_cluster, ins: host.name };
  return [
    ...(vars.node_exporter_enabled ? [group(host, 'node', { at, port: vars.node_exporter_port }, labels)] : []),
    ...(vars.haproxy_enabled ? [group(host, 'haproxy', { at, port: vars.haproxy_exporter_port }, labels)] : []),
  ];
}

/** The watcher's own parts listen on its loopback only. */
function infraTargets(watcher: Host): TargetGroup[] {
  const { vars } = watcher;
  const labels = { cls: 'infra', ins: `infra-${vars.infra_seq ?? 1}` };
  const parts: [string, boolean, number][] = [
    ['vmetrics', vars.vmetrics_enabled, vars.vmetrics_port],
    ['vmalert', vars.vmalert_enabled, vars.vmalert_port],
    ['alertmanager', vars.alertmanager_enabled, vars.alertmanager_port],
    ['nginx', vars.nginx_enabled && vars.nginx_exporter_enabled, vars.nginx_exporter_port],
  ];
  return parts.filter(([, enabled]) => enabled).map(([exporter, , port]) => group(watcher, exporter, { at: '127.0.0.1', port }, labels));
}

function etcdTarget(host: Host, inventory: Inventory): TargetGroup {
  return group(host, 'etcd', { at: host.address, port: host.vars.etcd_port }, { cls: host.vars.etcd_cluster, ins: memberName(host, inventory) });
}

/** Its figures come over TLS, from the port of the store itself. */
function storeTarget(host: Host): TargetGroup {
  const { cluster, name } = memberOf(host);
  return group(host, 'minio', { at: host.address, port: host.vars.minio_port }, { cls: cluster, ins: name, flavor: host.vars.minio_type });
}

function pgsqlTargets(host: Host, inventory: Inventory): TargetGroup[] {
  const { vars } = host;
  if (vars.pg_cluster === undefined) return [];
  const at = exporterAddress(host, inventory);
  const labels = { cls: vars.pg_cluster, ins: `${vars.pg_cluster}-${vars.pg_seq}` };
  const scheme: Labels = vars.patroni_ssl_enabled ? { __scheme__: 'https' } : {};
  return [
    ...(vars.pg_exporter_enabled ? [group(host, 'postgres', { at, port: vars.pg_exporter_port }, labels)] : []),
    ...(vars.pgbouncer_enabled && vars.pgbouncer_exporter_enabled ? [group(host, 'pgbouncer', { at, port: vars.pgbouncer_exporter_port }, labels)] : []),
    ...(vars.patroni_enabled ? [group(host, 'patroni', { at: host.address, port: vars.patroni_port }, { ...labels, ...scheme })] : []),
  ];
}
