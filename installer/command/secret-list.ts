import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { table } from '../../repo/console/print.ts';
import { openReachable } from '../deployment.ts';
import { openGround } from '../ground.ts';
import { secretRows, type SecretRow } from '../secrets.ts';
import { inventoryOptions, openingOf } from './options.ts';

export const list: CommandSpec = {
  name: 'secret list',
  about: 'lists the secrets of the vault, who uses them and how they are rotated; never their values',
  options: inventoryOptions,
  run,
};

async function run(invocation: Invocation): Promise<{ secrets: readonly SecretRow[] }> {
  const opening = await openingOf(invocation);
  const { deployment, ground } = await openReachable(await openGround(opening), { ...opening, makeshift: true });
  const rows = secretRows(deployment.vault, { draft: ground.draft, inventory: deployment.inventory, roles: opening.roles });
  invocation.print(table(rows.map(line)));
  const waiting = rows.filter(({ underWay }) => underWay).map(({ name }) => name);
  if (waiting.length > 0) invocation.progress.warn(`not every host has the new value of ${waiting.join(', ')} yet: pgark apply brings it there`);
  return { secrets: rows };
}

const line = ({ name, users, rotation, because, rotated }: SecretRow): string[] => [name, users.join(', '), rotated ? `since ${rotated.slice(0, 10)}` : '', words[rotation] + (because ? `: ${because}` : '')];

const words: Readonly<Record<SecretRow['rotation'], string>> = { 'with all': 'rotated with all', 'by name': 'rotated by name', never: 'not rotated' };
