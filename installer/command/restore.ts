import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Host } from '../inventory/inventory.ts';
import { complete, prepare, type Plan } from '../restore/act.ts';
import { discard } from '../restore/back.ts';
import { choose, type Attempt } from '../restore/choose.ts';
import { flush } from '../restore/flush.ts';
import type { Site } from '../restore/site.ts';
import { isMount, isTight, printRoom, roomOn, type Room } from '../restore/space.ts';
import { targetOf, type Target } from '../restore/target.ts';
import { confirmName } from './confirm.ts';
import { deploymentOptions } from './options.ts';
import { lockedTo } from './pg-open.ts';
import { isOpen, openRestoring, refuseProtected, refuseWithout, siteIn, sourcesOf, type Restoring } from './restore-open.ts';
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
    'in-place': { about: 'over the data that is there, for want of room: it is lost' },
    pause: { about: 'stop beside the running cluster, read-only, for a look' },
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
    const restoring = await openRestoring(name, invocation);
    switch (verbs[0]) {
      case 'promote': return goOn(restoring, invocation);
      case 'cancel': return cancel(restoring, invocation);
      case 'drop': return drop(restoring, invocation);
      case undefined: return restoreTo(restoring, invocation);
    }
  },
};

/** The plan, shown; the name, typed; then beside the cluster; then in its place. */
export async function restoreTo(restoring: Restoring, invocation: Invocation): Promise<object> {
  refuseProtected(restoring);
  refuseWithout(restoring.hosts);
  refuseBegun(restoring);
  const { met, leader } = restoring;
  const decided = await decide(restoring, invocation);
  invocation.print(printPlan(decided));
  if (invocation.has('dry-run')) return planAsJson(decided);
  await confirmName(met.cluster.name, invocation);
  return lockedTo(met, invocation, async (acting) => {
    await clear(restoring);
    if (leader && !(await flush(leader, acting))) invocation.progress.warn(`${leader.member} does not archive: what it wrote last is not in any repository`);
    const { plan, site } = await decide(restoring, invocation, decided);
    const state = await prepare(plan, site, acting);
    if (invocation.has('pause')) return looked(state, site, invocation);
    return told(await complete(state, site, acting), site, invocation);
  });
}

export interface Decided {
  plan: Plan;
  site: Site;
  rooms: readonly Room[];
}

/** Looks and decides; a second time after the leader has archived what it had, with the same time in the names. */
async function decide(restoring: Restoring, invocation: Invocation, before?: Decided): Promise<Decided> {
  const { met, hosts, leader } = restoring;
  const target = targetOf(invocation);
  const timeline = timelineOf(invocation);
  const [set, repository] = [invocation.value('set'), invocation.value('repo')];
  const sources = await sourcesOf(hosts, restoring);
  for (const { member, name, trouble } of sources) if (trouble !== undefined && !before) invocation.progress.warn(`${name} on ${member} cannot be read: ${trouble}`);
  const attempts = choose({ cluster: met.cluster.name, target, isExclusive: invocation.has('exclusive'), ...(timeline !== undefined && { timeline }), ...(set !== undefined && { set }), ...(repository !== undefined && { repository }), isAlive: leader !== undefined, now: Date.now() }, sources);
  const restoringHost = hostFor(attempts[0], restoring);
  const stamp = before?.plan.stamp ?? new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const site = siteIn(restoring, restoringHost, stamp);
  const plan: Plan = { target, isExclusive: invocation.has('exclusive'), attempts, sources, inPlace: invocation.has('in-place'), ...(leader && { leader: leader.member }), stamp };
  refusePause(target, invocation);
  const rooms = before?.rooms ?? (await roomsFor(plan, restoring));
  await refuseTight(plan, rooms, site);
  return { plan, site, rooms };
}

/** Who has the backup in a repository of its own; where all share it, who leads. */
function hostFor({ source }: Attempt, { hosts, leader, deployment: { inventory }, met }: Restoring): Host {
  const address = source.isLocal ? source.address : (leader?.address ?? inventory.leader(met.cluster.name)?.address);
  return hosts.find((host) => host.address === address) ?? hosts[0]!;
}

const roomsFor = ({ attempts, inPlace }: Plan, { met }: Restoring): Promise<Room[]> => (inPlace ? Promise.resolve([]) : Promise.all(met.here.map((seat) => roomOn(seat, Math.max(...attempts.map(({ backup }) => backup.size))))));

/** @throws Fault invalid where it cannot be laid beside what is there */
async function refuseTight({ inPlace }: Plan, rooms: readonly Room[], { met, place }: Site): Promise<void> {
  if (inPlace) return;
  const hint = '--in-place restores over the data that is there, which is lost then';
  const tight = rooms.filter(isTight);
  if (tight.length > 0) throw new Fault('invalid', `${met.cluster.name}: there is no room for a second copy of the data`, { details: tight.map(printRoom), hint });
  const mounted = (await Promise.all(met.here.map(async (seat) => ((await isMount(seat, place.data)) ? [seat.member] : [])))).flat();
  if (mounted.length > 0) throw new Fault('invalid', `${mounted.join(', ')}: ${place.data} is a file system of its own, beside which nothing can be laid`, { hint });
}

function refusePause(target: Target, invocation: Invocation): void {
  if (invocation.has('pause') && target.kind === 'latest') throw new Fault('usage', '--pause stops at a point, and --latest has none', { hint: '--time, --lsn, --xid or --name' });
  if (invocation.has('pause') && invocation.has('in-place')) throw new Fault('usage', '--pause looks at what stands beside the data, and --in-place restores over it');
}

/** @throws Fault usage where another one is half done */
function refuseBegun({ begun, met }: Restoring): void {
  if (!begun || !isOpen(begun.state) || ['copying', 'paused'].includes(begun.state.phase)) return;
  throw new Fault('usage', `a restore of ${met.cluster.name} to ${begun.state.target} is half done`, { hint: `pgark restore --cluster ${met.cluster.name} --promote finishes it, --cancel takes it back` });
}

/** One that was begun and has touched nothing makes way. */
async function clear(restoring: Restoring): Promise<void> {
  const { begun } = restoring;
  if (begun && isOpen(begun.state)) await discard(siteIn(restoring, begun.host, begun.state.stamp), begun.state.tablespaces);
}

function timelineOf({ value }: Invocation): number | undefined {
  const text = value('timeline');
  if (text === undefined || /^[1-9]\d{0,8}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new Fault('usage', `--timeline: "${text}" is no number of a timeline`);
}
