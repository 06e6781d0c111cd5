import type { CommandSpec } from '../../repo/console/command.ts';
import { carryOut } from './apply.ts';
import { inventoryOptions, openNamed } from './options.ts';

export const install: CommandSpec = {
  name: 'install',
  about: 'brings a deployment to life: checks, plan, consent, changes, receipt',
  options: { ...inventoryOptions, yes: { short: 'y', about: 'do not ask' } },
  run: async (invocation) => carryOut(await openNamed(invocation), invocation),
};
