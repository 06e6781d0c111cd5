import type { Host } from '../../inventory/inventory.ts';
import { certificates, instanceOf } from '../instance.ts';
import { tune, type Settings } from './tuning.ts';

/** The settings of PostgreSQL, in the two places where Patroni takes them from. */
export interface ServerSettings {
  /** Those that all members must share; Patroni takes them from the configuration in etcd alone. */
  shared: Settings;
  /** Those of one member; they stand in its own file and go before the shared ones. */
  own: Settings;
}

/** Formulas, then what every instance has, then what the inventory says (`pg_parameters`). */
export function serverSettings(host: Host, { libraries, isLate }: { libraries: readonly string[]; isLate: boolean }): ServerSettings {
  const { vars } = host;
  const settings = { ...tuned(host, libraries), ...fixed(host, libraries), ...(isLate && late), ...plain(vars.pg_parameters) };
  const entries = Object.entries(settings).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return {
    shared: Object.fromEntries(entries.filter(([key]) => sharedKeys.has(key))),
    own: Object.fromEntries(entries.filter(([key]) => !sharedKeys.has(key))),
  };
}

/** What a delayed standby is still about to read, the cluster that it follows would keep for as long as the delay is. */
const late: Settings = { hot_standby_feedback: 'off' };

/** Patroni passes these on the command line and ignores them in a member's own file (its documentation, "Dynamic configuration settings"). */
const sharedKeys = new Set([
  'max_connections',
  'max_locks_per_transaction',
  'max_prepared_transactions',
  'max_replication_slots',
  'max_wal_senders',
  'max_worker_processes',
  'track_commit_timestamp',
  'wal_keep_size',
  'wal_level',
  'wal_log_hints',
]);

function tuned({ vars, facts }: Host, libraries: readonly string[]): Settings {
  return tune({
    profile: vars.pg_conf,
    version: Number(vars.pg_version),
    cpus: facts.cpus,
    memory: facts.memory,
    disk: facts.disk.size,
    connections: vars.pg_max_conn,
    share: vars.pg_shared_buffer_ratio,
    storage: vars.pg_storage_type,
    destination: vars.pg_default_service_dest,
    ioMethod: vars.pg_io_method,
    libraries,
  });
}

function fixed(host: Host, libraries: readonly string[]): Settings {
  const { vars } = host;
  const version = Number(vars.pg_version);
  return {
    ...security(host),
    ...writing(host),
    ...logging(host),
    shared_preload_libraries: libraries.join(', '),
    superuser_reserved_connections: 10,
    huge_pages: 'try',
    hash_mem_multiplier: 8,
    deadlock_timeout: '50ms',
    track_io_timing: 'on',
    track_functions: 'all',
    'pg_stat_statements.track': 'all',
    'pg_stat_statements.track_utility': 'off',
    'auto_explain.log_min_duration': '1s',
    'auto_explain.log_analyze': 'on',
    'auto_explain.log_nested_statements': 'on',
    ...(version >= 17 && { sync_replication_slots: 'on' }),
    ...jobs(host),
  };
}

/** pg_cron keeps its jobs in one database, and can be created in no other. */
function jobs({ vars }: Host): Settings {
  const home = vars.pg_databases.find((database) => database.state === 'create' && database.extensions.some((each) => each.name === 'pg_cron' && each.state !== 'absent'));
  return home === undefined ? {} : { 'cron.database_name': home.name };
}

function security({ vars }: Host): Settings {
  return {
    ssl: 'on',
    ssl_cert_file: certificates.server,
    ssl_key_file: certificates.serverKey,
    ssl_ca_file: certificates.authority,
    password_encryption: vars.pg_pwd_enc,
  };
}

function writing(host: Host): Settings {
  const { vars } = host;
  const { cluster } = instanceOf(host);
  return {
    wal_level: 'logical',
    wal_log_hints: 'on',
    wal_compression: Number(vars.pg_version) >= 15 ? 'lz4' : 'on',
    wal_buffers: '16MB',
    max_wal_senders: 50,
    max_replication_slots: 50,
    track_commit_timestamp: 'on',
    checkpoint_timeout: '15min',
    checkpoint_completion_target: 0.95,
    archive_mode: 'on',
    archive_timeout: 300,
    archive_command: vars.pgbackrest_enabled ? `pgbackrest --stanza=${cluster} archive-push %p` : '/bin/true',
    hot_standby_feedback: 'on',
    max_standby_archive_delay: '10min',
    max_standby_streaming_delay: '3min',
  };
}

/** A file for each day of the week, written over a week later. */
function logging({ vars }: Host): Settings {
  return {
    logging_collector: 'on',
    log_destination: 'csvlog',
    log_directory: vars.pg_log_dir,
    log_filename: 'postgresql-%a.log',
    log_file_mode: '0640',
    log_rotation_age: '1d',
    log_rotation_size: '0',
    log_truncate_on_rotation: 'on',
    log_checkpoints: 'on',
    log_lock_waits: 'on',
    log_replication_commands: 'on',
    log_autovacuum_min_duration: '1s',
    log_statement: 'ddl',
  };
}

/** true and false as PostgreSQL spells them. */
function plain(parameters: Readonly<Record<string, string | number | boolean>>): Settings {
  return Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, typeof value === 'boolean' ? (value ? 'on' : 'off') : value]));
}
