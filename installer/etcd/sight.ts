import { Fault } from '../../repo/core/fault.ts';
import type { EtcdMember, EtcdSight, EtcdStatus } from '../inventory/etcd-sight.ts';
import { askEtcd, readEtcd, readStatuses } from './ask.ts';
import { asNobody } from './ctl.ts';
import type { Seat } from './etcd.ts';

/** A seat, and what its etcd says, or why its host cannot be reached. */
export type Met = { seat: Seat; sight: EtcdSight } | { seat: Seat; because: Fault };

/** The etcd of an inventory as it stands. */
export interface EtcdMet {
  seats: readonly Met[];
  /** Whom it has as members; those of a member without a leader where there is no quorum; nobody knows where it cannot tell. */
  members?: readonly EtcdMember[];
  /** The id of the leader. Absent without a quorum. */
  leader?: string;
  /** What members say, by id; those that the inventory does not have were asked from afar. */
  statuses: ReadonlyMap<string, EtcdStatus>;
}

/** Asks every host at once, then the members that have none. */
export async function meetEtcd(seats: readonly Seat[]): Promise<EtcdMet> {
  const met = await Promise.all(seats.map(ask));
  const sights = met.flatMap((each) => ('sight' in each ? [each] : []));
  const by = sights.find(({ sight }) => sight.status?.leader !== undefined && sight.members) ?? sights.find(({ sight }) => sight.members);
  const members = by?.sight.members;
  const leader = by?.sight.status?.leader;
  const told = new Map(sights.flatMap(({ sight: { status } }) => (status ? [[status.id, status] as const] : [])));
  const far = by && members ? await askFar(members.filter((member) => seatOf(member, { seats: met }) === undefined), by.seat) : [];
  return { seats: met, ...(members && { members }), ...(leader !== undefined && { leader }), statuses: new Map([...told, ...far.map((status) => [status.id, status] as const)]) };
}

/** Whether an entry is that of a seat. Names say nothing: a host may have got the number of another. */
export const sits = ({ peers }: EtcdMember, { peer }: Seat): boolean => peers.includes(peer);

/** The seat of an inventory that belongs to an entry: by what it says itself, or by where it is. */
export const seatOf = (member: EtcdMember, { seats }: Pick<EtcdMet, 'seats'>): Met | undefined => seats.find((each) => 'sight' in each && each.sight.status?.id === member.id) ?? seats.find(({ seat }) => sits(member, seat));

/** The seats whose member knows a leader: by way of them etcd is changed. */
export const voicesIn = ({ seats }: EtcdMet): Seat[] => seats.flatMap((each) => ('sight' in each && each.sight.status?.leader !== undefined && !each.sight.status.isLearner ? [each.seat] : []));

async function ask(seat: Seat): Promise<Met> {
  try {
    return { seat, sight: readEtcd((await seat.transport.probe([askEtcd(seat.data)]))[0]!) };
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'unreachable')) throw error;
    return { seat, because: error };
  }
}

async function askFar(members: readonly EtcdMember[], { transport }: Seat): Promise<EtcdStatus[]> {
  const clients = members.flatMap(({ clients: all }) => all.slice(0, 1));
  if (clients.length === 0) return [];
  const [answer] = await transport.probe([asNobody(clients, 'endpoint status -w json 2>/dev/null || :')]);
  return readStatuses(answer!.stdout.trim()).map(({ status }) => status);
}
