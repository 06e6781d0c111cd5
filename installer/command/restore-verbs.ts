import type { Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { complete } from '../restore/act.ts';
import { discard, dropped, leftovers, putBack } from '../restore/back.ts';
import { forgotten, writeState } from '../restore/state.ts';
import { confirmName } from './confirm.ts';
import { lockedTo } from './pg-open.ts';
import { begunIn, isOpen, refuseProtected, siteIn, type Restoring } from './restore-open.ts';
import { told } from './restore-print.ts';

/** Brings a restore to its end that stands at its point, or was cut off after it. */
export async function goOn(restoring: Restoring, invocation: Invocation): Promise<object> {
  refuseProtected(restoring);
  const { host, state } = begunIn(restoring, 'go on with');
  const { name } = restoring.met.cluster;
  if (!isOpen(state)) throw new Fault('usage', `${name} was restored to ${state.target} already`, { hint: `pgark restore --cluster ${name} --cancel takes it back` });
  const site = siteIn(restoring, host, state.stamp);
  if (state.phase === 'back') throw new Fault('usage', `the restore of ${name} is being taken back`, { hint: `pgark restore --cluster ${name} --cancel brings that to its end` });
  if (state.phase === 'copying') throw new Fault('apply', `what was restored of ${name} is not at its point, and nothing of the cluster was touched`, { hint: `pgark restore --cluster ${name} with the point begins anew` });
  invocation.print(`${name} on ${site.seat.member}: to ${state.target}, from ${state.backup}; ${state.reached ?? ''}`);
  await confirmName(name, invocation);
  return lockedTo(restoring.met, invocation, async (acting) => told(await complete(state, site, acting), site, invocation));
}

/** Before anything was replaced, throws away what stands beside; after that, puts back what was replaced. */
export async function cancel(restoring: Restoring, invocation: Invocation): Promise<object> {
  refuseProtected(restoring);
  const { host, state } = begunIn(restoring, 'take back');
  const { name } = restoring.met.cluster;
  const site = siteIn(restoring, host, state.stamp);
  const isReplaced = ['replacing', 'done', 'back'].includes(state.phase);
  if (state.inPlace) throw new Fault('usage', `${name} was restored in place: what was there is not kept`, { hint: `pgark restore --cluster ${name} with another point` });
  invocation.print(isReplaced ? `${name} becomes again what it was before it was restored to ${state.target}. What was written since then is kept beside, as ${site.place.data}-restored-${state.stamp}.` : `What was restored of ${name} beside it on ${site.seat.member} is thrown away; the cluster is not touched.`);
  await confirmName(name, invocation);
  await lockedTo(restoring.met, invocation, async (acting) => {
    if (!isReplaced) return discard(site, state.tablespaces);
    await putBack(site, await writeState(site.seat, site.place.folder, { ...state, phase: 'back' }), acting);
    await forgotten(site.seat, site.place.folder);
  });
  invocation.print(isReplaced ? `${name} is what it was` : `nothing of ${name} was touched`);
  return { cluster: name, cancelled: state.target, replaced: isReplaced };
}

/** Removes what restores have kept of a cluster, on every member. */
export async function drop(restoring: Restoring, invocation: Invocation): Promise<object> {
  const { met, hosts, seatAt, begun } = restoring;
  const { name } = met.cluster;
  if (begun && isOpen(begun.state)) throw new Fault('usage', `a restore of ${name} is under way`, { hint: `pgark restore --cluster ${name} --promote finishes it, --cancel takes it back` });
  const kept = await Promise.all(hosts.map(async (host) => ({ host, found: await leftovers(host, seatAt(host), begun?.state.tablespaces) })));
  const paths = kept.flatMap(({ host, found }) => found.map(({ path, size }) => ({ member: seatAt(host).member, path, size })));
  if (paths.length === 0) throw new Fault('usage', `nothing is kept of ${name}`);
  invocation.print(paths.map(({ member, path, size }) => `${member}  ${path}  ${size} MB`).join('\n'));
  if (!restoring.leader) throw new Fault('apply', `${name} has no leader: what is kept may be all there is`, { hint: 'pgark pg list shows how it stands' });
  await confirmName(name, invocation);
  await lockedTo(met, invocation, async ({ progress }) => {
    await progress.each(kept.filter(({ found }) => found.length > 0), 8, ({ host, found }) => dropped(seatAt(host), found.map(({ path }) => path)));
    if (begun) await forgotten(seatAt(begun.host), siteIn(restoring, begun.host, '').place.folder);
  });
  return { cluster: name, dropped: paths };
}
