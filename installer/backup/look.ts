import { Fault } from '../../repo/core/fault.ts';
import type { Cluster, Seat } from '../cluster/cluster.ts';
import type { Command, Completed } from '../transport/command.ts';
import { askArchiving, readArchiving, type Archiving } from './archiving.ts';
import { readInfo, type BackupInfo, type StanzaInfo } from './info.ts';
import { expiryOf } from './expiry.ts';
import type { Gap } from './gaps.ts';
import type { RepositoryName } from './repositories.ts';
import { askSchedule, readSchedule, type ScheduledBackup } from './schedule.ts';

/** What one member knows of the backups of its cluster, or why it does not tell. */
export type MemberView = { seat: Seat } & ({ stanza: StanzaInfo; archiving?: Archiving; schedule: readonly ScheduledBackup[] } | { because: string });

/** A repository and what is in it. One that lies on a member is of that member alone. */
export interface RepositoryView {
  name: string;
  number: number;
  /** Where it lies; absent for one that all members share. */
  member?: string;
  /** It is the repository that backups and WAL go to at this moment. */
  inUse: boolean;
  /** What pgBackRest says of it; 0 is good. */
  code: number;
  message: string;
  /** The first and the last segment of WAL that it has of the present database. */
  archive?: { id: string; min: string; max: string };
  /** What is missing in between, where that was asked. */
  gaps?: readonly Gap[];
  backups: readonly ListedBackup[];
}

export interface ListedBackup extends BackupInfo {
  /** When it goes, in words. */
  expires: string;
  /** The first segment of its WAL is older than anything in the archive: it cannot be restored. */
  lacksWal: boolean;
}

export const infoCommand = (stanza: string, dbsu: string): Command => ({ argv: ['pgbackrest', `--stanza=${stanza}`, '--output=json', 'info'], as: dbsu, timeout: 120 });

/** Asks every member at once; one that cannot be reached says why. */
export async function lookAtBackups(cluster: Cluster): Promise<MemberView[]> {
  return Promise.all(cluster.seats.map(async (seat): Promise<MemberView> => {
    try {
      const [info, archiver, timers] = await seat.transport.probe([infoCommand(cluster.name, seat.dbsu), askArchiving(seat), askSchedule]);
      return viewOf(cluster.name, seat, [info!, archiver!, timers!]);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return { seat, because: [error.message, ...error.details].join(': ') };
    }
  }));
}

function viewOf(name: string, seat: Seat, [info, archiver, timers]: [Completed, Completed, Completed]): MemberView {
  if (info.code !== 0) return { seat, because: `pgbackrest info ended with ${info.code}: ${(info.stderr.trim() || info.stdout.trim()).split('\n').at(-1) ?? ''}` };
  const stanza = readInfo(info.stdout).find((each) => each.name === name);
  if (!stanza) return { seat, because: `pgBackRest knows no stanza ${name}` };
  const archiving = readArchiving(archiver);
  return { seat, stanza, ...(archiving && { archiving }), schedule: readSchedule(timers) };
}

/** The member that leads, by its own word. */
export const leaderIn = (views: readonly MemberView[]): (MemberView & { stanza: StanzaInfo }) | undefined => views.flatMap((view) => ('stanza' in view && view.archiving?.leads ? [view] : []))[0];

/** Each repository once: a shared one as the leader sees it, a local one as its member does. */
export function repositoriesSeen(repositories: readonly RepositoryName[], views: readonly MemberView[]): RepositoryView[] {
  const told = views.flatMap((view) => ('stanza' in view ? [view] : []));
  const leader = leaderIn(views);
  return repositories.flatMap((repository) => {
    if (repository.isLocal) return told.map((view) => repositoryView(repository, view.stanza, { member: view.seat.member, inUse: view === leader }));
    const [by] = leader ? [leader] : told;
    return by ? [repositoryView(repository, by.stanza, { inUse: leader !== undefined })] : [];
  });
}

function repositoryView({ number, name, retention }: RepositoryName, stanza: StanzaInfo, place: { member?: string; inUse: boolean }): RepositoryView {
  const status = stanza.repositories.find((each) => each.number === number);
  const backups = stanza.backups.filter(({ repo }) => repo === number);
  const archives = stanza.archive.filter(({ repo }) => repo === number);
  const latest = archives.toSorted((a, b) => a.databaseId - b.databaseId).at(-1);
  return {
    name,
    number,
    ...place,
    code: status?.code ?? 1,
    message: status?.message ?? 'pgBackRest does not speak of it: its configuration is another one',
    ...(latest?.min !== undefined && latest.max !== undefined && { archive: { id: latest.id, min: latest.min, max: latest.max } }),
    backups: backups.map((backup) => ({ ...backup, expires: expiryOf(backup, backups, retention), lacksWal: !archives.some(({ databaseId, min }) => databaseId === backup.databaseId && min !== undefined && segmentOf(min) <= segmentOf(backup.walStart)) })),
  };
}

/** Without the timeline: after a promotion the same place has another one. */
const segmentOf = (name: string): string => name.slice(8);

export const hasFull = ({ backups }: Pick<RepositoryView, 'backups'>): boolean => backups.some(({ type, error }) => type === 'full' && !error);
