/** What the formulas stand on. */
export interface TuningInput {
  profile: Profile;
  /** The major. */
  version: number;
  cpus: number;
  /** MiB. */
  memory: number;
  /** Bytes of the filesystem that holds the data. */
  disk: number;
  connections: 'auto' | number;
  /** The share of the memory that becomes shared_buffers. */
  share: number;
  storage: 'SSD' | 'HDD';
  /** Where services lead that name no destination: behind PgBouncer fewer connections are enough. */
  destination: 'pgbouncer' | 'postgres';
  ioMethod: 'auto' | 'sync' | 'worker' | 'io_uring';
  /** shared_preload_libraries, in their order. */
  libraries: readonly string[];
}

export type Profile = 'oltp' | 'olap' | 'crit' | 'tiny';

export type Settings = Readonly<Record<string, string | number>>;

/** The settings of an instance that follow from its host and its profile (reference 5.7, the table of formulas). */
export function tune(input: TuningInput): Settings {
  const connections = connectionsOf(input);
  return {
    ...memory(input, connections),
    ...locks(input, connections),
    ...workers(input),
    ...storage(input),
    ...io(input),
    ...vacuum(input),
    ...behaviour[input.profile],
    ...planner[input.profile],
    ...newer(input),
  };
}

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

const isOlap = (input: TuningInput): boolean => input.profile === 'olap';
const isTiny = (input: TuningInput): boolean => input.profile === 'tiny';

function connectionsOf({ connections, profile, destination }: TuningInput): number {
  if (connections !== 'auto') return connections;
  if (profile === 'tiny') return 250;
  return profile === 'olap' || destination === 'pgbouncer' ? 500 : 1000;
}

function memory(input: TuningInput, connections: number): Settings {
  const buffers = Math.ceil(input.memory * input.share);
  const [least, most] = isOlap(input) ? [64, 8192] : isTiny(input) ? [16, 256] : [64, 1024];
  return {
    shared_buffers: `${buffers}MB`,
    maintenance_work_mem: `${Math.ceil(buffers * (isOlap(input) ? 0.5 : 0.25))}MB`,
    work_mem: `${clamp(Math.floor(buffers / connections), least, most)}MB`,
    effective_cache_size: `${input.memory - buffers}MB`,
  };
}

function locks(input: TuningInput, connections: number): Settings {
  const isSharding = input.libraries.includes('citus');
  const partitions = isSharding || input.libraries.includes('timescaledb');
  return {
    max_connections: connections,
    max_locks_per_transaction: connections * (isOlap(input) ? 2 : 1) * (partitions ? 2 : 1),
    max_prepared_transactions: isSharding ? connections : 0,
  };
}

function workers(input: TuningInput): Settings {
  const { cpus, profile } = input;
  if (isTiny(input)) {
    return parallel({ processes: Math.max(cpus + 4, 12) + 8, workers: Math.max(Math.floor(cpus / 2), 1), maintenance: Math.max(Math.floor(cpus / 3), 1), gather: 0 });
  }
  const maintenance = Math.max(Math.ceil(cpus / 3), 2);
  if (isOlap(input)) {
    return parallel({ processes: Math.max(cpus + 12, 20) + 8, workers: Math.max(Math.ceil(cpus * 0.8), 2), maintenance, gather: Math.max(Math.floor(cpus * 0.5), 2) });
  }
  const gather = profile === 'crit' ? 0 : clamp(Math.floor(cpus * 0.2), 2, 8);
  return parallel({ processes: Math.max(cpus + 8, 16) + 8, workers: Math.max(Math.ceil(cpus / 2), 2), maintenance, gather });
}

function parallel(count: { processes: number; workers: number; maintenance: number; gather: number }): Settings {
  return {
    max_worker_processes: count.processes,
    max_parallel_workers: count.workers,
    max_parallel_maintenance_workers: count.maintenance,
    max_parallel_workers_per_gather: count.gather,
  };
}

/** A twentieth of the disk is the measure of everything; at least one GB, so that a small disk gets a server that starts. */
function storage(input: TuningInput): Settings {
  const gigabytes = input.disk / 1024 ** 3;
  const twentieth = Math.max(Math.ceil(gigabytes / 20), 1);
  const spill = isOlap(input) ? Math.min(Math.max(Math.ceil(gigabytes / 5), 1), 2000) : Math.min(twentieth, 200);
  return {
    temp_file_limit: `${spill}GB`,
    min_wal_size: `${Math.min(twentieth, 200)}GB`,
    max_wal_size: `${Math.min(twentieth * 4, 2000)}GB`,
    max_slot_wal_keep_size: `${Math.min(twentieth * 6, 3000)}GB`,
    random_page_cost: input.storage === 'SSD' ? 1.1 : 4,
    effective_io_concurrency: input.storage === 'SSD' ? 200 : 2,
  };
}

/** io_method and io_workers are settings of PostgreSQL 18. */
function io(input: TuningInput): Settings {
  if (input.version < 18) return {};
  const method = input.ioMethod === 'auto' ? 'io_uring' : input.ioMethod;
  const { cpus } = input;
  const count = { oltp: clamp(Math.ceil(cpus / 4), 4, 16), olap: clamp(Math.ceil(cpus / 2), 4, 32), crit: clamp(Math.ceil(cpus / 4), 4, 8), tiny: 3 }[input.profile];
  return { io_method: method, io_workers: count };
}

function vacuum(input: TuningInput): Settings {
  const [threshold, analyze] = isOlap(input) ? [1000, 500] : [500, 250];
  return {
    vacuum_cost_delay: isOlap(input) ? '10ms' : '20ms',
    vacuum_cost_limit: isOlap(input) ? 10_000 : 2000,
    autovacuum_max_workers: isTiny(input) ? 2 : 3,
    autovacuum_naptime: '1min',
    autovacuum_vacuum_threshold: threshold!,
    autovacuum_analyze_threshold: analyze!,
    ...(!isTiny(input) && { autovacuum_vacuum_scale_factor: 0.08, autovacuum_analyze_scale_factor: 0.04 }),
    autovacuum_freeze_max_age: 1_000_000_000,
    ...(input.profile === 'crit' && input.version <= 15 && { vacuum_defer_cleanup_age: 500_000 }),
  };
}

/** What a profile says, whatever the host. */
const behaviour: Readonly<Record<Profile, Settings>> = {
  oltp: { ...statements({ slow: 100, sample: 10_000, query: 8192, statistics: 400, idle: '10min' }), wal_writer_delay: '20ms', wal_writer_flush_after: '1MB' },
  olap: { ...statements({ slow: 1000, sample: 10_000, query: 8192, statistics: 1000, idle: '0' }), wal_writer_delay: '20ms', wal_writer_flush_after: '1MB' },
  crit: { ...statements({ slow: 100, sample: 10_000, query: 32_768, statistics: 400, idle: '1min' }), wal_writer_delay: '10ms', wal_writer_flush_after: '0', log_disconnections: 'on' },
  tiny: { ...statements({ slow: 100, sample: 2500, query: 8192, statistics: 200, idle: '10min' }), wal_writer_delay: '20ms', wal_writer_flush_after: '1MB' },
};

function statements(value: { slow: number; sample: number; query: number; statistics: number; idle: string }): Settings {
  return {
    log_min_duration_statement: value.slow,
    'pg_stat_statements.max': value.sample,
    track_activity_query_size: value.query,
    default_statistics_target: value.statistics,
    idle_in_transaction_session_timeout: value.idle,
  };
}

/** Parallel plans only where there is much to read; partitions together where that is the daily bread. */
const dearParallel: Settings = { parallel_setup_cost: 2000, parallel_tuple_cost: 0.2, min_parallel_table_scan_size: '32MB', min_parallel_index_scan_size: '2MB' };

const planner: Readonly<Record<Profile, Settings>> = {
  oltp: dearParallel,
  olap: { enable_partitionwise_join: 'on', enable_partitionwise_aggregate: 'on' },
  crit: dearParallel,
  tiny: {},
};

/** Settings that came with a major, or changed their form with one. */
function newer({ profile, version }: TuningInput): Settings {
  const isCritical = profile === 'crit';
  if (version < 18) return isCritical ? { log_connections: 'on' } : {};
  return {
    ...(profile !== 'tiny' && { log_connections: isCritical ? 'receipt,authentication,authorization' : 'authorization' }),
    ...((profile === 'oltp' || isCritical) && { log_lock_failures: 'on' }),
    ...((profile === 'olap' || isCritical) && { track_cost_delay_timing: 'on' }),
    idle_replication_slot_timeout: isCritical ? '3d' : '7d',
    file_copy_method: 'clone',
  };
}
