import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { chooseCandidate } from '../cluster/candidate.ts';
import { scheduleSwitchover, switchover as handOver } from '../cluster/switchover.ts';
import { refusePretence, see, type Met } from '../cluster/sight.ts';
import { confirm } from './confirm.ts';
import { printRows, rowsOf } from './pg-members.ts';
import { lockedTo, meetNamed, pgOptions, wordsOf, yes } from './pg-open.ts';

export const switchover: CommandSpec = {
  name: 'pg switchover',
  arguments: 'CLUSTER',
  about: 'hands the lead of a cluster over to a replica, without losing anything',
  options: {
    ...pgOptions,
    to: { value: 'MEMBER', about: 'who shall lead (the replica that has caught up best)' },
    at: { value: 'TIME', about: 'not now: 2026-12-01T03:00:00Z, or with an offset such as +01:00' },
    ...yes,
  },
  notes: 'Clients are cut off for some seconds and find the new leader behind the same ports.',
  run: async (invocation) => {
    const [name] = wordsOf(invocation, ['CLUSTER']);
    timeOf(invocation.value('at'));
    return switchOver(await meetNamed(name!, invocation), invocation);
  },
};

/** Shows how the cluster stands and who shall lead; consent; the switchover; how it stands then. */
export async function switchOver(met: Met, invocation: Invocation): Promise<object> {
  const { name } = met.cluster;
  const at = timeOf(invocation.value('at'));
  const sight = await see(met);
  await refusePretence(sight, met);
  if (!sight.leader) throw new Fault('apply', `${name} has no leader to hand over`, { hint: `pgark pg failover ${name} --to MEMBER gives it one` });
  const pair = { from: sight.leader.name, to: chooseCandidate(invocation.value('to'), sight, met.cluster).name };
  invocation.print(`${printRows(rowsOf(met, sight.members)).join('\n')}\n`);
  await confirm(`${pair.from} hands over to ${pair.to}${at === undefined ? ', now' : ` at ${at}`}?`, invocation);
  if (at !== undefined) {
    await lockedTo(met, invocation, () => scheduleSwitchover(pair, at, met));
    invocation.print(`Patroni hands over at ${at}. To call it off, on one of its hosts: patronictl flush ${name} switchover`);
    return { cluster: name, ...pair, at };
  }
  const after = rowsOf(met, (await lockedTo(met, invocation, (acting) => handOver(pair, met, acting))).members);
  invocation.print(printRows(after).join('\n'));
  return { cluster: name, ...pair, members: after.members };
}

/**
 * The same moment in UTC.
 * @throws Fault usage when it says no single moment, or one that is past
 */
export function timeOf(text: string | undefined, now = Date.now()): string | undefined {
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(time)) throw new Fault('usage', `--at: "${text}" is no date and time with its offset from UTC`, { hint: `for example ${new Date(now + 3_600_000).toISOString().slice(0, 16)}Z` });
  if (time <= now) throw new Fault('usage', `--at: ${text} is past`, { hint: 'without --at it is done now' });
  return new Date(time).toISOString().replace('.000', '');
}
