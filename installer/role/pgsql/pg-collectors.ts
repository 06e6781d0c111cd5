import { writeYaml } from '../../../repo/core/document.ts';
import { replay, slot, xid, type Column, type Query } from './pg-queries.ts';

/**
 * What pg_exporter asks of PostgreSQL and of PgBouncer: the series that the rules stand on (rules.ts), under the names that
 * Debian's exporters give them, so that one set of rules holds wherever they are run. `<collector>_<column>` is the name of a series.
 */
interface Collector extends Query {
  /** Seconds. It waits for a tenth of one unless it is told. */
  timeout?: number;
  /** Seconds for which an answer is given again. */
  ttl?: number;
  /** Without an answer to this one the server counts as down. */
  fatal?: true;
}

const label = (description: string): Column => ({ usage: 'LABEL', description });
const gauge = (description: string): Column => ({ usage: 'GAUGE', description });
const counter = (description: string): Column => ({ usage: 'COUNTER', description });

const states = ['active', 'idle', 'idle in transaction', 'idle in transaction (aborted)', 'fastpath function call', 'disabled'];

const postgres: Readonly<Record<string, Collector>> = {
  pg_settings: {
    query: `SELECT current_setting('max_connections')::int AS max_connections`,
    metrics: [{ max_connections: gauge('Connections that the server allows') }],
    fatal: true,
  },
  pg_stat_activity: {
    query: `SELECT d.datname, s.state, count(a.pid) AS count, greatest(max(extract(epoch FROM now() - a.xact_start)), 0) AS max_tx_duration
FROM pg_database d
CROSS JOIN unnest(ARRAY[${states.map((state) => `'${state}'`).join(', ')}]) AS s (state)
LEFT JOIN pg_stat_activity a ON a.datid = d.oid AND a.state = s.state AND a.pid <> pg_backend_pid()
GROUP BY d.datname, s.state`,
    metrics: [{ datname: label('Database') }, { state: label('What the connection does') }, { count: gauge('Connections') }, { max_tx_duration: gauge('Seconds since the oldest transaction began') }],
  },
  pg_stat_database: {
    query: 'SELECT datid, datname, xact_commit, xact_rollback, blks_hit, blks_read, deadlocks, temp_bytes FROM pg_stat_database WHERE datname IS NOT NULL',
    metrics: [
      { datid: label('OID of the database') },
      { datname: label('Database') },
      { xact_commit: counter('Transactions that were committed') },
      { xact_rollback: counter('Transactions that were rolled back') },
      { blks_hit: counter('Blocks found in shared buffers') },
      { blks_read: counter('Blocks read from the system') },
      { deadlocks: counter('Deadlocks') },
      { temp_bytes: counter('Bytes written to temporary files') },
    ],
  },
  pg_database: {
    query: 'SELECT datname, pg_database_size(oid) AS size_bytes FROM pg_database WHERE datallowconn',
    metrics: [{ datname: label('Database') }, { size_bytes: gauge('Bytes on disk') }],
    // Asks the file system about every file of every database.
    ttl: 60,
    timeout: 8,
  },
  pg_stat_archiver: {
    query: 'SELECT failed_count, extract(epoch FROM now() - last_archived_time) AS last_archive_age FROM pg_stat_archiver',
    metrics: [{ failed_count: counter('Times that a file of WAL was not archived') }, { last_archive_age: gauge('Seconds since a file of WAL was archived') }],
  },
  pg_xid: xid,
  pg_slot: slot,
  pg_replay: replay,
};

/** A column of the console under the name of a series; seconds where the console counts microseconds. */
interface Renamed extends Column {
  rename: string;
  scale?: number;
}

interface ConsoleCollector extends Omit<Collector, 'metrics'> {
  metrics: readonly Readonly<Record<string, Column | Renamed>>[];
}

const pgbouncer: Readonly<Record<string, ConsoleCollector>> = {
  pgbouncer_stats: {
    query: 'SHOW STATS',
    metrics: [
      { database: label('Database') },
      { total_query_count: { ...counter('Queries'), rename: 'queries_pooled_total' } },
      { total_query_time: { ...counter('Seconds that queries took'), rename: 'queries_duration_seconds_total', scale: 1e-6 } },
    ],
    fatal: true,
  },
  pgbouncer_pools: {
    query: 'SHOW POOLS',
    metrics: [
      { database: label('Database') },
      { user: label('Role') },
      { pool_mode: label('When a connection goes back to the pool') },
      { cl_waiting: { ...gauge('Clients that wait for a connection'), rename: 'client_waiting_connections' } },
    ],
  },
};

const written = (collectors: Readonly<Record<string, Collector | ConsoleCollector>>, tag: string): string =>
  writeYaml(Object.fromEntries(Object.entries(collectors).map(([name, collector]) => [name, { name, timeout: 2, tags: [tag], ...collector }])));

/** Each asked once a server, not once a database. */
export const postgresCollectors = written(postgres, 'cluster');

/** The console of PgBouncer is asked what has this tag, and nothing else. */
export const pgbouncerCollectors = written(pgbouncer, 'pgbouncer');
