import { Fault } from '../../repo/core/fault.ts';
import type { Completed } from '../transport/command.ts';
import type { Cluster, Seat } from './cluster.ts';
import { isLeader, isUp, leaderOf, readMembers, type Member } from './member.ts';
import { lastLine, patronictl } from './patronictl.ts';

/** A cluster, and which of its hosts can be reached at all. */
export interface Met {
  cluster: Cluster;
  here: readonly Seat[];
  lost: readonly { seat: Seat; because: Fault }[];
}

/** What Patroni says of a cluster. */
export interface Sight {
  members: readonly Member[];
  leader: Member | undefined;
  /** By way of whom it says so. */
  by: Seat;
}

/** Knocks at every host at once. */
export async function meet(cluster: Cluster): Promise<Met> {
  const knocked = await Promise.all(cluster.seats.map(async (seat) => ({ seat, because: await knock(seat) })));
  return {
    cluster,
    here: knocked.filter(({ because }) => because === undefined).map(({ seat }) => seat),
    lost: knocked.flatMap(({ seat, because }) => (because ? [{ seat, because }] : [])),
  };
}

/**
 * Asks one of the hosts that are there, and when it cannot tell, all the others at once.
 * @throws Fault unreachable where none of them can
 */
export async function see({ cluster, here, lost }: Met): Promise<Sight> {
  const failures: string[] = [];
  for (const seats of [here.slice(0, 1), here.slice(1)]) {
    const answers = await Promise.all(seats.map(async (seat) => ({ seat, answer: await ask(seat, cluster) })));
    const told = answers.find(({ answer }) => answer.code === 0);
    if (told) return sightOf(readMembers(told.answer.stdout), told.seat);
    failures.push(...answers.map(({ seat, answer }) => `${seat.address}: ${failureIn(answer)}`));
  }
  throw blind(cluster, failures, lost);
}

/** The host of a member, when it can be reached. */
export const seatOf = ({ here }: Met, member: string): Seat | undefined => here.find((seat) => seat.member === member);

/**
 * Whether a replica receives what the leader writes. What Patroni says of that is some seconds old, and before 3.1 it does not say it at all;
 * so its own server is asked. Of one whose host cannot be reached, Patroni's word counts.
 */
export async function streams(member: Member, met: Met): Promise<boolean> {
  const seat = seatOf(met, member.name);
  return seat ? isUp(member) && (await query(seat, 'SELECT status FROM pg_stat_wal_receiver')) === 'streaming' : member.state === 'streaming';
}

/** Whether a member leads for good: one that has just been chosen still has to be promoted. The leader of a standby cluster never is. */
export async function leads(member: Member, met: Met): Promise<boolean> {
  const seat = seatOf(met, member.name);
  if (!isLeader(member) || !isUp(member)) return false;
  return member.role !== 'Leader' || !seat || (await query(seat, 'SELECT pg_is_in_recovery()')) === 'f';
}

/**
 * Why the leader is one in name only, or nothing. Patroni up to 3.x tells what a single member of etcd remembers, quorum or not; the server
 * itself stops taking writes when its lead cannot be renewed.
 */
export async function pretence({ leader }: Sight, met: Met): Promise<string | undefined> {
  if (!leader || (await leads(leader, met))) return undefined;
  return `${leader.name} leads by what Patroni remembers, and takes no writes`;
}

/** @throws Fault apply where the leader is one in name only */
export async function refusePretence(sight: Sight, met: Met): Promise<void> {
  const what = await pretence(sight, met);
  if (what !== undefined) throw new Fault('apply', `${met.cluster.name}: ${what}`, { hint: `it may be changing at this moment; if it stays so: ${quorum}` });
}

/** Empty where the server does not answer. */
async function query({ transport, port, dbsu }: Seat, statement: string): Promise<string> {
  const [answer] = await transport.probe([{ argv: ['psql', '-XAtq', '-p', port, '-d', 'postgres', '-c', statement], as: dbsu, timeout: 15 }]);
  return answer!.stdout.trim();
}

const sightOf = (members: readonly Member[], by: Seat): Sight => ({ members, leader: leaderOf(members), by });

const knock = (seat: Seat): Promise<Fault | undefined> =>
  seat.transport.probe([{ argv: ['true'] }]).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof Fault) return error;
      throw error;
    },
  );

/** A host that is lost in the meantime is one that has no answer. */
const ask = async (seat: Seat, { name }: Cluster): Promise<Completed> =>
  seat.transport.probe([patronictl(seat, 20, 'list', '-f', 'json', name)]).then(
    ([answer]) => answer!,
    (error: unknown) => {
      if (error instanceof Fault) return { code: 255, stdout: '', stderr: error.message };
      throw error;
    },
  );

function blind(cluster: Cluster, failures: readonly string[], lost: Met['lost']): Fault {
  const details = [...failures, ...lost.flatMap(({ because }) => [because.message, ...because.details.map((line) => `  ${line}`)])];
  if (failures.length > 0) return new Fault('unreachable', `${cluster.name}: Patroni does not tell how it stands`, { details, hint: hintFor(failures) });
  const hint = lost[0]?.because.hint;
  return new Fault('unreachable', `${cluster.name}: none of its hosts can be reached`, { details, ...(hint !== undefined && { hint }) });
}

/** patronictl asks etcd again and again, and never gives up by itself. */
const failureIn = ({ code, stderr }: Completed): string => (/not responding properly|list of machines/.test(stderr) ? deaf : lastLine(stderr) || `patronictl ended with ${code}`);

const quorum = 'more than half of the members of etcd must run and see each other: pgark etcd list tells who does';

const deaf = 'etcd does not answer Patroni';

const hintFor = (failures: readonly string[]): string =>
  failures.some((line) => line.endsWith(deaf))
    ? `${quorum}. Until then nobody can change who leads`
    : 'systemctl status patroni on these hosts tells more';
