import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { checkReinit, reinit as makeAnew } from '../cluster/reinit.ts';
import { refusePretence, see, type Met } from '../cluster/sight.ts';
import { confirmName } from './confirm.ts';
import { printRows, rowsOf } from './pg-members.ts';
import { lockedTo, meetNamed, pgOptions, wordsOf } from './pg-open.ts';

export const reinit: CommandSpec = {
  name: 'pg reinit',
  arguments: 'CLUSTER MEMBER',
  about: 'destroys the data of a replica and copies it anew from the leader',
  options: {
    ...pgOptions,
    confirm: { value: 'MEMBER', about: 'the same name once more: do not ask for it' },
    patience: { value: 'SECONDS', about: 'how long to wait for the copy (3600)' },
  },
  notes: 'The leader is never touched, nor a member with pg_safeguard in the inventory. What takes longer than one cares to wait goes on by itself.',
  run: async (invocation) => {
    const [name, member] = wordsOf(invocation, ['CLUSTER', 'MEMBER']);
    secondsOf(invocation);
    return rebuild(member!, await meetNamed(name!, invocation), invocation);
  },
};

/** Shows how the cluster stands and what is lost; the name typed; the copy; how it stands then. */
export async function rebuild(member: string, met: Met, invocation: Invocation): Promise<object> {
  const { name } = met.cluster;
  const seconds = secondsOf(invocation);
  const sight = await see(met);
  await refusePretence(sight, met);
  const seat = checkReinit(member, sight, met);
  invocation.print(`${printRows(rowsOf(met, sight.members)).join('\n')}\n\nAll data of ${member} on ${seat.address} is destroyed and copied anew from ${sight.leader!.name}.`);
  await confirmName(member, invocation);
  const after = rowsOf(met, (await lockedTo(met, invocation, (acting) => makeAnew(seat, met, seconds, acting))).members);
  invocation.print(printRows(after).join('\n'));
  return { cluster: name, member, members: after.members };
}

function secondsOf({ value }: Invocation): number {
  const text = value('patience') ?? '3600';
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new Fault('usage', `--patience: "${text}" is no number of seconds`);
}
