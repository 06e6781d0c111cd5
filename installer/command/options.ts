import type { Invocation, Option } from '../../repo/console/command.ts';
import { openDeployment, places, type Deployment } from '../pipeline.ts';
import { roles } from '../roles.ts';

/** The options of every command that reads an inventory. */
export const inventoryOptions: Readonly<Record<string, Option>> = {
  inventory: { short: 'i', value: 'FILE', about: `the inventory (${places.inventory})` },
  bundle: { value: 'FILE', about: `the descriptor of the bundle in use (${places.bundle})` },
};

/** Opens what the options name. */
export function openNamed({ value, progress }: Invocation): Promise<Deployment> {
  return openDeployment({ file: value('inventory') ?? places.inventory, bundle: value('bundle') ?? places.bundle, roles, progress });
}
