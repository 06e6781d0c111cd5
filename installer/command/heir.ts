import type { Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { chooseCandidate } from '../cluster/candidate.ts';
import { clusterNamed, clustersIn } from '../cluster/cluster.ts';
import { refusePretence, see, type Met } from '../cluster/sight.ts';
import { switchover } from '../cluster/switchover.ts';
import { instanceNamed } from '../inventory/edit.ts';
import type { Target } from '../leave/target.ts';
import type { Reachable } from '../deployment.ts';
import { lockedTo } from './pg-open.ts';

/** Who leads what is left of a cluster. */
export interface Heir {
  /** The address of who leads when the others have left. */
  leader?: string;
  /** Who hands over to whom before that. */
  from?: string;
  to?: string;
  met?: Met;
}

/**
 * A member leaves a cluster that has a leader, and the leader does not leave.
 * @throws Fault usage where it leads and no handover is asked for; apply where nobody leads, or nobody can take over
 */
export async function heirOf({ cluster: name, hosts, isWholeCluster }: Target, { ground: { draft, transports }, lost }: Reachable, invocation: Pick<Invocation, 'has'>): Promise<Heir> {
  if (name === undefined || isWholeCluster) return {};
  const cluster = clustersIn(draft, transports).find((each) => each.name === name);
  if (!cluster) return {};
  const isLost = (address: string): boolean => lost.some((each) => each.address === address);
  const met: Met = { cluster, here: cluster.seats.filter(({ address }) => !isLost(address)), lost: cluster.seats.flatMap((seat) => lost.filter(({ address }) => address === seat.address).map(({ because }) => ({ seat, because }))) };
  const sight = await see(met);
  if (!sight.leader) throw new Fault('apply', `${name} has no leader: nobody could say that what is left has all the data`, { hint: 'pgark pg list shows how it stands; pgark pg failover gives it a leader' });
  await refusePretence(sight, met);
  const leaving = hosts.map(instanceNamed);
  const addressOf = (member: string): string => clusterNamed(name, [cluster]).seats.find((seat) => seat.member === member)?.address ?? member;
  if (!leaving.includes(sight.leader.name)) return { leader: addressOf(sight.leader.name) };
  if (!invocation.has('switchover')) throw new Fault('usage', `${sight.leader.name} leads ${name}`, { hint: `pgark pg switchover ${name} comes first, or --switchover` });
  const { name: to } = chooseCandidate(undefined, { ...sight, members: sight.members.filter((each) => each.name === sight.leader!.name || !leaving.includes(each.name)) }, cluster);
  return { leader: addressOf(to), from: sight.leader.name, to, met };
}

export async function takeOver({ from, to, met }: Heir, invocation: Invocation): Promise<void> {
  await lockedTo(met!, invocation, (acting) => switchover({ from: from!, to: to! }, met!, acting));
}
