import type { Invocation, Option } from '../../repo/console/command.ts';
import { askPassphrase, readPassphrase } from '../../repo/console/passphrase.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Secret } from '../../repo/core/secret.ts';
import { openDeployment, places, type Deployment } from '../pipeline.ts';
import { roles } from '../roles.ts';

/** The options of every command that becomes root on other hosts. */
export const sudoOptions: Readonly<Record<string, Option>> = {
  'ask-sudo-password': { about: 'ask for the password that sudo wants on the other hosts' },
  'sudo-password-file': { value: 'FILE', about: 'that password, on the first line of a file' },
};

/** The options of every command that reads an inventory. */
export const inventoryOptions: Readonly<Record<string, Option>> = {
  inventory: { short: 'i', value: 'FILE', about: `the inventory (${places.inventory})` },
  bundle: { value: 'FILE', about: `the descriptor of the bundle in use (${places.bundle})` },
  ...sudoOptions,
};

/** Opens what the options name. */
export async function openNamed(invocation: Invocation): Promise<Deployment> {
  const { value, progress } = invocation;
  const sudoPassword = await sudoPasswordOf(invocation);
  return openDeployment({ file: value('inventory') ?? places.inventory, bundle: value('bundle') ?? places.bundle, roles, progress, ...(sudoPassword && { sudoPassword }) });
}

/** @throws Fault usage where it is to be asked for and nobody is there */
export async function sudoPasswordOf({ value, has, interactive, signal }: Invocation): Promise<Secret | undefined> {
  const file = value('sudo-password-file');
  if (file !== undefined) return readPassphrase(file);
  if (!has('ask-sudo-password')) return undefined;
  if (!interactive) throw new Fault('usage', 'there is no terminal to ask for the password on', { hint: '--sudo-password-file FILE' });
  return askPassphrase('password for sudo on the other hosts: ', signal);
}
