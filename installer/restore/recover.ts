import { Fault } from '../../repo/core/fault.ts';
import { pauseAfter, refuseInterrupted, type Acting } from '../cluster/clock.ts';
import { dynamicConfig } from '../role/pgsql/patroni-config.ts';
import { quote } from '../transport/quote.ts';
import { shell } from '../transport/command.ts';
import { tail } from './copy.ts';
import { must, written } from './on.ts';
import type { Site } from './site.ts';
import { settingsFor, type Target } from './target.ts';
import { standing, start, stop, type Program } from './unit.ts';
import { aheadIn } from './wal.ts';
import type { Tablespace } from './state.ts';

const unit = 'pgark-restore-recovery';

export interface Recovery {
  target: Target;
  isExclusive: boolean;
  /** `current`: the one that the data is on. */
  timeline: number | 'current';
  /** Where the data lies. */
  data: string;
  /** What it may write, and what it sees in the place of something else; without it, all is its own. */
  bounds?: Pick<Program, 'writes' | 'instead'>;
}

/** What a recovery came to: at its point and read-only, at its end and writable, past all there is without the point, or before a tablespace that has no place yet. */
export type Recovered = { at: 'point' | 'end'; reached: string } | { at: 'nowhere'; because: string } | { at: 'tablespace'; begun: Tablespace };

/**
 * Starts a server of its own on what was restored, which nobody can reach but on its private socket, and which archives nothing; and waits until it is where it shall be.
 * @throws Fault apply
 */
export async function recover(recovery: Recovery, site: Site, acting: Acting): Promise<Recovered> {
  await begin(recovery, site);
  return acting.progress.step(recovery.timeline === 'current' ? 'begin a timeline that nobody has begun' : `recover on timeline ${recovery.timeline}`, async (progress) => {
    for (const since = acting.clock.now(); ;) {
      const stand = await standing(site.seat, unit);
      if (stand !== 'runs') return ended(site);
      if (acting.signal.aborted) await stop(site.seat, unit);
      refuseInterrupted(acting, 'the point is reached');
      const [inRecovery, isPaused, lsn, last] = (await ask(site, watching(site))).split('|');
      progress.say([lsn, last].filter(Boolean).join(', '));
      if (inRecovery === 'f') return { at: 'end', reached: await reachedIn(site) };
      // Also a server that lacks connections or workers of its former leader pauses: it is not where it shall be, and says so in its log.
      if (isPaused === 't' && (await hasPausedAtEnd(site))) return { at: 'point', reached: await reachedIn(site) };
      if (isPaused === 't') throw new Fault('apply', `${site.seat.member}: the recovery stands still before its point`, { details: await tail(site, logOf(site)) });
      await acting.clock.sleep(pauseAfter(acting.clock.now() - since));
    }
  });
}

/** Makes a cluster of its own out of it, on a new timeline. */
export async function promote(site: Site): Promise<void> {
  await query(site, 'SELECT pg_promote(true, 3600)');
  await query(site, 'CHECKPOINT');
  const isPrimary = await query(site, 'SELECT NOT pg_is_in_recovery()');
  if (isPrimary.trim() !== 't') throw new Fault('apply', `${site.seat.member}: what was restored was not promoted`, { details: await tail(site, logOf(site)) });
}

/** Stops it with a checkpoint. */
export const rest = ({ seat }: Pick<Site, 'seat'>): Promise<void> => stop(seat, unit);

/** How a person looks at it. */
export const lookCommand = ({ place, seat }: Site): string => `runuser -u ${seat.dbsu} -- psql -h ${place.folder}/socket -d DATABASE`;

export const logOf = ({ place }: Site): string => `${place.folder}/recovery.log`;

async function begin(recovery: Recovery, site: Site): Promise<void> {
  const { seat, place } = site;
  const program = `${place.folder}/recover`;
  await stop(seat, unit);
  await must(seat.transport, 'the server of the restore', written(program, seat.dbsu, '0700', programText(recovery, site)));
  await must(seat.transport, 'the recovery is asked for', { argv: shell('rm -rf -- "$1" "$2/standby.signal" "$3"; : > "$2/recovery.signal"', logOf(site), recovery.data, aheadIn(place)), as: 'root' });
  await must(seat.transport, 'the recovery is asked for', { argv: ['chown', `${seat.dbsu}:${seat.dbsu}`, `${recovery.data}/recovery.signal`] });
  await must(seat.transport, 'the settings of another recovery are left out', { argv: shell(targetless, recovery.data), as: seat.dbsu });
  await start(seat, { unit, argv: [program], log: logOf(site), hosts: `${place.folder}/hosts`, ...recovery.bounds });
}

/**
 * Patroni writes all recovery targets as empty ones for a member that has been a replica, and an empty one beside another is one too many for PostgreSQL
 * ("multiple recovery targets specified"). It writes the file anew when it starts.
 */
const targetless = `for name in postgresql.conf postgresql.auto.conf; do
  if [ -e "$1/$name" ]; then sed -i '/^[[:space:]]*recovery_target/d' "$1/$name"; fi
done`;

/** What a standby must have at least as much of as whoever wrote the WAL (PostgreSQL documentation, 27.4.3). The control file tells what there was at the time of the backup. */
const atLeast = ['max_connections', 'max_worker_processes', 'max_wal_senders', 'max_prepared_xacts', 'max_locks_per_xact'] as const;
const inConfiguration: Readonly<Record<string, string>> = { max_prepared_xacts: 'max_prepared_transactions', max_locks_per_xact: 'max_locks_per_transaction' };

function programText({ target, isExclusive, timeline, data }: Recovery, site: Site): string {
  const { place, restoring, inventory } = site;
  const { parameters } = dynamicConfig(restoring, inventory)['postgresql'] as { parameters: Record<string, string | number> };
  const enough = atLeast.map((name) => ({ name, setting: inConfiguration[name] ?? name, wanted: Number(parameters[inConfiguration[name] ?? name] ?? 0) }));
  const settings = { ...fixed(place.folder), ...settingsFor(target, isExclusive), recovery_target_timeline: String(timeline), recovery_target_action: 'pause' };
  return `#!/bin/sh
set -eu
most() { there=$(LC_ALL=C ${place.binaries}/bin/pg_controldata -D ${quote(data)} | sed -n "s/^$1 setting: *//p"); if [ "\${there:-0}" -gt "$2" ]; then echo "$there"; else echo "$2"; fi; }
exec ${place.binaries}/bin/postgres -D ${quote(data)} \\
${enough.map(({ name, setting, wanted }) => `  -c ${setting}="$(most ${name} ${wanted})" \\\n`).join('')}${Object.entries(settings).map(([name, value]) => `  -c ${quote(`${name}=${value}`)}`).join(' \\\n')}
`;
}

/** It reaches nobody, nobody reaches it, and nothing begins in it by itself. */
const fixed = (folder: string): Record<string, string> => ({
  listen_addresses: '',
  unix_socket_directories: `${folder}/socket`,
  port: '5432',
  ssl: 'off',
  hba_file: `${folder}/hba`,
  ident_file: `${folder}/ident`,
  cluster_name: 'restore',
  logging_collector: 'off',
  log_destination: 'stderr',
  lc_messages: 'C',
  log_min_messages: 'warning',
  shared_buffers: '128MB',
  huge_pages: 'off',
  hot_standby: 'on',
  primary_conninfo: '',
  primary_slot_name: '',
  synchronous_standby_names: '',
  archive_mode: 'on',
  archive_command: '',
  archive_cleanup_command: '',
  recovery_end_command: '',
  recovery_min_apply_delay: '0',
  restore_command: `${folder}/wal %f "%p"`,
  autovacuum: 'off',
  default_transaction_read_only: 'on',
  max_logical_replication_workers: '0',
  'cron.launch_active_jobs': 'off',
});

const watching = ({ restoring }: Site): string =>
  `SELECT pg_is_in_recovery(), CASE WHEN pg_is_in_recovery() THEN ${Number(restoring.vars.pg_version) >= 14 ? "pg_get_wal_replay_pause_state() = 'paused'" : 'pg_is_wal_replay_paused()'} ELSE false END, pg_last_wal_replay_lsn(), to_char(pg_last_xact_replay_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')`;

/** Empty until it answers. */
async function ask({ seat, place }: Site, statement: string): Promise<string> {
  const [answer] = await seat.transport.probe([{ argv: psql(place.folder, statement), as: seat.dbsu, timeout: 30 }]);
  return answer!.stdout.trim();
}

export const query = ({ seat, place }: Site, statement: string): Promise<string> => must(seat.transport, statement, { argv: psql(place.folder, statement), as: seat.dbsu, timeout: 3700 });

const psql = (folder: string, statement: string): [string, ...string[]] => ['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-h', `${folder}/socket`, '-p', '5432', '-d', 'postgres', '-c', statement];

async function logged(site: Site, pattern: string): Promise<string> {
  const [told] = await site.seat.transport.probe([{ argv: shell('grep -E -- "$2" "$1" | tail -n 1 || :', logOf(site), pattern), timeout: 20 }]);
  return told!.stdout.trim().replace(/^.*? (LOG|FATAL|ERROR): +/, '');
}

const hasPausedAtEnd = async (site: Site): Promise<boolean> => (await logged(site, 'pausing at the end of recovery')) !== '';

/** `recovery stopping before commit of transaction 993, time …`, or the last one of all. */
async function reachedIn(site: Site): Promise<string> {
  const stopped = await logged(site, 'recovery stopping (before|after)|recovery stopping at');
  return stopped !== '' ? stopped.replace('recovery stopping ', 'stopped ') : (await logged(site, 'last completed transaction was at log time')) || (await logged(site, 'redo done at'));
}

/** PostgreSQL gives up where WAL ends before the point, and where a tablespace begins in a folder that it must not write; anything else is a failure. */
async function ended(site: Site): Promise<Recovered> {
  await stop(site.seat, unit);
  const isShort = (await logged(site, 'recovery ended before configured recovery target was reached')) !== '';
  if (isShort) return { at: 'nowhere', because: (await logged(site, 'last completed transaction was at log time')) || (await logged(site, 'redo done at')) };
  const [, oid, location] = /Tablespace\/CREATE: (\d+) "(.+)"/.exec(await logged(site, 'WAL redo at .* for Tablespace/CREATE')) ?? [];
  if (location !== undefined) return { at: 'tablespace', begun: { oid: Number(oid), location } };
  throw new Fault('apply', `${site.seat.member}: the recovery has failed`, { details: await tail(site, logOf(site)) });
}
