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
 * Writes that began on a timeline when that one or a later one had taken writes already, elsewhere: two primaries. Each promotion begins a
 * timeline of its own, so no write on an earlier one may follow, and none of another member on the same; the order of two ends would not tell,
 * since a program may hear late of its own.
 */
export function late(touches: readonly Touch[]): Touch[] {
  return touches.filter((touch) => touches.some((other) => other.member !== touch.member && other.timeline >= touch.timeline && other.end < touch.begin));
}

/** What clients on several hosts saw of a service, over a round. */
export interface Served {
  port: number;
  silent: number;
  /** The longest time between two answers that one of them had. */
  gap: number;
  byPrimary: number;
  byReplica: number;
  /** How many members answered. */
  members: number;
}

export function served(port: number, told: readonly (readonly Answer[])[]): Served {
  const clients = told.map((answers) => answers.filter((answer) => answer.port === port));
  const all = clients.flat();
  const by = (role: 'primary' | 'replica') => all.filter((answer) => answer.by?.role === role).length;
  return {
    port,
    silent: all.filter((answer) => answer.by === undefined).length,
    gap: Math.max(...clients.map((answers) => outage(answers.filter(({ by }) => by !== undefined).map(({ at }) => at), 0))),
    byPrimary: by('primary'),
    byReplica: by('replica'),
    members: new Set(all.flatMap(({ by }) => (by === undefined ? [] : [`${by.role} ${by.slot}`]))).size,
  };
}
