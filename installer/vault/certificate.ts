import type { Secret } from '../../repo/core/secret.ts';

/** A certificate that a role needs. `name` is its identity in the vault: `etcd-1`, `pg-meta-1`, `portal`. */
export interface CertificateRequest {
  name: string;
  /** X.509 common name; empty for a certificate that must not have one. */
  commonName: string;
  dns: readonly string[];
  /** IPv4 or IPv6 addresses. */
  addresses: readonly string[];
  /** Days; TLS server certificates for browsers must stay below 398 (CA/B Forum BR 6.3.2). */
  days: number;
}

/** PEM texts. */
export interface Certificate {
  certificate: string;
  key: Secret;
  /** The certificate of the authority that issued it. */
  authority: string;
}
