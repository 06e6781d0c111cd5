import { table } from '../../repo/console/print.ts';
import type { Fault } from '../../repo/core/fault.ts';
import { isLeader, megabyte, type Member } from '../cluster/member.ts';
import type { Met } from '../cluster/sight.ts';

/** A member as it is shown: what Patroni says of it, and where it stands in the inventory. */
export type Row = Partial<Omit<Member, 'name' | 'barred'>> & {
  name: string;
  /** The key of its host in the inventory; absent for one that the inventory does not have. */
  address?: string;
  /** Why its host could not be reached. */
  lost?: string;
};

export interface ClusterRows {
  name: string;
  leader?: string;
  timeline?: number;
  members: readonly Row[];
  /** Why Patroni could not be asked, line by line; then nothing is known but who should be there. */
  problem?: readonly string[];
  /** What is wrong with what Patroni says. */
  note?: string;
}

/** Members of the inventory by pg_seq, whether or not Patroni knows them; then those that only Patroni knows. */
export function rowsOf({ cluster, lost }: Met, members: readonly Member[]): ClusterRows {
  const seated = cluster.seats.map(({ member, address }) => {
    const because = lost.find(({ seat }) => seat.member === member)?.because.message;
    return { ...shown(members.find(({ name }) => name === member)), name: member, address, ...(because !== undefined && { lost: because }) };
  });
  const others = members.filter(({ name }) => !cluster.seats.some((seat) => seat.member === name)).map((member) => ({ ...shown(member), name: member.name }));
  const leader = members.find(isLeader);
  return { name: cluster.name, ...(leader && { leader: leader.name }), ...(leader?.timeline !== undefined && { timeline: leader.timeline }), members: [...seated, ...others] };
}

/** The same where Patroni could not be asked. */
export const unseen = (met: Met, because: Fault): ClusterRows => ({ ...rowsOf(met, []), problem: [because.message.replace(`${met.cluster.name}: `, ''), ...because.details] });

export function printRows({ name, leader, timeline, members, problem, note }: ClusterRows): string[] {
  const standing = problem?.[0] ?? note ?? (leader === undefined ? 'no leader' : `${leader} leads${timeline === undefined ? '' : `, timeline ${timeline}`}`);
  const heading = ['  member', 'role', 'state', 'timeline', 'lag', 'host', ''];
  const rows = members.map((row) => cellsOf(problem ? { state: 'nobody knows', ...row } : row));
  return [`cluster ${name}: ${standing}`, ...(problem ?? []).slice(1).map((line) => `  ${line}`), ...table([heading, ...rows]).split('\n')];
}

function cellsOf(row: Row): string[] {
  const { name, role = '', state = 'unknown to Patroni', timeline = '', address, host = '', pendingRestart, lost } = row;
  const remarks = [pendingRestart ? 'waits for a restart' : '', lost === undefined ? '' : 'host cannot be reached', address === undefined ? 'not in the inventory' : ''];
  return [`  ${name}`, role, state, String(timeline), lagOf(row), address ?? host, remarks.filter(Boolean).join(', ')];
}

function lagOf({ role, lag }: Row): string {
  if (role === undefined || role.endsWith('Leader')) return '';
  return lag === undefined ? 'unknown' : `${Math.round(lag / megabyte)} MB`;
}

function shown(member: Member | undefined): Partial<Omit<Member, 'name' | 'barred'>> {
  if (!member) return {};
  const { name: _name, barred: _barred, ...rest } = member;
  return rest;
}
