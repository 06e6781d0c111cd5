import type { Invocation, Option } from '../../repo/console/command.ts';
import { askPassphrase, readPassphrase } from '../../repo/console/passphrase.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Secret } from '../../repo/core/secret.ts';
import { openDeployment, type Deployment, type Opening } from '../deployment.ts';
import { places } from '../ground.ts';
import { alarms } from '../plan/alarm.ts';
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

/** The options of every command that may issue certificates. */
export const deploymentOptions: Readonly<Record<string, Option>> = {
  ...inventoryOptions,
  'ca-passphrase-file': { value: 'FILE', about: "the passphrase of the authority's key, on the first line of a file; otherwise it is asked for when it is needed" },
};

/** Opens what the options name, with the hosts that can be reached; `alter` changes its vault first. */
export async function openNamed(invocation: Invocation, alter?: Opening['alter']): Promise<Deployment> {
  const deployment = await openDeployment({ ...(await openingOf(invocation)), ...(alter && { alter }) });
  for (const alarm of alarms(deployment.inventory, deployment.lost)) invocation.progress.warn(alarm);
  return deployment;
}

/** What the options name, before anybody was spoken to. */
export async function openingOf(invocation: Invocation): Promise<Opening> {
  const { value, progress } = invocation;
  const sudoPassword = await sudoPasswordOf(invocation);
  const caPassphrase = caPassphraseOf(invocation);
  return { file: value('inventory') ?? places.inventory, bundle: value('bundle') ?? places.bundle, roles, progress, ...(sudoPassword && { sudoPassword }), ...(caPassphrase && { caPassphrase }) };
}

/** How to get the passphrase of the authority's key once it is needed; undefined where nobody is there to be asked. */
export function caPassphraseOf({ value, interactive, signal }: Invocation): (() => Promise<Secret>) | undefined {
  const file = value('ca-passphrase-file');
  if (file !== undefined) return () => readPassphrase(file);
  return interactive ? () => askPassphrase("passphrase of the authority's key: ", signal) : undefined;
}

/** @throws Fault usage where it is to be asked for and nobody is there */
export async function sudoPasswordOf({ value, has, interactive, signal }: Invocation): Promise<Secret | undefined> {
  const file = value('sudo-password-file');
  if (file !== undefined) return readPassphrase(file);
  if (!has('ask-sudo-password')) return undefined;
  if (!interactive) throw new Fault('usage', 'there is no terminal to ask for the password on', { hint: '--sudo-password-file FILE' });
  return askPassphrase('password for sudo on the other hosts: ', signal);
}
