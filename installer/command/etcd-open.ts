import type { Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { clockUntil, type Acting } from '../cluster/clock.ts';
import { etcdIn } from '../etcd/etcd.ts';
import { meetEtcd, type EtcdMet } from '../etcd/sight.ts';
import { openGround, places } from '../ground.ts';
import { locked, ourselves } from '../plan/lock.ts';
import { sudoPasswordOf } from './options.ts';

/**
 * The etcd of the inventory that the options name, as it stands.
 * @throws Fault usage where there is none, unreachable where none of its hosts can be reached
 */
export async function openEtcd(invocation: Invocation): Promise<EtcdMet> {
  const { value, progress } = invocation;
  const sudoPassword = await sudoPasswordOf(invocation);
  const { draft, transports } = await openGround({ file: value('inventory') ?? places.inventory, progress, ...(sudoPassword && { sudoPassword }) });
  const seats = etcdIn(draft, transports);
  if (seats.length === 0) throw new Fault('usage', 'the inventory has no etcd');
  const met = await meetEtcd(seats);
  const lost = met.seats.flatMap((each) => ('because' in each ? [each.because] : []));
  if (lost.length === seats.length) throw new Fault('unreachable', 'none of the hosts of etcd can be reached', { details: lost.map(({ message }) => message), ...(lost[0]!.hint !== undefined && { hint: lost[0]!.hint }) });
  return met;
}

/** Acts while no other run changes the hosts of etcd that are there. */
export const lockedToEtcd = <T>({ seats }: EtcdMet, invocation: Invocation, act: (acting: Acting) => Promise<T>): Promise<T> =>
  locked(seats.flatMap((each) => ('sight' in each ? [each.seat.transport] : [])), ourselves(new Date()), () => act({ progress: invocation.progress, signal: invocation.signal, clock: clockUntil(invocation.signal) }));
