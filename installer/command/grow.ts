import { dirname } from 'node:path';
import type { Invocation, Option } from '../../repo/console/command.ts';
import { printDifference } from '../../repo/core/difference.ts';
import { parseInventory } from '../inventory/draft.ts';
import { readRoster, type Roster } from '../inventory/roster.ts';
import { deploymentOn, type Opening } from '../deployment.ts';
import { groundOf, openGround, type Ground } from '../ground.ts';
import { planDeployment } from '../pipeline.ts';
import { planAsJson, printPlan } from '../plan/print.ts';
import { saveInventory } from '../wizard/save.ts';
import { carryOut } from './apply.ts';
import { deploymentOptions, openingOf } from './options.ts';

/** The options of every command that changes the inventory. */
export const editOptions: Readonly<Record<string, Option>> = {
  ...deploymentOptions,
  'dry-run': { about: 'show what would change, in the inventory and on the hosts, and change nothing' },
};

/** An inventory as it is written, and who is on its roster. */
export interface Opened {
  opening: Opening;
  ground: Ground;
  roster: Roster;
}

export async function openWritten(invocation: Invocation): Promise<Opened> {
  const opening = await openingOf(invocation);
  return { opening, ground: await openGround(opening), roster: await readRoster(dirname(opening.file)) };
}

/** Brings the hosts to what the inventory is to say: the difference and the plan, shown; consent; the inventory, written; then as `apply` does. */
export async function grow(text: string, { opening, ground }: Opened, invocation: Invocation): Promise<object> {
  const deployment = await deploymentOn(groundOf(text, parseInventory(text, opening.file), opening), opening);
  const difference = printDifference(ground.text, text);
  invocation.print(`${opening.file}\n${difference}\n`);
  if (invocation.has('dry-run')) {
    const decided = await planDeployment(deployment, invocation.progress);
    invocation.print(printPlan(decided));
    return { inventory: opening.file, difference, ...planAsJson(decided) };
  }
  const write = async (): Promise<void> => void (await saveInventory(opening.file, text));
  const run = await carryOut(deployment, invocation, write);
  await write();
  return { inventory: opening.file, difference, ...run };
}
