import { Fault } from '../../repo/core/fault.ts';
import { refuseInterrupted, type Acting } from '../cluster/clock.ts';
import { shell } from '../transport/command.ts';
import { discard } from './back.ts';
import { lastArchived, type Attempt } from './choose.ts';
import { copy, furnish, tail } from './copy.ts';
import { withDoors } from './doors.ts';
import { lsnOf, startOf } from './line.ts';
import { must } from './on.ts';
import { logOf, promote, recover, rest, type Recovered } from './recover.ts';
import type { Site } from './site.ts';
import type { Source } from './source.ts';
import { readState, writeState, type State } from './state.ts';
import { checkArchive, replace, stopCluster } from './swap.ts';
import { together } from './together.ts';
import { begin, bounds, tablespacesAt, tablespacesOf } from './tablespace.ts';
import { printTarget, type Target } from './target.ts';

/** What was decided. */
export interface Plan {
  target: Target;
  isExclusive: boolean;
  attempts: readonly [Attempt, ...Attempt[]];
  /** Over what is there, for want of room. */
  inPlace: boolean;
  leader?: string;
  stamp: string;
}

interface Doing {
  plan: Plan;
  site: Site;
  acting: Acting;
}

/** Has everything archived that was written up to now, and answers with what there is then, and what to try by it. */
export type Archiving = (acting: Acting) => Promise<Pick<Plan, 'attempts'> & { sources: readonly Source[] }>;

type Reached = Extract<Recovered, { at: 'point' | 'end' }>;
type Short = Extract<Recovered, { at: 'nowhere' }>;

/**
 * A backup, restored and recovered to the point, and nothing else: it stands beside the data, or in its place, and can be read on its socket.
 * @throws Fault invalid where the point is not reached; what was laid beside is gone by then, and nothing of the cluster was touched
 */
export async function prepare(plan: Plan, site: Site, archiving: Archiving, acting: Acting): Promise<State> {
  if (!plan.inPlace) return prepared(plan, site, archiving, acting).catch(async (error: unknown) => {
    await discard(site, (await readState(site.seat, site.place.folder))?.tablespaces ?? []);
    throw error;
  });
  const settled = await archiving(acting);
  await writeState(site.seat, site.place.folder, stateOf(plan, settled.attempts[0], 'copying'));
  await stopCluster(site, plan.leader, acting);
  return prepared({ ...plan, attempts: settled.attempts }, site, async () => settled, acting);
}

async function prepared(plan: Plan, site: Site, archiving: Archiving, acting: Acting): Promise<State> {
  const data = plan.inPlace ? site.place.data : site.place.stage;
  await furnish(site, data);
  return withDoors(site, acting, async () => {
    const short: string[] = [];
    const [first] = plan.attempts;
    const [{ attempts, sources }, laid] = await acting.progress.step(`restore ${plan.inPlace ? 'over' : 'beside'} ${site.place.data}`, (progress) => together(archiving, (doing) => lay(first, { plan, site, acting: doing }), { ...acting, progress }));
    for (const [index, attempt] of attempts.entries()) {
      const isLaid = index === 0 && isFrom(first, attempt);
      const state = isLaid ? await writeState(site.seat, site.place.folder, { ...laid, timeline: attempt.timeline }) : await lay(attempt, { plan, site, acting });
      const { recovered, now } = await recoverWith(state, attempt, { plan, site, acting });
      if (recovered.at !== 'nowhere') return reached(recovered, now, sources, { plan, site, acting });
      short.push(`from ${attempt.backup.label} along timeline ${attempt.timeline}: ${recovered.because}`);
    }
    throw new Fault('invalid', `${site.stanza}: ${printTarget(plan.target)} is not reached: WAL ends before it`, { details: short, hint: '--latest restores all there is' });
  });
}

/** The data of a backup, and what is known of it. */
async function lay(attempt: Attempt, { plan, site, acting }: Doing): Promise<State> {
  const tablespaces = await tablespacesOf(attempt, site.stanza, site.seatAt(hostOf(attempt, site)));
  const state = await writeState(site.seat, site.place.folder, { ...stateOf(plan, attempt, 'copying'), tablespaces });
  await copy({ attempt, tablespaces, inPlace: plan.inPlace }, site, acting);
  return state;
}

/** The same backup, whichever timeline is followed from it. */
const isFrom = (one: Attempt, other: Attempt): boolean => one.backup.label === other.backup.label && one.source.address === other.source.address && one.source.name === other.source.name;

/** Of a tablespace that was begun after the backup nobody knows before WAL tells of it: there it stops, and goes on when there is a place for it. */
async function recoverWith(state: State, { timeline }: Attempt, { plan, site, acting }: Doing): Promise<{ recovered: Reached | Short; now: State }> {
  const data = plan.inPlace ? site.place.data : site.place.stage;
  for (let now = state; ;) {
    const recovered = await recover({ target: plan.target, isExclusive: plan.isExclusive, timeline, data, bounds: await bounds(now, site) }, site, acting);
    if (recovered.at !== 'tablespace') return { recovered, now };
    const { begun } = recovered;
    if (now.tablespaces.some(({ location }) => location === begun.location)) throw new Fault('apply', `${site.seat.member}: the tablespace in ${begun.location} cannot be begun`, { details: await tail(site, logOf(site)) });
    now = await writeState(site.seat, site.place.folder, { ...now, tablespaces: [...now.tablespaces, begun] });
    await begin(begun, plan.inPlace, site);
  }
}

/**
 * It is promoted where it stands: as long as it recovers, what a transaction had locked that is not to be is locked for whoever looks, and that is the very
 * table. It looks for a timeline that nobody has begun yet, in all repositories.
 */
async function reached(recovered: Reached, state: State, sources: readonly Source[], { site, acting }: Doing): Promise<State> {
  if (recovered.at === 'end') await refuseGap(recovered.reached, state, sources, site);
  else await acting.progress.step('promote what was restored', () => promote(site));
  return writeState(site.seat, site.place.folder, { ...state, phase: 'ready', reached: recovered.reached, tablespaces: await tablespacesAt(state, site) });
}

/** A segment that is missing in the middle would end a recovery as the end of all does. */
async function refuseGap(told: string, { timeline, backup }: State, sources: readonly Source[], site: Site): Promise<void> {
  const last = lastArchived(sources);
  const log = await must(site.seat.transport, 'where the recovery has ended', { argv: shell('grep -E "redo done at|redo is not required" -- "$1" | tail -n 1', `${site.place.folder}/recovery.log`) });
  const end = /redo done at ([0-9A-F]+\/[0-9A-F]+)/.exec(log)?.[1];
  if (last === undefined || end === undefined || Number.parseInt(last.segment.slice(0, 8), 16) !== timeline || lsnOf(end) >= startOf(last.segment)) return;
  throw new Fault('invalid', `${site.stanza}: WAL is missing between ${end} and ${last.segment}, which is archived`, { details: [`from ${backup}: ${told}`], hint: '--time, with a moment before that, restores what leads up to it' });
}

/** What stands at its point becomes the cluster: in the place of what was there, under Patroni, with its replicas. */
export async function complete(state: State, site: Site, acting: Acting): Promise<State> {
  const { seat, place } = site;
  let now = state;
  if (now.phase === 'ready') {
    refuseInterrupted(acting, 'the cluster is stopped; what was restored stands beside it');
    await acting.progress.step('stop what was restored, with a checkpoint', () => rest(site));
    now = await writeState(seat, place.folder, { ...now, phase: 'replacing' });
  }
  if (!now.inPlace) await stopCluster(site, now.leader, acting);
  await replace(site, now, acting);
  now = await writeState(seat, place.folder, { ...now, phase: 'done' });
  await must(seat.transport, 'what is not needed any more is removed', { argv: ['rm', '-rf', '--', place.folder] });
  if (!site.isBare) await acting.progress.step('what was restored is archived', () => checkArchive(site, site.met.cluster.name));
  return now;
}

const hostOf = ({ source }: Attempt, { members }: Site): Site['restoring'] => members.find(({ address }) => address === source.address)!;

const stateOf = ({ target, isExclusive, inPlace, leader, stamp }: Plan, { backup, source, timeline }: Attempt, phase: State['phase']): State => ({
  format: 1,
  stamp,
  phase,
  target: printTarget(target, isExclusive),
  backup: `${backup.label} in ${source.name}${source.isLocal ? ` on ${source.member}` : ''}`,
  timeline,
  inPlace,
  tablespaces: [],
  ...(leader !== undefined && { leader }),
});
