import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { lateNotes, planDeployment, type Deployment } from '../pipeline.ts';
import { countChanges } from '../plan/plan.ts';
import { preflight } from '../plan/preflight.ts';
import { printPlan, summary } from '../plan/print.ts';
import { runPlan, type Run } from '../run.ts';
import { confirm } from './confirm.ts';
import { inventoryOptions, openNamed } from './options.ts';

export const apply: CommandSpec = {
  name: 'apply',
  about: 'brings the hosts to what the inventory says',
  options: { ...inventoryOptions, yes: { short: 'y', about: 'do not ask' } },
  run: async (invocation) => carryOut(await openNamed(invocation), invocation),
};

/** Preflight; plan, shown; consent; apply; receipt. `agreed` comes between consent and the first change. */
export async function carryOut(deployment: Deployment, invocation: Invocation, agreed: () => Promise<void> = async () => {}): Promise<Run | { changed: 0 }> {
  const { wanted, transports, inventory } = deployment;
  await invocation.progress.step('preflight', (progress) => preflight(wanted, { transports, bundle: inventory.bundle, progress }));
  const decided = await planDeployment(deployment, invocation.progress);
  invocation.print(printPlan(decided));
  if (countChanges(decided) === 0) return { changed: 0 };
  await confirm(`apply ${summary(decided)}?`, invocation);
  await agreed();
  const run = await runPlan(decided, deployment, invocation);
  for (const note of await lateNotes(decided, deployment)) invocation.progress.warn(note);
  invocation.print(`${run.changed} changed; receipt: ${run.receipt}`);
  return run;
}
