import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { askPassphrase, readPassphrase } from '../../repo/console/passphrase.ts';
import { Fault } from '../../repo/core/fault.ts';
import { writeWhole } from '../../repo/core/files.ts';
import { Secret } from '../../repo/core/secret.ts';
import { places } from '../ground.ts';
import { isLocked, lock, unlock } from '../vault/private-key.ts';
import { openVault } from '../vault/vault.ts';

export const encrypt: CommandSpec = {
  name: 'ca encrypt',
  about: 'puts the key of the authority under a passphrase',
  options: {
    inventory: { short: 'i', value: 'FILE', about: `the inventory (${places.inventory}); the vault lies beside it` },
    'passphrase-file': { value: 'FILE', about: 'the passphrase, on the first line of a file; otherwise it is asked for, twice' },
    'former-passphrase-file': { value: 'FILE', about: 'the passphrase that the key is under already' },
  },
  notes: `The key is kept as PKCS #8 with scrypt and AES-256, which OpenSSL reads. Commands that must issue a certificate ask for the passphrase, or take
--ca-passphrase-file; all others go on without it. A copy in a backup of before is still without one.`,
  run,
};

async function run(invocation: Invocation): Promise<{ key: string }> {
  const folder = join(dirname(invocation.value('inventory') ?? places.inventory), 'vault');
  const path = join(folder, 'authority.key');
  const { custody } = await openVault(folder);
  if (custody === 'away') throw new Fault('invalid', `the key of the authority is not in ${folder}`);
  const present = new Secret(await readFile(path, 'utf8').catch(() => ''));
  if (present.reveal() === '') throw new Fault('invalid', `there is no authority in ${folder} yet`, { hint: 'pgark install makes one' });
  const open = isLocked(present) ? unlock(present, await former(invocation), path) : present;
  await writeWhole(path, lock(open, await chosen(invocation)).reveal(), 0o600);
  invocation.print(`${path} is under a passphrase; a copy of it and of the passphrase belongs into a safe`);
  return { key: path };
}

async function former({ value, interactive, signal }: Invocation): Promise<Secret> {
  const file = value('former-passphrase-file');
  if (file !== undefined) return readPassphrase(file);
  if (!interactive) throw new Fault('usage', 'the key is under a passphrase already', { hint: '--former-passphrase-file FILE, to give it another one' });
  return askPassphrase('passphrase that it is under: ', signal);
}

async function chosen({ value, interactive, signal }: Invocation): Promise<Secret> {
  const file = value('passphrase-file');
  if (file !== undefined) return readPassphrase(file);
  if (!interactive) throw new Fault('usage', 'there is no terminal to ask for a passphrase on', { hint: '--passphrase-file FILE' });
  const first = await askPassphrase('new passphrase: ', signal);
  if ((await askPassphrase('once more: ', signal)).reveal() !== first.reveal()) throw new Fault('usage', 'the two differ; nothing was changed');
  return first;
}
