import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { refuseStranger } from '../cluster/cluster.ts';
import { see, type Met, type Sight } from '../cluster/sight.ts';
import { failover as takeOver } from '../cluster/switchover.ts';
import { confirm, confirmName } from './confirm.ts';
import { printRows, rowsOf } from './pg-members.ts';
import { lockedTo, meetNamed, pgOptions, wordsOf, yes } from './pg-open.ts';

export const failover: CommandSpec = {
  name: 'pg failover',
  arguments: 'CLUSTER',
  about: 'makes a member the leader of a cluster that has none',
  options: {
    ...pgOptions,
    to: { value: 'MEMBER', about: 'who shall lead' },
    confirm: { value: 'MEMBER', about: 'the same name once more: take the lead from a leader that is there' },
    ...yes,
  },
  notes: `What the member has not received is lost. While there is a leader, its name must be typed, or given with --confirm;
pgark pg switchover is the way that loses nothing.`,
  run: async (invocation) => {
    const [name] = wordsOf(invocation, ['CLUSTER']);
    const to = invocation.value('to');
    if (to === undefined) throw new Fault('usage', '--to MEMBER is missing', { hint: `pgark pg list ${name} shows who there is` });
    return failOver(to, await meetNamed(name!, invocation), invocation);
  },
};

/** Shows how the cluster stands; consent, or the name typed where it takes the lead from somebody; the failover; how it stands then. */
export async function failOver(to: string, met: Met, invocation: Invocation): Promise<object> {
  const { name } = met.cluster;
  const sight = await see(met);
  refuseStranger(to, sight.members.map((member) => member.name), met.cluster);
  if (sight.leader?.name === to) throw new Fault('apply', `${to} leads ${name} already`);
  invocation.print(`${printRows(rowsOf(met, sight.members)).join('\n')}\n`);
  await consent(to, sight, invocation);
  const after = rowsOf(met, (await lockedTo(met, invocation, (acting) => takeOver(to, met, acting))).members);
  invocation.print(printRows(after).join('\n'));
  return { cluster: name, to, members: after.members };
}

async function consent(to: string, { leader }: Sight, invocation: Invocation): Promise<void> {
  if (!leader) return confirm(`make ${to} the leader? What it has not received is lost.`, invocation);
  invocation.print(`${leader.name} leads. ${to} takes the lead from it, and what it has not received is lost; a switchover loses nothing.`);
  await confirmName(to, invocation);
}
