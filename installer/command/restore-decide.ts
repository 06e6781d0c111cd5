import type { Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Host } from '../inventory/inventory.ts';
import type { Archiving, Plan } from '../restore/act.ts';
import { choose, type Attempt, type Wish } from '../restore/choose.ts';
import { flush } from '../restore/flush.ts';
import { placeOf } from '../restore/place.ts';
import { siteOf, type Site } from '../restore/site.ts';
import { isTight, printRoom, roomOn, type Room } from '../restore/space.ts';
import type { Tablespace } from '../restore/state.ts';
import { refuseMounted, tablespacesOf } from '../restore/tablespace.ts';
import { targetOf } from '../restore/target.ts';
import { sourcesOf, type Restoring } from './restore-open.ts';

/** What is to be done, where, and whether there is room. */
export interface Decided {
  plan: Plan;
  site: Site;
  rooms: readonly Room[];
  /** Of the backup that is tried first. */
  tablespaces: readonly Tablespace[];
}

export interface Deciding {
  /** Whose backups they are. */
  from: Restoring;
  /** Who takes them: the same cluster, or another one. */
  into: Restoring;
  /** Patroni does not run there yet: `apply` starts it where the inventory says that the leader is. */
  isBare: boolean;
}

/** Looks and decides; a second time under the lock, with the same time in the names. */
export async function decide({ from, into, isBare }: Deciding, invocation: Invocation, before?: Decided): Promise<Decided> {
  const sources = await sourcesOf(from.hosts, from);
  for (const { member, name, trouble } of before ? [] : sources) if (trouble !== undefined) invocation.progress.warn(`${name} on ${member} cannot be read: ${trouble}`);
  const wish = wishOf(from, invocation);
  const attempts = choose(wish, sources);
  const stamp = before?.plan.stamp ?? new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const { met, seatAt, leader, deployment: { inventory } } = into;
  const restoring = from.met.cluster.name === met.cluster.name && !isBare ? hostFor(attempts[0], into) : (inventory.leader(met.cluster.name) ?? into.hosts[0]!);
  const site = siteOf({ stanza: wish.cluster, met, restoring, inventory, stamp, isBare, seatAt });
  const plan: Plan = { target: wish.target, isExclusive: wish.isExclusive, attempts, inPlace: invocation.has('in-place'), ...(leader && { leader: leader.member }), stamp };
  const rooms = before?.rooms ?? (await roomsFor(plan, into));
  const tablespaces = before?.tablespaces ?? (await tablespacesOf(attempts[0], wish.cluster, from.seatAt(from.hosts.find(({ address }) => address === attempts[0].source.address)!)));
  if (!plan.inPlace) await refuseTight(rooms, tablespaces, site);
  return { plan, site, rooms, tablespaces };
}

/** The leader, if there is one, archives what it has. */
export const archivingOf = (from: Restoring, invocation: Invocation): Archiving => async (acting) => {
  const { leader } = from;
  if (leader && !(await flush(leader, acting))) acting.progress.warn(`${leader.member} does not archive: what it wrote last is not in any repository`);
  const sources = await sourcesOf(from.hosts, from);
  return { attempts: choose(wishOf(from, invocation), sources), sources };
};

function wishOf({ met, leader }: Restoring, invocation: Invocation): Wish {
  const timeline = timelineOf(invocation);
  const [set, repository] = [invocation.value('set'), invocation.value('repo')];
  return { cluster: met.cluster.name, target: targetOf(invocation), isExclusive: invocation.has('exclusive'), ...(timeline !== undefined && { timeline }), ...(set !== undefined && { set }), ...(repository !== undefined && { repository }), isAlive: leader !== undefined, now: Date.now() };
}

/** Who has the backup in a repository of its own; where all share it, who leads. */
function hostFor({ source }: Attempt, { hosts, leader, deployment: { inventory }, met }: Restoring): Host {
  const address = source.isLocal ? source.address : (leader?.address ?? inventory.leader(met.cluster.name)?.address);
  return hosts.find((host) => host.address === address) ?? hosts[0]!;
}

const roomsFor = ({ attempts, inPlace }: Plan, { hosts, seatAt }: Restoring): Promise<Room[]> => (inPlace ? Promise.resolve([]) : Promise.all(hosts.map((host) => roomOn(seatAt(host), placeOf(host, '').folder, Math.max(...attempts.map(({ backup }) => backup.size))))));

/** @throws Fault invalid where it cannot be laid beside what is there */
async function refuseTight(rooms: readonly Room[], tablespaces: readonly Tablespace[], site: Site): Promise<void> {
  const tight = rooms.filter(isTight);
  if (tight.length > 0) throw new Fault('invalid', `${site.met.cluster.name}: there is no room for a second copy of the data`, { details: tight.map(printRoom), hint: '--in-place restores over the data that is there, which is lost then' });
  await refuseMounted([site.place.data, ...tablespaces.map(({ location }) => location)], site);
}

function timelineOf({ value }: Invocation): number | undefined {
  const text = value('timeline');
  if (text === undefined || /^[1-9]\d{0,8}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new Fault('usage', `--timeline: "${text}" is no number of a timeline`);
}
