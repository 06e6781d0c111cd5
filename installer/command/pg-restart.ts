import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { exitCodes } from '../../repo/core/fault.ts';
import { describeRestart } from '../cluster/pending.ts';
import { planRestart, restart as restartAll, type RestartPlan } from '../cluster/restart.ts';
import { refusePretence, see, type Met } from '../cluster/sight.ts';
import { confirm } from './confirm.ts';
import { printRows, rowsOf } from './pg-members.ts';
import { lockedTo, meetNamed, pgOptions, wordsOf, yes } from './pg-open.ts';

export const restart: CommandSpec = {
  name: 'pg restart',
  arguments: 'CLUSTER [MEMBER]',
  about: 'restarts PostgreSQL, one member after the other, the leader last and through a switchover',
  options: {
    ...pgOptions,
    pending: { about: 'only members that wait for a restart' },
    'leader-in-place': { about: 'restart the leader where it is: nobody writes meanwhile' },
    ...yes,
  },
  notes: `Each replica streams again before the next one is restarted. A cluster of one member is restarted in place.
A setting that was lowered (max_connections, max_wal_senders …) takes effect on the leader first: --leader-in-place.
It ends with 8 when a member still waits for a restart after that.`,
  run: async (invocation) => {
    const [name, member] = wordsOf(invocation, ['CLUSTER'], ['MEMBER']);
    return restartThose(member, await meetNamed(name!, invocation), invocation);
  },
};

/** Shows how the cluster stands and what will be restarted; consent; the restarts; how it stands then, and who still waits for one. */
export async function restartThose(member: string | undefined, met: Met, invocation: Invocation): Promise<object> {
  const { name } = met.cluster;
  const sight = await see(met);
  await refusePretence(sight, met);
  const plan = planRestart({ ...(member !== undefined && { member }), pending: invocation.has('pending'), inPlace: invocation.has('leader-in-place') }, sight, met.cluster);
  const due = namesIn(plan);
  invocation.print(`${printRows(rowsOf(met, sight.members)).join('\n')}\n`);
  if (due.length === 0) {
    invocation.print('nothing waits for a restart');
    return { cluster: name, restarted: [], members: rowsOf(met, sight.members).members };
  }
  await confirm(`restart ${describeRestart(plan)}?`, invocation);
  const { members } = await lockedTo(met, invocation, (acting) => restartAll(plan, met, acting));
  const after = rowsOf(met, members);
  invocation.print(printRows(after).join('\n'));
  const waiting = members.filter((each) => each.pendingRestart && due.includes(each.name)).map((each) => each.name);
  if (waiting.length > 0) invocation.progress.warn(`${waiting.join(', ')} still ${waiting.length === 1 ? 'waits' : 'wait'} for a restart, as for a lowered setting until the leader has it: pgark pg restart ${name} --pending --leader-in-place`);
  return { cluster: name, restarted: due, members: after.members, ...(waiting.length > 0 && { exitCode: exitCodes.apply }) };
}

const namesIn = ({ replicas, leader }: RestartPlan): string[] => [...replicas, ...(leader ? [leader.name] : [])];
