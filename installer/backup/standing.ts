import type { Archiving } from './archiving.ts';
import type { StanzaInfo } from './info.ts';
import { obstacleLines } from './obstacle.ts';
import type { ScheduledBackup } from './schedule.ts';

/** How it stands with the backups of a cluster, as the member tells that leads it. */
export interface BackupStanding {
  schedule: readonly ScheduledBackup[];
  archiving: Archiving;
  /** In the order of `pgbackrest_method`; `code` 0 is good. */
  repositories: readonly { name: string; code: number; message: string; hasFull: boolean }[];
}

export function standingOf(names: readonly string[], { repositories, backups }: StanzaInfo, archiving: Archiving, schedule: readonly ScheduledBackup[]): BackupStanding {
  const seen = names.map((name, index) => {
    const status = repositories.find(({ number }) => number === index + 1);
    return { name, code: status?.code ?? 1, message: status?.message ?? 'not known to pgBackRest', hasFull: backups.some(({ repo, type, error }) => repo === index + 1 && type === 'full' && !error) };
  });
  return { schedule, archiving, repositories: seen };
}

/** What somebody has to do something about, a line each. */
export function troublesOf({ schedule, archiving, repositories }: BackupStanding, cluster: string): string[] {
  const names = repositories.map(({ name }) => name);
  return [
    ...repositories.flatMap(({ name, code, message, hasFull }) => (code !== 0 && code !== 2 ? [`repository ${name}: ${message}`] : hasFull ? [] : [`repository ${name} of the leader has no full backup`])),
    ...schedule.filter(({ result }) => result === 'failed').map(({ timer, what, last }) => `the ${what} backup of the schedule failed${last === undefined ? '' : ` at ${last}`}: journalctl -u ${timer.replace(/\.timer$/, '')} on the leader tells why`),
    ...schedule.filter(({ next }) => next === undefined).map(({ timer }) => `${timer} does not run`),
    ...(archiving.failing ? [`WAL is not archived: ${archiving.failing.segment} failed at ${archiving.failing.time}`, ...obstacleLines(archiving.failing.obstacle, names, cluster)] : []),
  ];
}
