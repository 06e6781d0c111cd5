import type { Command, Completed } from '../transport/command.ts';
import type { Seat } from './cluster.ts';
import { see, type Met } from './sight.ts';

/**
 * Has Patroni do something, by way of a host that has just told how the cluster stands. It is sent once: whether a host that was lost over it
 * has done it, the look after it tells.
 * @throws Fault unreachable where there is no such host
 */
export async function tell(met: Met, command: (seat: Seat) => Command): Promise<Completed> {
  const { by } = await see(met);
  return (await by.transport.probe([command(by)]))[0]!;
}
