import type { CommandSpec } from '../../repo/console/command.ts';
import { exitHasChanges } from '../../repo/core/fault.ts';
import { planDeployment } from '../pipeline.ts';
import { countChanges } from '../plan/plan.ts';
import { planAsJson, printPlan } from '../plan/print.ts';
import { inventoryOptions, openNamed } from './options.ts';

export const plan: CommandSpec = {
  name: 'plan',
  about: 'shows what apply would change, and changes nothing',
  options: {
    ...inventoryOptions,
    'detailed-exitcode': { about: `exit with ${exitHasChanges} when there are changes to make` },
  },
  run: async (invocation) => {
    const deployment = await openNamed(invocation);
    const decided = await planDeployment(deployment, invocation.progress);
    invocation.print(printPlan(decided));
    return { ...planAsJson(decided), ...(invocation.has('detailed-exitcode') && countChanges(decided) > 0 && { exitCode: exitHasChanges }) };
  },
};
