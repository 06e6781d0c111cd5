import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { few } from '../../repo/console/print.ts';
import { Fault } from '../../repo/core/fault.ts';
import { guess } from '../inventory/guess.ts';
import { roles } from '../roles.ts';
import { secretRows, type SecretRow } from '../secrets.ts';
import { carryOut } from './apply.ts';
import { deploymentOptions, openNamed } from './options.ts';

export const rotate: CommandSpec = {
  name: 'secret rotate',
  arguments: '[NAME…]',
  about: 'gives secrets new values and brings them to every host, while all goes on',
  options: {
    ...deploymentOptions,
    all: { about: 'all that nobody outside has to be told of' },
    yes: { short: 'y', about: 'do not ask' },
  },
  notes: `\${secret.NAME} of the inventory is rotated by its name only: an application logs in with it, and its next connection needs the new value.
Interrupted, it goes on with pgark apply, or with the same command: nothing is given a second new value before every host has the first.`,
  run,
};

async function run(invocation: Invocation): Promise<object> {
  const { args, has } = invocation;
  if (has('all') === args.length > 0) throw new Fault('usage', 'which secrets?', { hint: 'their names (pgark secret list shows them), or --all' });
  let chosen: SecretRow[] = [];
  const deployment = await openNamed(invocation, (vault, { draft, inventory, lost }) => {
    refuseLost(lost.map(({ address }) => address));
    chosen = choose(secretRows(vault, { draft, inventory, roles }), has('all') ? 'all' : args);
    vault.rotate(chosen.map(({ name }) => name));
  });
  invocation.print(`new values: ${few(chosen.map(({ name }) => name), 12)}\n`);
  const run = await carryOut(deployment, invocation);
  const told = chosen.filter(isForPeople).map(({ name, users }) => ({ name, users }));
  for (const { name, users } of told) invocation.print(`${users.join(', ')}: the new value is ${name} in the vault; pgark secret show ${name}`);
  return { rotated: chosen.map(({ name }) => name), tell: told, ...run };
}

/** A host that has not got it would be locked out, and nobody would see it. */
function refuseLost(addresses: readonly string[]): void {
  if (addresses.length === 0) return;
  throw new Fault('unreachable', `${addresses.join(', ')} cannot be reached: secrets are rotated on all hosts or on none`, { hint: 'run it again when they are back, or take them out of the inventory' });
}

/** People, or programs of theirs, type it. */
const isForPeople = ({ name, rotation }: SecretRow): boolean => rotation === 'by name' || name.startsWith('nginx_users.') || ['pg_admin_password', 'haproxy_admin_password'].includes(name);

/** @throws Fault usage for a name that there is not, or that cannot be rotated */
export function choose(rows: readonly SecretRow[], wanted: 'all' | readonly string[]): SecretRow[] {
  if (wanted === 'all') return rows.filter(({ rotation, underWay }) => rotation === 'with all' || underWay);
  const names = rows.map(({ name }) => name);
  const stranger = wanted.find((name) => !names.includes(name));
  if (stranger !== undefined) throw new Fault('usage', `the vault holds no secret "${stranger}"${guess(stranger, names)}`, { hint: 'pgark secret list shows them' });
  const chosen = rows.filter(({ name }) => wanted.includes(name));
  const fixed = chosen.filter(({ rotation }) => rotation === 'never');
  if (fixed.length > 0) throw new Fault('usage', `${fixed.map(({ name }) => name).join(', ')} cannot be rotated`, { details: fixed.map(({ name, because }) => `${name}: ${because}`) });
  return chosen;
}
