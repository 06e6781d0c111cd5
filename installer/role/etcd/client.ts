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

/** The keys of a PostgreSQL cluster; its etcd user is named after the cluster and may read and write nothing else. */
export function etcdPrefix(cluster: string): string {
  return `/pg/${cluster}/`;
}

/** The name in the vault of the password of a cluster's etcd user. */
export function etcdPassword(cluster: string): string {
  return `${cluster}.pg_etcd_password`;
}
