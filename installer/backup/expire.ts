import { Fault } from '../../repo/core/fault.ts';
import type { Seat } from '../cluster/cluster.ts';
import { leaderIn, type ListedBackup, type MemberView, type RepositoryView } from './look.ts';

/** A repository, and the member by way of which something is removed from it. */
export interface Place {
  view: RepositoryView;
  seat: Seat;
}

/** A local repository by its own member, a shared one by the leader or by whoever answers. */
export function placesOf(repositories: readonly RepositoryView[], views: readonly MemberView[]): Place[] {
  const told = views.filter((view) => 'stanza' in view);
  const any = (leaderIn(views) ?? told[0])?.seat;
  return repositories.flatMap((view) => {
    const seat = view.member === undefined ? any : told.find((each) => each.seat.member === view.member)?.seat;
    return seat ? [{ view, seat }] : [];
  });
}

/** The labels of the backups that cannot be restored without this one. */
export const dependentsOf = (label: string, backups: readonly ListedBackup[]): string[] => backups.filter((each) => each.needs.includes(label)).map((each) => each.label);

/**
 * Has pgBackRest remove what its retention says, or one backup. Answers with what goes, a line each.
 * @throws Fault apply
 */
export async function expire({ view, seat }: Place, { stanza, label, isDry }: { stanza: string; label?: string; isDry: boolean }): Promise<string[]> {
  const argv = ['pgbackrest', `--stanza=${stanza}`, `--repo=${view.number}`, '--log-level-console=info', ...(label === undefined ? [] : [`--set=${label}`]), ...(isDry ? ['--dry-run'] : []), 'expire'] as const;
  const [answer] = await seat.transport.probe([{ argv: [...argv] as [string, ...string[]], as: seat.dbsu, timeout: 3600 }]);
  const lines = `${answer!.stdout}\n${answer!.stderr}`.split('\n').filter((line) => line.trim() !== '');
  if (answer!.code !== 0) throw new Fault('apply', `${view.name} by way of ${seat.member}: pgbackrest expire ended with ${answer!.code}`, { details: lines.slice(-6) });
  const place = view.member === undefined ? view.name : `${view.name} on ${view.member}`;
  return lines.flatMap((line) => {
    const [, what] = /INFO:\s+(?:\[DRY-RUN\]\s+)?repo\d+:\s+(expire\b.*|\S+ remove archive\b.*)$/.exec(line) ?? [];
    return what === undefined ? [] : [`${place}: ${what}`];
  });
}
