import { shell, type Command, type Completed } from '../transport/command.ts';
import { obstacleIn, type Obstacle } from './obstacle.ts';

/** What a server says of the WAL that it archives, and whether it leads. Times are RFC 3339, UTC. */
export interface Archiving {
  leads: boolean;
  /** The last segment that reached every repository. */
  lastSegment?: string;
  lastTime?: string;
  /** The last one that did not, when that was after the last that did. */
  failing?: Failing;
}

export interface Failing {
  segment: string;
  time: string;
  /** What pgBackRest says of it, where it said something. */
  obstacle?: Obstacle;
}

export const askArchiving = (server: { dbsu: string; port: string }): Command => ({
  argv: shell(asking, server.port, question),
  as: server.dbsu,
  timeout: 15,
});

/** What archives in the background leaves the reason beside: of the segment, or of all of them. */
const asking = `
said=$(psql -XAtq -F ' ' -p "$1" -d postgres -c "$2")
printf '%s\\n' "$said"
segment=$(printf '%s\\n' "$said" | cut -d' ' -f4)
for each in /pg/spool/archive/*/out/"$segment".error /pg/spool/archive/*/out/global.error; do
  if [ -e "$each" ]; then head -c 2000 "$each"; break; fi
done`;

const question = `SELECT pg_is_in_recovery(), coalesce(last_archived_wal, '-'), coalesce(extract(epoch FROM last_archived_time)::bigint, 0),
  coalesce(last_failed_wal, '-'), coalesce(extract(epoch FROM last_failed_time)::bigint, 0) FROM pg_stat_archiver`;

/** Undefined where the server does not answer. */
export function readArchiving({ code, stdout }: Completed): Archiving | undefined {
  const [line, ...reason] = stdout.trim().split('\n');
  const [recovering, segment = '-', time = '0', failed = '-', failedAt = '0'] = line!.split(' ');
  if (code !== 0 || (recovering !== 't' && recovering !== 'f')) return undefined;
  const isFailing = failed !== '-' && Number(failedAt) > Number(time);
  const obstacle = obstacleIn(reason);
  return {
    leads: recovering === 'f',
    ...(segment !== '-' && { lastSegment: segmentIn(segment), lastTime: at(time) }),
    ...(isFailing && { failing: { segment: failed, time: at(failedAt), ...(obstacle && { obstacle }) } }),
  };
}

/** A backup leaves a file beside its segment: `00000002000000000000000C.00000028.backup`. */
const segmentIn = (name: string): string => name.replace(/\.[0-9A-F]{8}\.backup$/, '');

const at = (seconds: string): string => new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');
