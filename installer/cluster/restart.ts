import { Fault } from '../../repo/core/fault.ts';
import { candidatesIn, chooseCandidate } from './candidate.ts';
import { refuseInterrupted, until, type Acting } from './clock.ts';
import { refuseStranger, type Cluster } from './cluster.ts';
import { isLeader, type Member } from './member.ts';
import { patronictl, refusalIn } from './patronictl.ts';
import { leads, see, type Met, type Sight } from './sight.ts';
import { follows, switchover } from './switchover.ts';
import { tell } from './tell.ts';

export interface RestartWanted {
  /** One member; all of them when left out. */
  member?: string;
  /** Only those that wait for one. */
  pending: boolean;
  /** The leader too is restarted where it is: nobody writes meanwhile. */
  inPlace: boolean;
}

/** What will be restarted, in this order: replicas one after the other, then the leader. */
export interface RestartPlan {
  replicas: readonly string[];
  leader?: { name: string; by: 'switchover' | 'in place' };
}

/**
 * @throws Fault usage where there is no such member, apply where nobody could take over from the leader
 */
export function planRestart({ member, pending, inPlace }: RestartWanted, sight: Sight, cluster: Cluster): RestartPlan {
  if (member !== undefined) refuseStranger(member, sight.members.map(({ name }) => name), cluster);
  const due = sight.members.filter((each) => (member === undefined || each.name === member) && (!pending || each.pendingRestart));
  const replicas = due.filter((each) => !isLeader(each)).map(({ name }) => name).toSorted();
  const leader = due.find(isLeader);
  if (!leader) return { replicas };
  const by = inPlace || sight.members.length === 1 ? 'in place' : 'switchover';
  if (by === 'switchover') refuseWithoutHeir(sight, cluster);
  return { replicas, leader: { name: leader.name, by } };
}

/**
 * Restarts PostgreSQL, member after member; the next one only when the last streams again. An interruption comes between two of them.
 * @throws Fault apply
 */
export async function restart(plan: RestartPlan, met: Met, acting: Acting): Promise<Sight> {
  for (const name of plan.replicas) await restartReplica(name, met, acting);
  if (plan.leader) await restartLeader(plan.leader, met, acting);
  const sight = await settled(plan, met, acting);
  // A setting that was lowered reaches the replicas only through a leader that has it.
  const again = plan.leader?.by === 'in place' ? sight.members.filter((each) => !isLeader(each) && each.pendingRestart && plan.replicas.includes(each.name)) : [];
  for (const { name } of again) {
    await follows(name, met, acting);
    await restartReplica(name, met, acting);
  }
  return again.length > 0 ? settled(plan, met, acting) : sight;
}

/** Who has been restarted and still waits for it: Patroni takes some seconds to tell that it no longer does. */
async function settled({ replicas, leader }: RestartPlan, met: Met, { clock, signal }: Acting): Promise<Sight> {
  const isDue = ({ name, pendingRestart }: Member): boolean => pendingRestart && (name === leader?.name || replicas.includes(name));
  let sight = await see(met);
  for (let looks = 0; looks < 8 && sight.members.some(isDue) && !signal.aborted; looks++) {
    await clock.sleep(2000);
    sight = await see(met);
  }
  return sight;
}

async function restartReplica(name: string, met: Met, acting: Acting): Promise<void> {
  await demandRestart(name, met, acting);
  await follows(name, met, acting);
}

/** One that no longer leads by then is a replica like any other. */
async function restartLeader({ name, by }: NonNullable<RestartPlan['leader']>, met: Met, acting: Acting): Promise<void> {
  const { leader } = await see(met);
  if (leader !== undefined && leader.name !== name) return restartReplica(name, met, acting);
  if (by === 'switchover') return handOver(name, met, acting);
  await demandRestart(name, met, acting);
  await until(120, `${met.cluster.name} has a leader again`, async () => {
    const { leader: now } = await see(met);
    return now && (await leads(now, met)) ? true : undefined;
  }, acting);
}

/** Patroni restarts whoever hands over. */
async function handOver(from: string, met: Met, acting: Acting): Promise<void> {
  const { name: to } = await until(120, 'a replica has caught up so far that it can take over', async () => candidatesIn(await see(met), met.cluster)[0], acting);
  refuseInterrupted(acting, `${from} hands over to ${to}`);
  await switchover({ from, to }, met, acting);
}

async function demandRestart(name: string, met: Met, acting: Acting): Promise<void> {
  refuseInterrupted(acting, `${name} is restarted`);
  await acting.progress.step(`restart ${name}`, async () => {
    const refusal = refusalIn(await tell(met, (seat) => patronictl(seat, 600, 'restart', met.cluster.name, name, '--force')));
    if (refusal !== undefined) throw new Fault('apply', `${name} was not restarted: ${refusal}`, { hint: 'what comes after it was left as it is; journalctl -u patroni on its host tells more' });
  });
}

function refuseWithoutHeir(sight: Sight, cluster: Cluster): void {
  try {
    chooseCandidate(undefined, sight, cluster);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(error.code, error.message, { details: error.details, hint: '--leader-in-place restarts the leader where it is; nobody writes meanwhile', cause: error });
  }
}
