import type { Acting } from './clock.ts';
import type { Cluster } from './cluster.ts';
import { planRestart, restart, type RestartPlan } from './restart.ts';
import { meet, refusePretence, see, type Met, type Sight } from './sight.ts';

/** A cluster of which members wait for a restart, and how they get it. */
export interface Pending {
  met: Met;
  plan: RestartPlan;
}

/**
 * Who of a cluster waits for a restart. Patroni tells so some seconds after it was told of a setting: where somebody is expected to wait, it is asked
 * again for as long as `patience` lasts.
 * @throws Fault apply where the leader waits and nobody could take over
 */
export async function pendingIn(cluster: Cluster, patience: number, { clock, signal }: Acting): Promise<Pending | undefined> {
  const met = await meet(cluster);
  if (met.here.length === 0) return undefined;
  const deadline = clock.now() + patience * 1000;
  let sight = await see(met);
  while (!isTold(sight) && clock.now() < deadline && !signal.aborted) {
    await clock.sleep(1000);
    sight = await see(met);
  }
  if (!sight.members.some(({ pendingRestart }) => pendingRestart)) return undefined;
  await refusePretence(sight, met);
  return { met, plan: planRestart({ pending: true, inPlace: false }, sight, cluster) };
}

/** A change reaches the members one after the other; those that will never be told are not waited for by whoever looks once. */
const isTold = ({ members }: Sight): boolean => members.length > 0 && members.every(({ pendingRestart }) => pendingRestart);

/** Restarts them, and names who waits still. */
export async function restartPending({ met, plan }: Pending, acting: Acting): Promise<string[]> {
  const { members } = await restart(plan, met, acting);
  return members.filter(({ pendingRestart }) => pendingRestart).map(({ name }) => name);
}

/** `pg-test-2, pg-test-3, then pg-test-1, which hands over first` */
export function describeRestart({ replicas, leader }: RestartPlan): string {
  const last = leader && `${leader.name}, ${leader.by === 'in place' ? 'which leads: nobody writes meanwhile' : 'which hands over first'}`;
  return [replicas.join(', '), last].filter(Boolean).join(', then ');
}
