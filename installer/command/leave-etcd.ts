import type { Invocation } from '../../repo/console/command.ts';
import { clockUntil } from '../cluster/clock.ts';
import { etcdIn } from '../etcd/etcd.ts';
import { checkLeave, leaveEtcd } from '../etcd/leave.ts';
import { meetEtcd, sits, type EtcdMet } from '../etcd/sight.ts';
import type { Target } from '../leave/target.ts';
import type { Reachable } from '../deployment.ts';
import { locked, ourselves } from '../plan/lock.ts';

/** A host that leaves is a member of etcd. */
export interface EtcdSeat {
  member: string;
  met: EtcdMet;
}

/**
 * Its place in etcd, if it has one that may be given up. One that etcd does not know any more was given up before.
 * @throws Fault usage, apply as `checkLeave` does
 */
export async function etcdSeatOf({ hosts, isHost }: Target, { ground: { draft, transports } }: Reachable): Promise<EtcdSeat | undefined> {
  if (!isHost || !hosts.some(({ groups }) => groups.includes('etcd'))) return undefined;
  const seats = etcdIn(draft, transports);
  const seat = seats.find(({ address }) => hosts.some((host) => host.address === address))!;
  const met = await meetEtcd(seats);
  if (met.members?.every((member) => !sits(member, seat))) return undefined;
  checkLeave(seat.member, met);
  return { member: seat.member, met };
}

export async function giveUp({ member, met }: EtcdSeat, { progress, signal }: Invocation): Promise<void> {
  const here = met.seats.flatMap((each) => ('sight' in each ? [each.seat.transport] : []));
  await locked(here, ourselves(new Date()), () => leaveEtcd(member, met, { progress, signal, clock: clockUntil(signal) }));
}
