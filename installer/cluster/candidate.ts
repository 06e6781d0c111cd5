import { Fault } from '../../repo/core/fault.ts';
import { refuseStranger, type Cluster } from './cluster.ts';
import { isLeader, isSynchronous, isUp, megabyte, type Member } from './member.ts';
import type { Sight } from './sight.ts';

/** Why a member cannot take over without losing anything, or nothing. */
export function obstacleTo(member: Member, { members }: Sight, cluster: Cluster): string | undefined {
  if (isLeader(member)) return 'it leads already';
  if (member.barred) return 'its tag nofailover says that it must not lead';
  if (!isUp(member)) return `its state is "${member.state}"`;
  if (members.some(isSynchronous) && !isSynchronous(member)) return 'it is not synchronous, and the cluster has a member that is';
  if (member.lag === undefined) return 'nobody knows how far behind it is';
  if (member.lag > limitOf(cluster)) return `it is ${Math.round(member.lag / megabyte)} MB behind the leader`;
  return undefined;
}

/** The members that can take over, the best one first. Members for reports only when they are named. */
export function candidatesIn(sight: Sight, cluster: Cluster): Member[] {
  const isOffline = ({ name }: Member): boolean => cluster.seats.some((seat) => seat.member === name && seat.isOffline);
  const able = sight.members.filter((member) => obstacleTo(member, sight, cluster) === undefined && !isOffline(member));
  return able.toSorted((a, b) => a.lag! - b.lag! || (a.name < b.name ? -1 : 1));
}

/**
 * The member that is to take over: the one that is named, else the best.
 * @throws Fault usage where there is none of that name, apply where it cannot
 */
export function chooseCandidate(name: string | undefined, sight: Sight, cluster: Cluster): Member {
  if (name !== undefined) return checkCandidate(name, sight, cluster);
  const [best] = candidatesIn(sight, cluster);
  if (best) return best;
  const reasons = sight.members.filter((member) => !isLeader(member)).map((member) => `${member.name}: ${obstacleTo(member, sight, cluster) ?? 'it serves reports only (pg_role: offline)'}`);
  throw new Fault('apply', `${cluster.name}: no member can take over`, { details: reasons.length > 0 ? reasons : ['it has none but its leader'] });
}

function checkCandidate(name: string, sight: Sight, cluster: Cluster): Member {
  refuseStranger(name, sight.members.map((member) => member.name), cluster);
  const member = sight.members.find((each) => each.name === name)!;
  const obstacle = obstacleTo(member, sight, cluster);
  if (obstacle === undefined) return member;
  throw new Fault('apply', `${name} cannot take over: ${obstacle}`, { hint: 'pgark pg list shows how the members stand' });
}

/** Patroni's own limit is pg_rpo; what it tells of the lag is rounded to megabytes. */
const limitOf = ({ rpo }: Cluster): number => Math.max(rpo, megabyte);
