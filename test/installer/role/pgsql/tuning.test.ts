import { describe, expect, test } from 'vitest';
import { tune, type Profile, type TuningInput } from '../../../../installer/role/pgsql/tuning.ts';

const base: TuningInput = {
  profile: 'oltp',
  version: 15,
  cpus: 4,
  memory: 8192,
  disk: 100 * 1024 ** 3,
  connections: 'auto',
  share: 0.25,
  storage: 'SSD',
  destination: 'pgbouncer',
  ioMethod: 'worker',
  libraries: ['pg_stat_statements', 'auto_explain'],
};

const profiles: readonly Profile[] = ['oltp', 'olap', 'crit', 'tiny'];

/** Setting, then its value in oltp, olap, crit and tiny, as reference 5.7 has them for the host above. */
const table: [string, ...(string | number | undefined)[]][] = [
  ['max_connections', 500, 500, 500, 250],
  ['shared_buffers', '2048MB', '2048MB', '2048MB', '2048MB'],
  ['maintenance_work_mem', '512MB', '1024MB', '512MB', '512MB'],
  ['work_mem', '64MB', '64MB', '64MB', '16MB'],
  ['effective_cache_size', '6144MB', '6144MB', '6144MB', '6144MB'],
  ['max_locks_per_transaction', 500, 1000, 500, 250],
  ['max_prepared_transactions', 0, 0, 0, 0],
  ['max_worker_processes', 24, 28, 24, 20],
  ['max_parallel_workers', 2, 4, 2, 2],
  ['max_parallel_maintenance_workers', 2, 2, 2, 1],
  ['max_parallel_workers_per_gather', 2, 2, 0, 0],
  ['parallel_setup_cost', 2000, undefined, 2000, undefined],
  ['temp_file_limit', '5GB', '20GB', '5GB', '5GB'],
  ['min_wal_size', '5GB', '5GB', '5GB', '5GB'],
  ['max_wal_size', '20GB', '20GB', '20GB', '20GB'],
  ['max_slot_wal_keep_size', '30GB', '30GB', '30GB', '30GB'],
  ['vacuum_cost_delay', '20ms', '10ms', '20ms', '20ms'],
  ['vacuum_cost_limit', 2000, 10_000, 2000, 2000],
  ['wal_writer_delay', '20ms', '20ms', '10ms', '20ms'],
  ['wal_writer_flush_after', '1MB', '1MB', '0', '1MB'],
  ['random_page_cost', 1.1, 1.1, 1.1, 1.1],
  ['default_statistics_target', 400, 1000, 400, 200],
  ['log_min_duration_statement', 100, 1000, 100, 100],
  ['log_connections', undefined, undefined, 'on', undefined],
  ['idle_in_transaction_session_timeout', '10min', '0', '1min', '10min'],
  ['autovacuum_max_workers', 3, 3, 3, 2],
  ['autovacuum_vacuum_threshold', 500, 1000, 500, 500],
  ['autovacuum_vacuum_scale_factor', 0.08, 0.08, 0.08, undefined],
  ['autovacuum_freeze_max_age', 1_000_000_000, 1_000_000_000, 1_000_000_000, 1_000_000_000],
  ['pg_stat_statements.max', 10_000, 10_000, 10_000, 2500],
  ['track_activity_query_size', 8192, 8192, 32_768, 8192],
  ['enable_partitionwise_join', undefined, 'on', undefined, undefined],
  ['vacuum_defer_cleanup_age', undefined, undefined, 500_000, undefined],
];

describe('on 4 cores, 8 GiB and 100 GiB of disk', () => {
  test.each(table)('%s is %s in oltp, %s in olap, %s in crit, %s in tiny', (setting, ...wanted) => {
    const values = profiles.map((profile) => tune({ ...base, profile })[setting]);

    expect(values).toEqual(wanted);
  });
});

/** What differs on a large host: 64 cores, 512 GiB, 20 TiB. */
const large: [string, ...(string | number)[]][] = [
  ['shared_buffers', '131072MB', '131072MB', '131072MB', '131072MB'],
  ['work_mem', '262MB', '262MB', '262MB', '256MB'],
  ['max_worker_processes', 80, 84, 80, 76],
  ['max_parallel_workers', 32, 52, 32, 32],
  ['max_parallel_maintenance_workers', 22, 22, 22, 21],
  ['max_parallel_workers_per_gather', 8, 32, 0, 0],
  ['temp_file_limit', '200GB', '2000GB', '200GB', '200GB'],
  ['min_wal_size', '200GB', '200GB', '200GB', '200GB'],
  ['max_wal_size', '2000GB', '2000GB', '2000GB', '2000GB'],
  ['max_slot_wal_keep_size', '3000GB', '3000GB', '3000GB', '3000GB'],
];

describe('on 64 cores, 512 GiB and 20 TiB of disk', () => {
  test.each(large)('%s is %s in oltp, %s in olap, %s in crit, %s in tiny', (setting, ...wanted) => {
    const values = profiles.map((profile) => tune({ ...base, profile, cpus: 64, memory: 524_288, disk: 20 * 1024 ** 4 })[setting]);

    expect(values).toEqual(wanted);
  });
});

describe('a setting', () => {
  test('of sizes is never nothing, however small the host', () => {
    const settings = tune({ ...base, profile: 'tiny', cpus: 1, memory: 512, disk: 4 * 1024 ** 3 });

    expect(settings).toMatchObject({ shared_buffers: '128MB', work_mem: '16MB', min_wal_size: '1GB', max_wal_size: '4GB', temp_file_limit: '1GB', max_parallel_workers: 1 });
  });

  test('of connections is 1000 where services lead past PgBouncer, and what the inventory says where it says so', () => {
    const direct = tune({ ...base, destination: 'postgres' });
    const given = tune({ ...base, connections: 300 });

    expect([direct['max_connections'], given['max_connections'], given['max_locks_per_transaction']]).toEqual([1000, 300, 300]);
  });

  test('of locks is doubled by libraries that partition, and citus prepares transactions', () => {
    const timescale = tune({ ...base, libraries: ['timescaledb'] });
    const citus = tune({ ...base, profile: 'olap', libraries: ['citus'] });

    expect([timescale['max_locks_per_transaction'], timescale['max_prepared_transactions']]).toEqual([1000, 0]);
    expect([citus['max_locks_per_transaction'], citus['max_prepared_transactions']]).toEqual([2000, 500]);
  });

  test('that a major does not know is not there', () => {
    const before = tune({ ...base, profile: 'crit', version: 17 });
    const since = tune({ ...base, profile: 'crit', version: 18 });

    expect(Object.keys(before).filter((key) => /^io_|^idle_repl|clone|lock_failures|defer_cleanup/.test(key))).toEqual([]);
    expect(since).toMatchObject({ io_method: 'worker', io_workers: 4, idle_replication_slot_timeout: '3d', log_lock_failures: 'on', track_cost_delay_timing: 'on', log_connections: 'receipt,authentication,authorization' });
  });

  test.each([
    ['oltp', 64, 16],
    ['olap', 96, 32],
    ['crit', 64, 8],
    ['tiny', 2, 3],
  ] as const)('of io workers in %s with %i cores is %i', (profile, cpus, wanted) => {
    const settings = tune({ ...base, profile, version: 18, cpus });

    expect(settings['io_workers']).toBe(wanted);
  });

  test('of costs follows the storage', () => {
    const settings = tune({ ...base, storage: 'HDD' });

    expect([settings['random_page_cost'], settings['effective_io_concurrency']]).toEqual([4, 2]);
  });
});
