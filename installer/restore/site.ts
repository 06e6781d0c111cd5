import type { Seat } from '../cluster/cluster.ts';
import type { Met } from '../cluster/sight.ts';
import type { Host, Inventory } from '../inventory/inventory.ts';
import { instanceOf } from '../role/instance.ts';
import type { Door } from './configuration.ts';
import { doorsFor } from './configuration.ts';
import { placeOf, type Place } from './place.ts';

/** Whose backups are restored, and where. */
export interface Site {
  /** Of whose cluster the backups are. */
  stanza: string;
  /** Its members. */
  members: readonly Host[];
  /** The cluster that takes what is restored: the same one, or another. */
  met: Met;
  /** The member that restores, and the way to it. */
  restoring: Host;
  seat: Seat;
  place: Place;
  /** What is read through other members. */
  doors: readonly Door[];
  inventory: Inventory;
  /** Patroni is still to be installed there, and starts what was restored by then. */
  isBare: boolean;
  /** The ways to all hosts, by address. */
  seatAt(host: Host): Seat;
}

export interface Whereabouts {
  stanza: string;
  met: Met;
  restoring: Host;
  inventory: Inventory;
  stamp: string;
  isBare: boolean;
  seatAt(host: Host): Seat;
}

export function siteOf({ stanza, met, restoring, inventory, stamp, isBare, seatAt }: Whereabouts): Site {
  const members = inventory.cluster(stanza);
  return { stanza, members, met, restoring, seat: seatAt(restoring), place: placeOf(restoring, stamp), doors: doorsFor(restoring, members, inventory), inventory, isBare, seatAt };
}

/** The other members of the cluster that takes what is restored. */
export const othersOf = ({ restoring, inventory }: Pick<Site, 'restoring' | 'inventory'>): readonly Host[] => inventory.cluster(instanceOf(restoring).cluster).filter(({ address }) => address !== restoring.address);
