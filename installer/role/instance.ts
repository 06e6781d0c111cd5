import { isIP } from 'node:net';
import type { Host, Inventory } from '../inventory/inventory.ts';
import { days } from '../inventory/scalar.ts';
import { nodeAddress, virtualAddresses } from '../inventory/virtual.ts';
import type { CertificateRequest } from '../vault/certificate.ts';
import { nodeAddressName } from './records.ts';

/** Who a PostgreSQL instance is, and where it stands on its host. */
export interface Instance {
  cluster: string;
  /** `pg-meta-1` */
  name: string;
  /** The major: `15`. */
  version: string;
  /** `/data/postgres/pg-meta-15`; /pg leads to it. */
  home: string;
  /** `/data/backups/pg-meta-15` */
  backups: string;
  /** Where the packages of its major put it; /usr/pgsql leads there. */
  binaries: string;
}

/** Whether a host carries an instance of PostgreSQL. */
export function isPostgres(host: Host): boolean {
  return host.vars.pg_cluster !== undefined && host.vars.pg_seq !== undefined;
}

/** Whether it runs under Patroni; otherwise there is the installation and nothing more. */
export function isRunning(host: Host): boolean {
  return isPostgres(host) && host.vars.patroni_enabled;
}

/** Whether it is the member on which what holds for the whole cluster is made. */
export function leads(host: Host, inventory: Inventory): boolean {
  return isRunning(host) && inventory.leader(host.vars.pg_cluster!)?.address === host.address;
}

export function instanceOf({ vars, platform }: Host): Instance {
  const { pg_cluster: cluster, pg_seq: seq, pg_version: version } = vars;
  if (cluster === undefined || seq === undefined) throw new Error('a host without pg_cluster and pg_seq has no instance');
  return {
    cluster,
    name: `${cluster}-${seq}`,
    version,
    home: `${vars.pg_fs_main}/${cluster}-${version}`,
    backups: `${vars.pg_fs_backup}/${cluster}-${version}`,
    binaries: platform.postgres(version).home,
  };
}

/** The other members and this one, by pg_seq. */
export function membersOf(host: Host, inventory: Inventory): readonly Host[] {
  return inventory.cluster(instanceOf(host).cluster);
}

/** What the names of its addresses end in is for the inventory to say. */
function namesOf({ vars }: Host): string[] {
  return [`${vars.pg_cluster}${vars.pg_dns_suffix}`, ...(nodeAddress(vars) === undefined ? [] : [nodeAddressName(vars)])];
}

/** One certificate for PostgreSQL, PgBouncer and the REST API of Patroni of an instance (reference 5.1). */
export function serverCertificate(host: Host): CertificateRequest {
  const { cluster, name } = instanceOf(host);
  const addresses = new Set(['127.0.0.1', ...(isIP(host.address) ? [host.address] : []), ...virtualAddresses(host.vars)]);
  const dns = new Set(['localhost', cluster, name, ...namesOf(host), ...(isIP(host.address) ? [] : [host.address])]);
  return { name, commonName: name, dns: [...dns], addresses: [...addresses], days: days(host.vars.cert_validity) };
}

/** Files below /pg/cert. */
export const certificates = {
  authority: '/pg/cert/ca.crt',
  server: '/pg/cert/server.crt',
  serverKey: '/pg/cert/server.key',
  etcd: '/pg/cert/etcd.crt',
  etcdKey: '/pg/cert/etcd.key',
} as const;
