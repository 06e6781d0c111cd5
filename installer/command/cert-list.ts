import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { few, table } from '../../repo/console/print.ts';
import { certificateRows, printEnding, type CertificateRow } from '../certificates.ts';
import { openReachable } from '../deployment.ts';
import { openGround } from '../ground.ts';
import type { Custody } from '../vault/signer.ts';
import { inventoryOptions, openingOf } from './options.ts';

export const list: CommandSpec = {
  name: 'cert list',
  about: 'lists the certificates of the deployment: whose, until when, by whom, where they lie',
  options: inventoryOptions,
  run,
};

async function run(invocation: Invocation): Promise<{ authorityKey: Custody; certificates: readonly CertificateRow[] }> {
  const opening = await openingOf(invocation);
  const { deployment } = await openReachable(await openGround(opening), { ...opening, makeshift: true });
  const { inventory, vault } = deployment;
  const rows = certificateRows(inventory, opening.roles, await vault.issued(), new Date());
  invocation.print(table(rows.map(line)));
  invocation.print(`\nthe key of the authority ${custody[vault.custody]}`);
  for (const warning of printEnding(rows.filter((row) => row.name === 'authority' || row.roles.length > 0))) invocation.progress.warn(warning);
  return { authorityKey: vault.custody, certificates: rows };
}

const line = ({ name, names, issuer, ends, roles, places }: CertificateRow): string[] => [name, ends ? `until ${ends.slice(0, 10)}` : 'not issued yet', issuer && `by ${issuer}`, few(names, 2), name === 'authority' ? few(places, 1) : roles.length > 0 ? few(places, 1) : 'nothing uses it any more'];

const custody: Readonly<Record<Custody, string>> = {
  open: 'lies in the vault as it is: pgark ca encrypt puts it under a passphrase, pgark ca offline takes it away',
  locked: 'lies in the vault under a passphrase',
  away: 'is not in the vault',
};
