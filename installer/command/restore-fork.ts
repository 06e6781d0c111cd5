import type { Invocation } from '../../repo/console/command.ts';
import { printDifference } from '../../repo/core/difference.ts';
import { Fault } from '../../repo/core/fault.ts';
import { parseInventory } from '../inventory/draft.ts';
import { addMember, membersOf } from '../inventory/edit.ts';
import { deploymentOn } from '../deployment.ts';
import { groundOf, type Ground } from '../ground.ts';
import { complete, prepare } from '../restore/act.ts';
import { shell } from '../transport/command.ts';
import { saveInventory } from '../wizard/save.ts';
import { confirmName } from './confirm.ts';
import { openWritten, type Opened } from './grow.ts';
import { joiningOf } from './pg-add.ts';
import { lockedTo } from './pg-open.ts';
import { archivingOf, decide } from './restore-decide.ts';
import { again, equip, finish } from './restore-equip.ts';
import { refuseWithout, restoringOf, sourcesOf, type Restoring } from './restore-open.ts';
import { planAsJson, printPlan } from './restore-print.ts';

/** A cluster from the backups of another one, which goes on running: the inventory and the plan, shown; the name of the new one, typed. */
export async function fork(name: string, to: string, invocation: Invocation): Promise<object> {
  for (const option of ['pause', 'in-place']) if (invocation.has(option)) throw new Fault('usage', `--${option} is about the cluster itself, and --to lays another one beside it`);
  const opened = await openWritten(invocation);
  const { opening } = opened;
  const text = textWith(to, opened, invocation);
  const ground = groundOf(text, parseInventory(text, opening.file), opening);
  const deployment = await deploymentOn(ground, { ...opening, makeshift: true });
  const [from, into] = [await restoringOf(name, deployment), await restoringOf(to, deployment)];
  refuseWithout(from.hosts);
  await refuseUsed(into, from);
  const decided = await decide({ from, into, isBare: true }, invocation);
  const difference = printDifference(opened.ground.text, text);
  invocation.print([...(difference === '' ? [] : [opening.file, difference, '']), printPlan(decided)].join('\n'));
  if (invocation.has('dry-run')) return { inventory: opening.file, difference, ...planAsJson(decided) };
  await confirmName(to, invocation);
  await equip(ground, opening, invocation, async () => void (await saveInventory(opening.file, text)));
  await fill(name, to, ground, opened, invocation);
  await finish(ground, opening, invocation);
  invocation.print(`${to} is restored from ${name} and runs beside it. What it archives goes into its own repository`);
  return { cluster: to, from: name, inventory: opening.file, difference, ...planAsJson(decided) };
}

/** Data in the place where Patroni will look for it. */
async function fill(name: string, to: string, ground: Ground, { opening }: Opened, invocation: Invocation): Promise<void> {
  const [from, into] = [await again(name, ground, opening), await again(to, ground, opening)];
  await refuseBackups(into);
  const both = { ...into.met, here: [...into.met.here, ...from.met.here.filter(({ address }) => !into.met.here.some((each) => each.address === address))] };
  await lockedTo(both, invocation, async (acting) => {
    const { plan, site } = await decide({ from, into, isBare: true }, invocation);
    await complete(await prepare(plan, site, archivingOf(from, invocation), acting), site, acting);
  });
}

/** The inventory with the new cluster in it. */
function textWith(to: string, { ground, roster }: Opened, invocation: Invocation): string {
  const on = invocation.value('on');
  const isThere = membersOf(to, ground.draft).length > 0;
  if (isThere && on !== undefined) throw new Fault('usage', `the inventory has ${to} already`, { hint: 'without --on' });
  if (isThere) return ground.text;
  if (on === undefined) throw new Fault('usage', `the inventory has no cluster "${to}"`, { hint: '--on ADDRESS begins it on a host' });
  return addMember(ground, joiningOf(to, on, { draft: ground.draft, roster }, { value: () => undefined, has: (option) => option === 'new' }));
}

/** @throws Fault invalid where there is something that would be lost, or cannot read what is restored */
async function refuseUsed({ hosts, seatAt, met }: Restoring, from: Restoring): Promise<void> {
  const { name } = met.cluster;
  if (name === from.met.cluster.name) throw new Fault('usage', `${name} cannot be laid beside itself`, { hint: 'without --to it is restored in its own place' });
  const other = hosts.find(({ vars }) => vars.pg_version !== from.hosts[0]!.vars.pg_version);
  if (other) throw new Fault('invalid', `${name} is to run PostgreSQL ${other.vars.pg_version}, and the backups are of ${from.hosts[0]!.vars.pg_version}`, { hint: 'pg_version of the new cluster says which' });
  const used = await Promise.all(hosts.map(async (host) => ((await seatAt(host).transport.probe([{ argv: shell('[ -e "$1/PG_VERSION" ]', host.vars.pg_data), timeout: 20 }]))[0]!.code === 0 ? [seatAt(host).member] : [])));
  if (used.flat().length > 0) throw new Fault('invalid', `${used.flat().join(', ')}: there is data already, and a copy is not laid over it`, { hint: `pgark pg remove ${name} takes the cluster out and keeps its data aside` });
}

/** @throws Fault invalid where the new name has backups of something else */
async function refuseBackups(into: Restoring): Promise<void> {
  const labels = (await sourcesOf(into.hosts, into)).flatMap(({ backups, name }) => backups.map(({ label }) => `${label} in ${name}`));
  if (labels.length > 0) throw new Fault('invalid', `${into.met.cluster.name}: the repository has backups of another cluster of this name`, { details: labels.slice(0, 6), hint: 'take another name' });
}
