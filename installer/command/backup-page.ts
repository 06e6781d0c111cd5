import { table } from '../../repo/console/print.ts';
import type { Failing } from '../backup/archiving.ts';
import { hasFull, type ListedBackup, type RepositoryView } from '../backup/look.ts';
import { obstacleLines } from '../backup/obstacle.ts';
import type { ScheduledBackup } from '../backup/schedule.ts';

/** A cluster with all of its backups, wherever they lie. */
export interface BackupRows {
  name: string;
  /** Who leads, by its own word. */
  leader?: string;
  repositories: readonly RepositoryView[];
  /** Of the leader. */
  schedule: readonly ScheduledBackup[];
  /** The last WAL that reached every repository, and the first that does not. */
  archived?: { segment: string; time: string };
  failing?: Failing;
  /** What is wrong, a line each. */
  problems: readonly string[];
}

export function backupPage({ name, leader, repositories, schedule, archived, failing, problems }: BackupRows): string {
  return [
    `cluster ${name}: ${leader === undefined ? 'nobody leads' : `${leader} leads`}`,
    `  ${scheduleLine(schedule)}`,
    ...(archived ? [`  WAL is archived up to ${archived.segment}, ${moment(archived.time)}`] : []),
    ...(failing ? [`  WAL is not archived: ${failing.segment} failed at ${moment(failing.time)}`, ...obstacleLines(failing.obstacle, [...new Set(repositories.map((each) => each.name))], name).map((line) => `  ${line}`)] : []),
    ...problems.map((line) => `  ${line}`),
    ...repositories.flatMap((each) => ['', ...repositoryLines(each)]),
  ].join('\n');
}

function repositoryLines(repository: RepositoryView): string[] {
  const { name, number, member, code, message, archive, gaps = [], backups, inUse } = repository;
  const place = member === undefined ? '' : ` on ${member}`;
  const heading = `  repository ${name} (${number})${place}${member !== undefined && !inUse ? ', not in use while another leads' : ''}: ${code === 0 ? 'well' : message}`;
  return [heading, ...(archive && hasFull(repository) ? [`    WAL ${archive.min} to ${archive.max}`] : []), ...gaps.map(({ from, to }) => `    missing WAL ${from}${to === from ? '' : ` to ${to}`}: recovery from an earlier backup ends there`), ...(backups.length > 0 ? backupTable(backups).split('\n').map((line) => `    ${line}`) : [])];
}

/** What was read and what it takes; from where on one can recover with it; until when it is there. */
export function backupTable(backups: readonly ListedBackup[]): string {
  return table([
    ['backup', 'type', 'ended', 'took', 'size', 'stored', 'whole from WAL', 'goes', ''],
    ...backups.map((each) => [each.label, each.type, moment(each.ended), `${(Date.parse(each.ended) - Date.parse(each.started)) / 1000} s`, bytes(each.size), each.stored === undefined ? '' : bytes(each.stored), each.walStop, each.expires, remarks(each)]),
  ]);
}

const remarks = ({ error, lacksWal, annotations }: ListedBackup): string =>
  [error ? 'pages with wrong checksums' : '', lacksWal ? 'its WAL is not in the archive' : '', ...Object.entries(annotations).map(([key, value]) => `${key}=${value}`)].filter(Boolean).join(', ');

/** `full failed 2026-11-22 01:00:00 UTC, next 2026-11-23 01:00:00 UTC` */
export function scheduleLine(schedule: readonly ScheduledBackup[]): string {
  if (schedule.length === 0) return 'no schedule: pg_crontab has no line that calls /pg/bin/pg-backup';
  return `schedule: ${schedule.map(({ what, next, last, result }) => `${what} ${resultWords[result]}${last !== undefined && result !== 'unknown' ? ` ${moment(last)}` : ''}, ${next === undefined ? 'its timer does not run' : `next ${moment(next)}`}`).join('; ')}`;
}

/** `next backup full at 2026-11-23 01:00:00 UTC`: the first that is to come. */
export function nextBackup(schedule: readonly ScheduledBackup[]): string {
  if (schedule.length === 0) return 'no schedule of backups';
  const coming = schedule.flatMap(({ what, next }) => (next === undefined ? [] : [{ what, next }])).toSorted((a, b) => (a.next < b.next ? -1 : 1));
  return coming[0] ? `next backup ${coming[0].what} at ${moment(coming[0].next)}` : 'no timer of backups runs';
}

const resultWords: Readonly<Record<ScheduledBackup['result'], string>> = { running: 'runs since', done: 'done', failed: 'FAILED', skipped: 'skipped, as it did not lead,', unknown: 'not run yet' };

/** `2026-11-22T17:22:49Z` → `2026-11-22 17:22:49 UTC` */
export const moment = (time: string): string => `${time.slice(0, 19).replace('T', ' ')} UTC`;

export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(count === 0 ? 0 : Math.floor(Math.log(count) / Math.log(1024)), units.length - 1);
  return `${(count / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
