import { dirname, join } from 'node:path';
import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { askPassphrase, readPassphrase } from '../../repo/console/passphrase.ts';
import { Fault } from '../../repo/core/fault.ts';
import { readGiven } from '../../repo/core/files.ts';
import type { Secret } from '../../repo/core/secret.ts';
import { parseInventory, type Draft } from '../inventory/draft.ts';
import { guess } from '../inventory/guess.ts';
import { secret } from '../inventory/scalar.ts';
import { places } from '../ground.ts';
import { openVault } from '../vault/vault.ts';
import { wordsOf } from './pg-open.ts';

export const set: CommandSpec = {
  name: 'secret set',
  arguments: 'NAME',
  about: 'keeps a secret that somebody else has made, for ${secret.NAME} of the inventory',
  options: {
    inventory: { short: 'i', value: 'FILE', about: `the inventory (${places.inventory}); the vault lies beside it` },
    file: { value: 'FILE', about: 'the value, on the first line of a file; otherwise it is asked for, twice' },
    replace: { about: 'in the place of the one that the vault holds' },
  },
  notes: `The key of a store, say, that is not ours: write s3_key_secret: \${secret.store_key} into the inventory, then
  pgark secret set store_key --file /run/key
What the inventory names and nobody has set is made with the next plan. A value reaches the hosts with pgark apply.`,
  run,
};

async function run(invocation: Invocation): Promise<{ secret: string; changed: boolean }> {
  const [name] = wordsOf(invocation, ['NAME']);
  const file = invocation.value('inventory') ?? places.inventory;
  const draft = parseInventory((await readGiven(file, 'pgark configure writes one')).toString('utf8'), file);
  if (!draft.secrets.includes(name!)) throw new Fault('usage', `${file} names no \${secret.${name}}${guess(name!, draft.secrets)}`, { hint: 'write it where the value is needed, then set it' });
  const vault = await openVault(join(dirname(file), 'vault'));
  const value = accepted(await chosen(invocation));
  const present = vault.has(name!) ? vault.secret(name!).reveal() : undefined;
  if (present !== undefined && present !== value.reveal()) demandReplaceable(name!, draft, invocation);
  vault.keep(name!, value);
  await vault.save();
  invocation.print(present === value.reveal() ? `the vault holds this ${name} already` : `the vault holds ${name}; pgark apply brings it to the hosts`);
  return { secret: name!, changed: present !== value.reveal() };
}

/** @throws Fault usage where the one that is there is not to go, or is one that etcd has */
function demandReplaceable(name: string, draft: Draft, { has }: Invocation): void {
  if (!has('replace')) throw new Fault('usage', `the vault holds another ${name}`, { hint: 'pgark secret set --replace gives it up: whoever logs in with it has to be told' });
  const etcd = ['pg_etcd_password', 'etcd_root_password'].find((key) => draft.hosts.some(({ vars }) => String(vars[key]).includes(`\${secret.${name}}`)));
  if (etcd !== undefined) throw new Fault('usage', `${name} is the ${etcd}, which is not replaced by hand`, { hint: `take ${etcd} out of the inventory: pgark secret rotate can do it then` });
}

/** @throws Fault invalid for a password that everybody can look up */
function accepted(value: Secret): Secret {
  const { error } = secret.safeParse(value);
  if (error) throw new Fault('invalid', `this ${error.issues[0]!.message}`);
  return value;
}

async function chosen({ value, interactive, signal }: Invocation): Promise<Secret> {
  const file = value('file');
  if (file !== undefined) return readPassphrase(file);
  if (!interactive) throw new Fault('usage', 'there is no terminal to ask for the value on', { hint: '--file FILE' });
  const first = await askPassphrase('value: ', signal);
  if ((await askPassphrase('once more: ', signal)).reveal() !== first.reveal()) throw new Fault('usage', 'the two differ; nothing was changed');
  return first;
}
