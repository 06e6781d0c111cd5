import type { CommandSpec } from '../../repo/console/command.ts';
import { carryThrough } from './apply.ts';
import { connections, printConnections } from './connect.ts';
import { deploymentOptions, openNamed } from './options.ts';

export const install: CommandSpec = {
  name: 'install',
  about: 'brings a deployment to life: checks, plan, consent, changes, receipt',
  options: { ...deploymentOptions, yes: { short: 'y', about: 'do not ask' } },
  notes: 'Running it again is safe: what is as the inventory says is left alone.',
  run: async (invocation) => {
    const deployment = await openNamed(invocation);
    const run = await carryThrough(deployment, invocation);
    const found = connections(deployment.inventory);
    invocation.print(printConnections(found));
    return { ...run, connections: found };
  },
};
