import type { Answer, Commit, Touch } from './told.ts';

/** The longest time between two acknowledged commits of one client that ends after `from`. */
export function outage(times: readonly number[], from: number): number {
  let longest = 0;
  for (const [index, time] of times.entries()) if (index > 0 && time > from) longest = Math.max(longest, time - times[index - 1]!);
  return longest;
}

/** What was acknowledged and is not there. */
export function lost(acknowledged: readonly Commit[], there: ReadonlySet<string>): Commit[] {
  return acknowledged.filter((commit) => !there.has(keyOf(commit)));
}

export const keyOf = ({ writer, number }: Pick<Commit, 'writer' | 'number'>): string => `${writer} ${number}`;

/**
 * Writes that began on a timeline when a later one had taken writes already, elsewhere: two primaries at once. A later
 * timeline begins with a promotion, so no write on an earlier one may follow; the order of two ends would not tell, since a
 * program may hear late of its own.
 */
export function late(touches: readonly Touch[]): Touch[] {
  return touches.filter((touch) => touches.some((other) => other.member !== touch.member && other.timeline > touch.timeline && other.end < touch.begin));
}

/** A service on one host, over a round. */
export interface Served {
  port: number;
  answers: number;
  silent: number;
  /** The longest time between two answers. */
  gap: number;
  byPrimary: number;
  byReplica: number;
  /** How many members answered. */
  members: number;
}

export function served(port: number, answers: readonly Answer[]): Served {
  const own = answers.filter((answer) => answer.port === port);
  const given = own.filter(({ by }) => by !== undefined);
  const by = (role: 'primary' | 'replica') => given.filter((answer) => answer.by!.role === role).length;
  const times = given.map(({ at }) => at);
  return { port, answers: given.length, silent: own.length - given.length, gap: outage(times, 0), byPrimary: by('primary'), byReplica: by('replica'), members: new Set(given.map((answer) => `${answer.by!.role} ${answer.by!.slot}`)).size };
}
