import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { addMember, instanceNamed, nextSeq, type Joining } from '../inventory/edit.ts';
import type { Roster } from '../inventory/roster.ts';
import type { Draft } from '../inventory/draft.ts';
import { guess } from '../inventory/guess.ts';
import { editOptions, grow, openWritten } from './grow.ts';
import { wordsOf, yes } from './pg-open.ts';

export const add: CommandSpec = {
  name: 'pg add',
  arguments: 'CLUSTER ADDRESS',
  about: 'adds a member to a cluster: writes it into the inventory, then applies that',
  options: {
    ...editOptions,
    ...yes,
    role: { value: 'ROLE', about: 'replica (when left out), or offline: it serves reports and never leads' },
    seq: { value: 'N', about: 'its number; the next one when left out' },
    new: { about: 'there is no such cluster yet: it begins with this member' },
  },
  notes: 'Comments and order of the inventory stay, and a copy of it is kept. Nobody else is restarted.',
  run: async (invocation) => {
    const [cluster, address] = wordsOf(invocation, ['CLUSTER', 'ADDRESS']) as [string, string];
    const opened = await openWritten(invocation);
    return grow(addMember(opened.ground, joiningOf(cluster, address, { draft: opened.ground.draft, roster: opened.roster }, invocation)), opened, invocation);
  },
};

/**
 * Who joins, and as what.
 * @throws Fault usage
 */
export function joiningOf(cluster: string, address: string, { draft, roster }: { draft: Draft; roster: Roster }, invocation: Pick<Invocation, 'value' | 'has'>): Joining {
  const names = [...new Set(draft.hosts.flatMap(({ vars }) => (vars['pg_cluster'] === undefined ? [] : [String(vars['pg_cluster'])])))];
  const isNew = invocation.has('new');
  if (isNew && names.includes(cluster)) throw new Fault('usage', `there is a cluster ${cluster} already`, { hint: 'without --new the host becomes a member of it' });
  if (!isNew && !names.includes(cluster)) throw new Fault('usage', `the inventory has no cluster "${cluster}"${guess(cluster, names)}`, { hint: `it has ${names.join(', ') || 'none'}; --new begins another one` });
  return { cluster, address, role: isNew ? 'primary' : roleOf(invocation), seq: seqOf(invocation) ?? nextSeq(cluster, draft, (seq) => isTaken(`${cluster}-${seq}`, address, roster)) };
}

function roleOf({ value }: Pick<Invocation, 'value'>): 'replica' | 'offline' {
  const role = value('role') ?? 'replica';
  if (role === 'replica' || role === 'offline') return role;
  throw new Fault('usage', `--role: "${role}" is not what a member joins as`, { hint: role === 'primary' ? 'it joins as a replica; pgark pg switchover gives it the lead' : 'replica or offline' });
}

function seqOf({ value }: Pick<Invocation, 'value'>): number | undefined {
  const text = value('seq');
  if (text === undefined) return undefined;
  if (/^(0|[1-9]\d{0,5})$/.test(text)) return Number(text);
  throw new Fault('usage', `--seq: "${text}" is no number of a member`);
}

/** Another host runs under this name still, or is called by it. */
function isTaken(member: string, address: string, { hosts, retired }: Roster): boolean {
  const isOther = (each: { address: string }): boolean => each.address !== address;
  return retired.some((each) => each.member === member && isOther(each)) || hosts.some((each) => isOther(each) && each.vars['pg_cluster'] !== undefined && instanceNamed(each) === member);
}
