import { Fault } from '../../repo/core/fault.ts';
import type { Command, Completed } from '../transport/command.ts';
import type { Seat } from './cluster.ts';
import type { Met } from './sight.ts';

/**
 * Has Patroni do something, by way of the first host that takes the command. It is sent once: whether a host that was lost over it
 * has done it, the look after it tells.
 * @throws Fault unreachable where there is no host
 */
export async function tell({ here, cluster }: Met, command: (seat: Seat) => Command): Promise<Completed> {
  const [seat] = here;
  if (!seat) throw new Fault('unreachable', `${cluster.name}: none of its hosts can be reached`);
  return (await seat.transport.probe([command(seat)]))[0]!;
}
