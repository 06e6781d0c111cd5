import type { Invocation } from '../../repo/console/command.ts';
import type { Acting } from '../cluster/clock.ts';
import { clockUntil } from '../cluster/clock.ts';
import { clustersIn, type Cluster } from '../cluster/cluster.ts';
import { describeRestart, pendingIn, restartPending, type Pending } from '../cluster/pending.ts';
import type { Deployment } from '../deployment.ts';
import { locked, ourselves } from '../plan/lock.ts';
import { look, plan } from '../plan/plan.ts';
import { restartNote } from '../role/restart-note.ts';
import { agrees } from './confirm.ts';

/**
 * After a run: restarts whose settings wait for it, member after member, when `--restart` says so or somebody on a terminal does; and without a
 * further word where an extension waits for its library, which the plan has told. Answers whether something was restarted.
 */
export async function restartWaiting(deployment: Deployment, invocation: Invocation): Promise<boolean> {
  const acting: Acting = { progress: invocation.progress, signal: invocation.signal, clock: clockUntil(invocation.signal) };
  let restarted = false;
  for (const cluster of clustersOf(deployment)) {
    const forLibraries = await waitsForLibraries(cluster, deployment);
    const isAsked = forLibraries || invocation.has('restart');
    if (!isAsked && (!invocation.interactive || invocation.has('yes'))) continue;
    const pending = await pendingIn(cluster, isAsked ? patienceOf(cluster, deployment) : 0, acting);
    if (!pending || !(isAsked || (await agrees(`settings wait for a restart: ${describeRestart(pending.plan)}. Now?`, invocation)))) continue;
    await restartIn(pending, acting);
    restarted = true;
  }
  return restarted;
}

/** Those of which a host was reached. */
function clustersOf({ inventory, transports }: Deployment): Cluster[] {
  const hosts = inventory.hosts.filter(({ address }) => transports.has(address)).map(({ address, vars }) => ({ address, vars: { ...vars } }));
  return clustersIn({ hosts }, transports);
}

/** Two turns of Patroni: one that sees the change, one that tells of it. */
const patienceOf = ({ name }: Cluster, { inventory }: Deployment): number => {
  const { vars } = inventory.cluster(name)[0]!;
  return 2 * vars.pg_rto_plan[vars.pg_rto].loop + 5;
};

async function waitsForLibraries({ seats }: Cluster, { wanted, transports }: Deployment): Promise<boolean> {
  if (seats.length === 1) return false;
  const looked = wanted.filter(({ host }) => seats.some(({ address }) => address === host.address)).map((each) => ({ ...each, items: each.items.filter(({ identity }) => identity.startsWith('condition postgresql: loaded ')) }));
  const answers = await Promise.all(looked.map(async (each) => [each.host.address, await look(each, transports.get(each.host.address)!)] as const));
  return plan(looked, new Map(answers)).hosts.some(({ entries }) => entries.some(({ note }) => note?.startsWith(restartNote)));
}

async function restartIn(pending: Pending, acting: Acting): Promise<void> {
  const { met, plan: wanted } = pending;
  const waiting = await acting.progress.step(`restart ${describeRestart(wanted)}`, (progress) =>
    locked(met.here.map(({ transport }) => transport), ourselves(new Date()), () => restartPending(pending, { ...acting, progress })),
  );
  if (waiting.length > 0) acting.progress.warn(`${waiting.join(', ')} still ${waiting.length === 1 ? 'waits' : 'wait'} for a restart, as for a lowered setting until the leader has it: pgark pg restart ${met.cluster.name} --pending --leader-in-place`);
}
