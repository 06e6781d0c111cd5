import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { exitCodes } from '../../repo/core/fault.ts';
import { placesOf } from '../backup/expire.ts';
import { gapsAt, unbridged } from '../backup/gaps.ts';
import { hasFull, leaderIn, lookAtBackups, repositoriesSeen, type MemberView } from '../backup/look.ts';
import { openBackedUp, refuseUnknownRepository, type BackedUp } from './backup-open.ts';
import { backupPage, type BackupRows } from './backup-page.ts';
import { pgOptions, wordsOf } from './pg-open.ts';

export const list: CommandSpec = {
  name: 'backup list',
  arguments: '[CLUSTER]',
  about: 'lists the backups of every cluster, in each repository and on each member, and what can be recovered with them',
  options: pgOptions,
  notes: 'It ends with 7 when a member could not tell; what the others tell stands there all the same.',
  run: async (invocation) => {
    const [name] = wordsOf(invocation, [], ['CLUSTER']);
    const opened = await openBackedUp(invocation, name);
    if (name !== undefined) refuseUnknownRepository(opened[0]!, undefined);
    return tell(opened.filter(({ repositories }) => repositories.length > 0), invocation);
  },
};

export async function tell(opened: readonly BackedUp[], { progress, print }: Invocation): Promise<object> {
  const seen = await progress.each(opened, 16, async (each) => ({ each, views: await lookAtBackups(each.cluster) }));
  const clusters = await Promise.all(seen.map(({ each, views }) => rowsOf(each, views)));
  print(clusters.map(backupPage).join('\n\n'));
  const isWhole = seen.every(({ views }) => views.every((view) => 'stanza' in view));
  return { clusters, ...(!isWhole && { exitCode: exitCodes.unreachable }) };
}

export async function rowsOf({ cluster, repositories }: BackedUp, views: readonly MemberView[]): Promise<BackupRows> {
  const leader = leaderIn(views);
  const seen = await Promise.all(placesOf(repositoriesSeen(repositories, views), views).map(async (place) => ({ ...place.view, gaps: await gapsAt(place, cluster.name) })));
  const archiving = leader && 'archiving' in leader ? leader.archiving : undefined;
  return {
    name: cluster.name,
    ...(leader && { leader: leader.seat.member }),
    repositories: seen,
    schedule: leader && 'schedule' in leader ? leader.schedule : [],
    ...(archiving?.lastSegment !== undefined && { archived: { segment: archiving.lastSegment, time: archiving.lastTime! } }),
    ...(archiving?.failing && { failing: archiving.failing }),
    problems: [
      ...views.flatMap((view) => ('because' in view ? [`${view.seat.member} does not tell: ${view.because}`] : [])),
      ...seen.filter((each) => each.inUse && !hasFull(each)).map(({ name, member }) => (member === undefined ? `repository ${name} has no full backup` : `the repository of the leader has no full backup (${name} on ${member}): pgark backup now ${cluster.name} makes one`)),
      ...seen.flatMap((each) => (each.inUse && unbridged(each) ? [`nothing after the missing WAL ${unbridged(each)!.to} can be recovered from ${each.name}${each.member === undefined ? '' : ` on ${each.member}`} until there is a backup: pgark backup now ${cluster.name}`] : [])),
    ],
  };
}
