import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { CertificateRequest } from '../../vault/certificate.ts';
import { days } from '../../inventory/scalar.ts';
import { endpoint } from '../listen.ts';

/** What a client of etcd must know: where it is, with which certificate one comes near, whose keys are whose. */

/** `10.10.10.10:2379`, for every member. */
export function etcdEndpoints(inventory: Inventory): string[] {
  return inventory.group('etcd').map((member) => endpoint(member.address, member.vars.etcd_port));
}

/**
 * The certificate with which `instance` (`pg-meta-1`) reaches etcd. It has no common name: etcd would take one for a user when
 * a request names none, and its gateway for HTTP, which Patroni speaks to, turns away every certificate that has one.
 */
export function etcdClientCertificate(instance: string, host: Host): CertificateRequest {
  return { name: `etcd-client-${instance}`, commonName: '', dns: [host.name], addresses: [], days: days(host.vars.cert_validity) };
}

/** The keys of a PostgreSQL cluster; its etcd user may read and write nothing else. */
export function etcdPrefix(cluster: string): string {
  return `/pg/${cluster}/`;
}

/** PostgreSQL clusters, each of which has a user in etcd. */
export const clustersOf = (inventory: Inventory): string[] => [...new Set(inventory.hosts.map((host) => host.vars.pg_cluster).filter((name) => name !== undefined))].sort();

/**
 * The user of a cluster in etcd: named after it, and another one after each rotation of its password (`pg-meta.1`), so that who has not heard of it yet
 * still gets in.
 */
export function etcdUser(cluster: string, inventory: Inventory): string {
  const generation = inventory.generation(etcdPassword(cluster));
  return generation === 0 ? cluster : `${cluster}.${generation}`;
}

/** The name in the vault of the password of a cluster's etcd user. */
export function etcdPassword(cluster: string): string {
  return `${cluster}.pg_etcd_password`;
}

/** `etcd-1` */
export function memberName(host: Host, inventory: Inventory): string {
  return `${host.vars.etcd_cluster}-${host.vars.etcd_seq ?? inventory.group('etcd').findIndex((each) => each.address === host.address) + 1}`;
}

/** Where the other members reach it. */
export const peerOf = ({ address, vars }: Host): string => `https://${endpoint(address, vars.etcd_peer_port)}`;
