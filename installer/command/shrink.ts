import { dirname, join } from 'node:path';
import type { Invocation, Option } from '../../repo/console/command.ts';
import { printDifference } from '../../repo/core/difference.ts';
import { Fault } from '../../repo/core/fault.ts';
import { parseInventory } from '../inventory/draft.ts';
import { removeHost, removeMembers } from '../inventory/edit.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { departedFrom, dismiss, readRoster, withDeparted, writeRoster } from '../inventory/roster.ts';
import { wantedWithout } from '../leave/departure.ts';
import type { Target } from '../leave/target.ts';
import { openReachable, type Deployment, type Opening, type Reachable } from '../deployment.ts';
import { groundOf } from '../ground.ts';
import { planDeployment } from '../pipeline.ts';
import type { Plan } from '../plan/plan.ts';
import { planAsJson, printPlan } from '../plan/print.ts';
import type { Role } from '../role/role.ts';
import { runPlan } from '../run.ts';
import { saveInventory } from '../wizard/save.ts';
import { retire } from '../vault/retire.ts';
import { confirmName } from './confirm.ts';
import { editOptions, type Opened } from './grow.ts';
import { heirOf, takeOver, type Heir } from './heir.ts';
import { etcdSeatOf, giveUp, type EtcdSeat } from './leave-etcd.ts';

/** The options of every command that takes something out. */
export const shrinkOptions: Readonly<Record<string, Option>> = {
  ...editOptions,
  confirm: { value: 'NAME', about: 'the name of what is removed, once more: do not ask for it' },
  switchover: { about: 'where it leads, hand the lead over first' },
};

/** The draft of the inventory with those in it who have left it and are still there. */
export const draftOf = ({ ground, roster }: Opened) => withDeparted(ground.draft, departedFrom(roster, ground.draft));

/**
 * Takes something out of a deployment: the difference and the plan, shown; the name, typed; the lead, handed over where it must be; the others, then what
 * leaves; at last the inventory, the vault and the roster. What is cut off goes on when it is run again.
 */
export async function shrink(target: Target, opened: Opened, invocation: Invocation): Promise<object> {
  const going = await study(target, opened, invocation);
  const { heir, seat, difference, opening } = going;
  let [deployment, plan] = await planned(going, invocation);
  invocation.print([opening.file, difference, '', ...firstSteps(going), printPlan(plan)].join('\n'));
  if (invocation.has('dry-run')) return { inventory: opening.file, difference, ...planAsJson(plan) };
  await confirmName(target.name, invocation);
  if (heir.to !== undefined) await takeOver(heir, invocation);
  if (seat) await giveUp(seat, invocation);
  if (heir.to !== undefined || seat) [deployment, plan] = await planned(going, invocation);
  const run = await runPlan(plan, deployment, invocation);
  const kept = await forgetInFiles(going, deployment.inventory);
  invocation.print(`${target.name} is removed: ${run.changed} changed; receipt: ${run.receipt}${kept.backup === undefined ? '' : `; the inventory before it: ${kept.backup}`}`);
  return { removed: target.name, inventory: opening.file, difference, ...run, ...kept };
}

/** A removal, before anything is touched. */
interface Going {
  target: Target;
  opening: Opening;
  before: Reachable;
  /** Addresses that leave and are gone for good. */
  lost: readonly string[];
  heir: Heir;
  seat: EtcdSeat | undefined;
  /** The inventory without them, and how it differs. */
  text: string;
  difference: string;
  /** Part of the names under which things are kept. */
  stamp: string;
}

/** @throws Fault where it must not be, or cannot be */
async function study(target: Target, opened: Opened, invocation: Invocation): Promise<Going> {
  const { opening, ground } = opened;
  const before = await openReachable(groundOf(ground.text, draftOf(opened), opening), { ...opening, makeshift: true });
  const lost = refuseLost(target, before, invocation);
  refuseOurselves(target, before);
  for (const { address, because } of before.lost) if (!lost.includes(address)) invocation.progress.warn(`${because.message}; pgark apply brings it up to date when it is back`);
  const heir = await heirOf(target, before, invocation);
  const seat = await etcdSeatOf(target, before);
  const text = textWithout(target, opened, heir.leader);
  return { target, opening, before, lost, heir, seat, text, difference: printDifference(ground.text, text), stamp: new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '') };
}

/** The deployment without them, and with what has to be done where they are. Who is out of reach besides was told of, and holds nobody up. */
async function planned({ target, opening, before, lost, text, stamp }: Going, { progress }: Invocation): Promise<[Deployment, Plan]> {
  const after = await openReachable(groundOf(text, parseInventory(text, opening.file), opening), opening);
  const away = [...before.lost, ...after.lost].map(({ address }) => address);
  const wanted = wantedWithout({ before: before.deployment.inventory, after: after.deployment.inventory, roles: opening.roles, leaving: target.hosts.map(({ address }) => address), lost: [...away, ...lost], stamp });
  const transports = new Map([...before.deployment.transports, ...after.deployment.transports].filter(([address]) => wanted.some(({ host }) => host.address === address)));
  const deployment = { ...after.deployment, wanted, transports, lost: [] };
  return [deployment, await planDeployment(deployment, progress)];
}

/** The vault, the inventory and the roster without them. */
async function forgetInFiles({ target, opening, before, text, stamp }: Going, after: Inventory): Promise<{ backup?: string; retired?: string }> {
  const folder = dirname(opening.file);
  const retired = await retire(join(folder, 'vault'), { ...obsolete(before.deployment.inventory, after, opening.roles), stamp });
  const { backup } = await saveInventory(opening.file, text);
  await writeRoster(dismiss(await readRoster(folder), target.hosts.map(({ address }) => address), parseInventory(text, opening.file)), folder);
  return { ...(backup !== undefined && { backup }), ...(retired !== undefined && { retired }) };
}

/** What comes before the plan, for a reader. */
function firstSteps({ heir: { from, to }, seat }: Pick<Going, 'heir' | 'seat'>): string[] {
  const steps = [...(to === undefined ? [] : [`first ${from} hands over to ${to}`]), ...(seat ? [`first ${seat.member} leaves etcd`] : [])];
  return steps.length > 0 ? [...steps, ''] : [];
}

/** @throws Fault unreachable where what leaves cannot be reached, and nobody has said that it is lost; usage where it answers after all */
function refuseLost({ hosts, isHost }: Target, { lost }: Reachable, invocation: Invocation): string[] {
  const gone = lost.filter(({ address }) => hosts.some((host) => host.address === address));
  if (invocation.has('lost')) {
    if (gone.length === 0) throw new Fault('usage', `${hosts[0]!.address} answers: it is not lost`, { hint: 'without --lost it is taken down in good order' });
    return gone.map(({ address }) => address);
  }
  if (gone.length === 0) return [];
  const [first] = gone as [(typeof gone)[number]];
  throw new Fault('unreachable', first.because.message, { details: first.because.details, hint: `nothing was changed. When it is gone for good: pgark node remove ${first.address} --lost${isHost ? '' : ' comes first'}` });
}

/** @throws Fault usage */
function refuseOurselves({ hosts, isHost }: Target, { ground }: Reachable): void {
  const here = isHost && hosts.find(({ address }) => ground.transports.get(address)?.host === 'local');
  if (here) throw new Fault('usage', `${here.address} is the host that this runs on`, { hint: 'run it on another one that has the inventory and the vault' });
}

function textWithout({ hosts, cluster, isHost }: Target, { ground }: Opened, leader: string | undefined): string {
  const addresses = hosts.map(({ address }) => address).filter((address) => ground.draft.hosts.some((host) => host.address === address));
  if (addresses.length === 0) return ground.text;
  const isPrimary = hosts.some(({ vars }) => vars['pg_role'] === 'primary');
  const next = isPrimary && leader !== undefined ? { leader } : {};
  return isHost ? removeHost(ground, addresses[0]!, next.leader) : removeMembers(ground, { cluster: cluster!, addresses, ...next });
}

/** The names in the vault that no role speaks of any more. */
function obsolete(before: Inventory, after: Inventory, roles: readonly Role[]): { secrets: string[]; certificates: string[] } {
  const [had, has] = [before, after].map((inventory) => namesIn(inventory, roles)) as [ReturnType<typeof namesIn>, ReturnType<typeof namesIn>];
  return { secrets: had.secrets.filter((name) => !has.secrets.includes(name)), certificates: had.certificates.filter((name) => !has.certificates.includes(name)) };
}

function namesIn(inventory: Inventory, roles: readonly Role[]): { secrets: string[]; certificates: string[] } {
  const played = inventory.hosts.flatMap((host) => roles.filter((role) => role.plays(host, inventory)).map((role) => ({ role, host })));
  return {
    secrets: [...new Set(played.flatMap(({ role, host }) => role.secrets?.(host, inventory) ?? []))],
    certificates: [...new Set(played.flatMap(({ role, host }) => (role.certificates?.(host, inventory) ?? []).map(({ name }) => name)))],
  };
}

