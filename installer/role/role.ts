import type { Host, Inventory } from '../inventory/inventory.ts';
import type { Resource } from '../resource/resource.ts';
import type { CertificateRequest } from '../vault/certificate.ts';
import type { Need } from './need.ts';

/** One part that a host plays. Reads like a description of the machine; runs nothing. */
export interface Role {
  name: string;
  /**
   * What a host is before anything else runs on it. Hosts that carry a bundle get there first and then serve it; those without follow, and only then
   * the other roles begin.
   */
  ground?: true;
  /** What a machine is, whoever it belongs to; it stays when the host leaves, but for what says how it is undone. */
  lasting?: true;
  /** `one by one` where members of a cluster must not change at the same time. */
  rollout: 'together' | 'one by one';
  plays(host: Host, inventory: Inventory): boolean;
  /** Hosts with the same answer follow each other where it goes one by one; the members of a PostgreSQL cluster when left out. */
  circle?(host: Host): string;
  /** What it stands on elsewhere. Where that does not stand, it is not tried. Those of the ground hold for packages too. */
  needs?(host: Host, inventory: Inventory): Need[];
  /** The certificates that `resources` will ask the inventory for. */
  certificates?(host: Host, inventory: Inventory): CertificateRequest[];
  /** The names under which `resources` will ask the inventory for secrets. */
  secrets?(host: Host, inventory: Inventory): string[];
  /** What must stand before any package is installed: users with fixed ids, settings that package scripts read. */
  prepare?(host: Host, inventory: Inventory): Resource[];
  /** The components of the manifests that it stands on. Which packages those are, the bundle tells. */
  components?(host: Host, inventory: Inventory): string[];
  /** Further packages by name. Those of all roles of a host are installed in one transaction. */
  packages?(host: Host, inventory: Inventory): string[];
  /** What must be there, in the order in which it is brought about. */
  resources(host: Host, inventory: Inventory): Resource[];
}
