import type { Command, Completed } from '../transport/command.ts';

/** What a server says of the WAL that it archives, and whether it leads. Times are RFC 3339, UTC. */
export interface Archiving {
  leads: boolean;
  /** The last segment that reached every repository. */
  lastSegment?: string;
  lastTime?: string;
  /** The last one that did not, when that was after the last that did. */
  failing?: { segment: string; time: string };
}

export const askArchiving = (server: { dbsu: string; port: string }): Command => ({
  argv: ['psql', '-XAtq', '-F', ' ', '-p', server.port, '-d', 'postgres', '-c', question],
  as: server.dbsu,
  timeout: 15,
});

const question = `SELECT pg_is_in_recovery(), coalesce(last_archived_wal, '-'), coalesce(extract(epoch FROM last_archived_time)::bigint, 0),
  coalesce(last_failed_wal, '-'), coalesce(extract(epoch FROM last_failed_time)::bigint, 0) FROM pg_stat_archiver`;

/** Undefined where the server does not answer. */
export function readArchiving({ code, stdout }: Completed): Archiving | undefined {
  const [recovering, segment = '-', time = '0', failed = '-', failedAt = '0'] = stdout.trim().split(' ');
  if (code !== 0 || (recovering !== 't' && recovering !== 'f')) return undefined;
  const isFailing = failed !== '-' && Number(failedAt) > Number(time);
  return {
    leads: recovering === 'f',
    ...(segment !== '-' && { lastSegment: segmentIn(segment), lastTime: at(time) }),
    ...(isFailing && { failing: { segment: failed, time: at(failedAt) } }),
  };
}

/** A backup leaves a file beside its segment: `00000002000000000000000C.00000028.backup`. */
const segmentIn = (name: string): string => name.replace(/\.[0-9A-F]{8}\.backup$/, '');

const at = (seconds: string): string => new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');
