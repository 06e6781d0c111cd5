import type { Descriptor } from '../../repo/bundle/descriptor.ts';
import type { Secret } from '../../repo/core/secret.ts';
import type { Certificate } from '../vault/certificate.ts';
import type { Platform } from '../platform/platform.ts';
import type { Facts } from './facts.ts';
import type { Parameters } from './parameters.ts';

/** One host of the inventory with everything that holds for it: defaults < all.vars < group vars < host vars. */
export interface Host {
  /** Its key in the inventory: an address or a name. */
  address: string;
  /** `nodename`, or the name that the host has. */
  name: string;
  groups: readonly string[];
  vars: Parameters;
  facts: Facts;
  platform: Platform;
}

/** The whole deployment, read, checked and completed. Roles take it and return values. */
export interface Inventory {
  hosts: readonly Host[];
  /** Hosts of a group, in the order of the inventory. */
  group(name: string): readonly Host[];
  /** The hosts of the PostgreSQL cluster of this name, by pg_seq. */
  cluster(name: string): readonly Host[];
  /** The member of a PostgreSQL cluster that leads at this moment; of one that does not run, the one that is declared primary. */
  leader(cluster: string): Host | undefined;
  /** From the vault; made on first use. The names of secret parameters, or `<cluster>.<parameter>` for one per cluster. */
  secret(name: string): Secret;
  /** The value of a secret before its rotation, while some host may still have it. */
  former(name: string): Secret | undefined;
  /** How often a secret was rotated. */
  generation(name: string): number;
  /** From the vault, by the name in its request. */
  certificate(name: string): Certificate;
  /** The certificate of the deployment's own authority, PEM. */
  authority: string;
  bundle: Descriptor;
  keys: BundleKeys;
}

/** What the packages of the bundle are verified with, armoured. */
export interface BundleKeys {
  /** Of whoever signed the bundle, and the index of its repository. */
  index: string;
  /** Of those who signed its RPM packages; empty for a bundle of Debian's packages, which carry no signatures. */
  packages: string;
}
