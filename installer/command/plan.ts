import type { CommandSpec } from '../../repo/console/command.ts';
import { exitCodes, exitHasChanges } from '../../repo/core/fault.ts';
import { planDeployment } from '../pipeline.ts';
import { etcdWarnings } from '../plan/etcd-trouble.ts';
import { countChanges } from '../plan/plan.ts';
import { planAsJson, printPlan } from '../plan/print.ts';
import { deploymentOptions, openNamed } from './options.ts';

export const plan: CommandSpec = {
  name: 'plan',
  about: 'shows what apply would change, and changes nothing',
  options: {
    ...deploymentOptions,
    'detailed-exitcode': { about: `exit with ${exitHasChanges} when there are changes to make` },
  },
  notes: `It ends with ${exitCodes.unreachable} when a host could not be reached; the others are planned all the same.`,
  run: async (invocation) => {
    const deployment = await openNamed(invocation);
    const decided = await planDeployment(deployment, invocation.progress);
    for (const line of etcdWarnings(deployment.inventory, decided.lost)) invocation.progress.warn(line);
    invocation.print(printPlan(decided));
    const hasChanges = invocation.has('detailed-exitcode') && countChanges(decided) > 0;
    const exitCode = decided.lost.length > 0 ? exitCodes.unreachable : hasChanges ? exitHasChanges : 0;
    return { ...planAsJson(decided), ...(exitCode !== 0 && { exitCode }) };
  },
};
