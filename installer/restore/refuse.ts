import { Fault } from '../../repo/core/fault.ts';
import type { Host, Inventory } from '../inventory/inventory.ts';
import { isStandby } from '../role/pgsql/upstream.ts';

/** @throws Fault usage where what a cluster has is what another one writes */
export function refuseStandby(hosts: readonly Host[], inventory: Inventory): void {
  const standby = hosts.find((host) => isStandby(host, inventory));
  if (standby) throw new Fault('usage', `${standby.vars.pg_cluster} follows another cluster`, { hint: 'restore the one that it follows' });
}
