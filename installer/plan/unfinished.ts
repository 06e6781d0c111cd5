import { Fault } from '../../repo/core/fault.ts';
import type { Inventory } from '../inventory/inventory.ts';

/**
 * Between what was there and what was restored nobody may start PostgreSQL but whoever finishes that.
 * @throws Fault apply
 */
export function refuseUnfinishedRestore({ hosts }: Pick<Inventory, 'hosts'>): void {
  const [host] = hosts.filter(({ facts }) => facts.restoring);
  if (host === undefined) return;
  const cluster = host.vars.pg_cluster ?? 'CLUSTER';
  throw new Fault('apply', `a restore of ${cluster} was cut off on ${host.name}: until it is at its end nothing else is done`, { hint: `pgark restore --cluster ${cluster} --promote finishes it, --cancel takes it back` });
}
