import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Deployment } from '../deployment.ts';
import { lateNotes, planAfterPreflight } from '../pipeline.ts';
import { etcdWarnings, refuseLostQuorum } from '../plan/etcd-trouble.ts';
import { countChanges, type Plan } from '../plan/plan.ts';
import { printPlan, summary } from '../plan/print.ts';
import { tellHosts } from '../plan/tell.ts';
import { refuseUnfinishedRestore } from '../plan/unfinished.ts';
import { runPlan, type Run } from '../run.ts';
import { confirm } from './confirm.ts';
import { deploymentOptions, openNamed } from './options.ts';
import { restartWaiting } from './restart-waiting.ts';

export const apply: CommandSpec = {
  name: 'apply',
  about: 'brings the hosts to what the inventory says',
  options: { ...deploymentOptions, restart: { about: 'restart PostgreSQL where settings wait for it: member after member, the leader last and through a switchover' }, yes: { short: 'y', about: 'do not ask' } },
  run: async (invocation) => carryThrough(await openNamed(invocation), invocation),
};

/** Carries out, and again where a restart has made way for more, with whoever leads by then. */
export async function carryThrough(deployment: Deployment, invocation: Invocation): Promise<Run | { changed: 0 }> {
  const run = await carryOut(deployment, invocation);
  if (!(await restartWaiting(deployment, invocation))) return run;
  const further = await carryOut(await openNamed(invocation), invocation);
  return 'receipt' in further ? { ...further, changed: run.changed + further.changed } : run;
}

/** Preflight and plan, shown; consent; apply; receipt. `agreed` comes between consent and the first change. */
export async function carryOut(deployment: Deployment, invocation: Invocation, agreed: () => Promise<void> = async () => {}): Promise<Run | { changed: 0 }> {
  const decided = await invocation.progress.step('preflight', (progress) => planAfterPreflight(deployment, progress));
  for (const line of etcdWarnings(deployment.inventory, decided.lost)) invocation.progress.warn(line);
  invocation.print(printPlan(decided));
  refuseLostQuorum(deployment.inventory, decided.lost);
  refuseUnfinishedRestore(deployment.inventory);
  if (countChanges(decided) === 0) return nothingToDo(decided, deployment);
  await confirm(`apply ${summary(decided)}?`, invocation);
  await agreed();
  const run = await runPlan(decided, deployment, invocation);
  for (const note of await lateNotes(decided, deployment)) invocation.progress.warn(note);
  invocation.print(`${run.changed} changed; receipt: ${run.receipt}`);
  return run;
}

/** @throws Fault unreachable where there are hosts of which nobody knows what they need */
async function nothingToDo(plan: Plan, { vault }: Deployment): Promise<{ changed: 0 }> {
  if (plan.lost.length === 0) {
    await vault.settle();
    return { changed: 0 };
  }
  throw new Fault('unreachable', `${plan.lost.map(({ name }) => name).join(', ')} could not be reached; the others are as the inventory says`, { details: tellHosts(plan, []), hint: 'when the hosts are back: pgark apply' });
}
