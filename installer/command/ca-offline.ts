import { readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { exists, writeWhole } from '../../repo/core/files.ts';
import { places } from '../ground.ts';
import { openVault } from '../vault/vault.ts';

export const offline: CommandSpec = {
  name: 'ca offline',
  about: 'takes the key of the authority out of the vault',
  options: {
    inventory: { short: 'i', value: 'FILE', about: `the inventory (${places.inventory}); the vault lies beside it` },
    to: { value: 'FILE', about: 'where the key goes: a medium that is taken away' },
  },
  notes: `All goes on without it until a certificate must be issued: less than 30 days before an end, for a new host, for another name. Then the command says
which, and the key has to be put back as authority.key.`,
  run,
};

async function run(invocation: Invocation): Promise<{ key: string }> {
  const folder = join(dirname(invocation.value('inventory') ?? places.inventory), 'vault');
  const to = invocation.value('to');
  if (to === undefined) throw new Fault('usage', 'where to?', { hint: '--to FILE' });
  const vault = await openVault(folder);
  const from = join(folder, 'authority.key');
  if (vault.custody === 'away' || !(await exists(from))) throw new Fault('invalid', `there is no key of an authority in ${folder}`);
  await carryAway(from, to);
  invocation.print(`the key of the authority is ${resolve(to)}, and nowhere else`);
  return { key: resolve(to) };
}

/** It is gone from here only once it can be read there. */
async function carryAway(from: string, to: string): Promise<void> {
  if (await exists(to)) throw new Fault('usage', `${to} is there already`);
  const key = await readFile(from, 'utf8');
  await writeWhole(to, key, 0o600);
  if ((await readFile(to, 'utf8')) !== key) throw new Error(`${to} does not hold what was written to it`);
  await rm(from);
}
