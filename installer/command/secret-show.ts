import { dirname, join } from 'node:path';
import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { guess } from '../inventory/guess.ts';
import { places } from '../ground.ts';
import { openVault } from '../vault/vault.ts';
import { wordsOf } from './pg-open.ts';

export const show: CommandSpec = {
  name: 'secret show',
  arguments: 'NAME',
  about: 'shows the value of a secret, on a terminal only',
  options: { inventory: { short: 'i', value: 'FILE', about: `the inventory (${places.inventory}); the vault lies beside it` } },
  notes: 'A program reads vault/secrets.json itself: what is written into a pipe or a log stays there.',
  run: async (invocation) => {
    const [name] = wordsOf(invocation, ['NAME']);
    if (!invocation.interactive || !process.stdout.isTTY) throw new Fault('usage', 'a secret is shown on a terminal only', { hint: 'programs read vault/secrets.json beside the inventory' });
    await tell(name!, invocation);
  },
};

/** @throws Fault usage where there is no such secret */
async function tell(name: string, { value, print }: Invocation): Promise<void> {
  const vault = await openVault(join(dirname(value('inventory') ?? places.inventory), 'vault'), { makeshift: true });
  if (!vault.has(name)) throw new Fault('usage', `the vault holds no secret "${name}"${guess(name, vault.names())}`, { hint: 'pgark secret list shows them' });
  print(vault.secret(name).reveal());
}
