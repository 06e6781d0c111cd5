import type { BackupInfo } from './info.ts';
import type { Retention } from './repositories.ts';

/**
 * When a backup goes, in words (pgbackrest(1), "retention-full-type"): by count, when so many newer full ones are there; by time, when a newer full one
 * is so many days old. What hangs on a full one goes with it.
 */
export function expiryOf(backup: BackupInfo, all: readonly BackupInfo[], { by, full: kept }: Retention): string {
  if (kept === undefined) return 'never';
  const base = backup.type === 'full' ? backup.label : `${backup.label.slice(0, 15)}F`;
  const newer = all.filter(({ type, label }) => type === 'full' && label > base).toSorted((a, b) => (a.label < b.label ? -1 : 1));
  if (by === 'count') {
    const left = kept - newer.length;
    return left <= 1 ? 'with the next full backup' : `after ${left} more full backups`;
  }
  const [next] = newer;
  if (!next) return `${kept} days after the next full backup`;
  return `${new Date(Date.parse(next.ended) + kept * 86_400_000).toISOString().slice(0, 10)}`;
}

/** The only sound full backup of its repository: without it nothing can be recovered from there. */
export const isLastFull = (label: string, backups: readonly BackupInfo[]): boolean => {
  const sound = backups.filter(({ type, error }) => type === 'full' && !error);
  return sound.length === 1 && sound[0]!.label === label;
};
