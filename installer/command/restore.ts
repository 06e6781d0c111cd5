import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { complete, prepare } from '../restore/act.ts';
import { discard } from '../restore/back.ts';
import { targetOf } from '../restore/target.ts';
import { confirmName } from './confirm.ts';
import { openWritten } from './grow.ts';
import { deploymentOptions } from './options.ts';
import { lockedTo } from './pg-open.ts';
import { archivingOf, decide } from './restore-decide.ts';
import { again, bareOf, equip, finish } from './restore-equip.ts';
import { fork } from './restore-fork.ts';
import { isOpen, openRestoring, refuseProtected, refuseWithout, siteIn, type Restoring } from './restore-open.ts';
import { looked, planAsJson, printPlan, told } from './restore-print.ts';
import { cancel, drop, goOn } from './restore-verbs.ts';

export const restore: CommandSpec = {
  name: 'restore',
  about: 'brings a cluster back to a point in time, from its backups and archive',
  options: {
    ...deploymentOptions,
    cluster: { value: 'NAME', about: 'which cluster' },
    time: { value: 'TIME', about: 'to this moment: "2026-11-22 21:03:13" in the zone of this machine, or with Z, +01:00' },
    lsn: { value: 'LSN', about: 'to this place in WAL' },
    xid: { value: 'XID', about: 'to the commit of this transaction' },
    name: { value: 'NAME', about: 'to this restore point (pg_create_restore_point)' },
    latest: { about: 'to the end of what is archived' },
    exclusive: { about: 'stop just before that point, not just after it' },
    timeline: { value: 'N', about: 'along this timeline; without it, the one on which the point lies' },
    set: { value: 'LABEL', about: 'from this backup; without it, the last one that ends before the point' },
    repo: { value: 'NAME', about: 'from this repository of pgbackrest_repo' },
    to: { value: 'NEW', about: 'into another cluster, beside this one, which goes on running' },
    on: { value: 'ADDRESS', about: 'where NEW begins, if the inventory does not have it' },
    'in-place': { about: 'over the data that is there, for want of room: it is lost' },
    pause: { about: 'leave it beside the running cluster, for a look; --promote goes on' },
    promote: { about: 'go on: after a look, or where a restore was cut off' },
    cancel: { about: 'take it back: what was restored beside, or what was replaced' },
    drop: { about: 'remove what restores have kept' },
    'dry-run': { about: 'show what would be done, and do nothing' },
    confirm: { value: 'NAME', about: 'the name of the cluster once more: do not ask for it' },
  },
  notes: 'It is restored and recovered beside the cluster, which runs on until the point is reached. Only then it is stopped and what was there is put aside, on every member, and kept until --drop.',
  run: async (invocation) => {
    const name = invocation.value('cluster');
    if (name === undefined) throw new Fault('usage', '--cluster is missing', { hint: 'pgark restore --cluster NAME --time TIME' });
    const verbs = (['promote', 'cancel', 'drop'] as const).filter((verb) => invocation.has(verb));
    if (verbs.length > 1) throw new Fault('usage', `--${verbs.join(' and --')} cannot be done at once`);
    if (verbs.length === 0) targetOf(invocation);
    const to = invocation.value('to');
    switch (verbs[0]) {
      case 'promote': return goOn(await openRestoring(name, invocation), invocation);
      case 'cancel': return cancel(await openRestoring(name, invocation), invocation);
      case 'drop': return drop(await openRestoring(name, invocation), invocation);
      case undefined: return to === undefined ? restoreOrEquip(name, invocation) : fork(name, to, invocation);
    }
  },
};

/** The plan, shown; the name, typed; then beside the cluster; then in its place. */
async function restoreTo(restoring: Restoring, invocation: Invocation, isBare = false): Promise<object> {
  const { met } = restoring;
  const deciding = { from: restoring, into: restoring, isBare };
  const decided = await decide(deciding, invocation);
  invocation.print(printPlan(decided));
  if (invocation.has('dry-run')) return planAsJson(decided);
  await confirmName(met.cluster.name, invocation);
  return lockedTo(met, invocation, async (acting) => {
    await clear(restoring);
    const { plan, site } = await decide(deciding, invocation, decided);
    const state = await prepare(plan, site, archivingOf(restoring, invocation), acting);
    if (invocation.has('pause')) return looked(state, site, invocation);
    return told(await complete(state, site, acting), site, invocation);
  });
}

/** Where nothing is installed yet, that comes first, without starting anything; what starts comes after it. */
async function restoreOrEquip(name: string, invocation: Invocation): Promise<object> {
  const restoring = await openRestoring(name, invocation);
  refuseProtected(restoring);
  refuseWithout(restoring.hosts);
  refusePause(invocation);
  refuseBegun(restoring);
  const bare = await bareOf(restoring);
  if (bare.length === 0) return restoreTo(restoring, invocation);
  invocation.print(`${bare.join(', ')}: what restores is not installed there yet; that comes first, and starts nothing`);
  if (invocation.has('dry-run')) return { cluster: name, bare };
  await confirmName(name, invocation);
  const { opening, ground } = await openWritten(invocation);
  await equip(ground, opening, invocation);
  const result = await restoreTo(await again(name, ground, opening), { ...invocation, value: (option) => (option === 'confirm' ? name : invocation.value(option)) }, true);
  await finish(ground, opening, invocation);
  return result;
}

function refusePause(invocation: Invocation): void {
  if (invocation.has('pause') && invocation.has('in-place')) throw new Fault('usage', '--pause looks at what stands beside the data, and --in-place restores over it');
}

/** @throws Fault usage where another one is half done */
function refuseBegun({ begun, met }: Restoring): void {
  if (!begun || !isOpen(begun.state) || ['copying', 'ready'].includes(begun.state.phase)) return;
  throw new Fault('usage', `a restore of ${met.cluster.name} to ${begun.state.target} is half done`, { hint: `pgark restore --cluster ${met.cluster.name} --promote finishes it, --cancel takes it back` });
}

/** One that was begun and has touched nothing makes way. */
async function clear(restoring: Restoring): Promise<void> {
  const { begun } = restoring;
  if (begun && isOpen(begun.state)) await discard(siteIn(restoring, begun.host, begun.state.stamp), begun.state.tablespaces);
}

