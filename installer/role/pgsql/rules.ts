import { alertOf, record, type Group } from '../rule.ts';

const alert = alertOf('pgsql');

/**
 * Written for the exporters of both of Debian's releases, bookworm's postgres_exporter 0.11 and trixie's 0.17, by whose names
 * pg_exporter tells the same (pg-collectors.ts). What either leaves out, or calls by another name, is asked by `pgQueries`.
 */
export const pgsqlRules: Group[] = [
  {
    name: 'pgsql-record',
    rules: [
      record('pg:ins:up', 'max by (cls, ins, ip) (pg_up)'),
      record('pg:ins:is_primary', 'max by (cls, ins, ip) (patroni_primary)'),
      record('pg:cls:primaries', 'sum by (cls) (patroni_primary + patroni_standby_leader)'),
      record('pg:cls:members', 'count by (cls) (patroni_primary)'),
      record('pg:ins:timeline', 'max by (cls, ins, ip) (patroni_postgres_timeline)'),
      record('pg:ins:uptime', 'time() - max by (cls, ins, ip) (patroni_postmaster_start_time > 0)'),
      record('pg:ins:num_backends', 'sum by (cls, ins, ip) (pg_stat_activity_count)'),
      record('pg:ins:active_backends', 'sum by (cls, ins, ip) (pg_stat_activity_count{state="active"})'),
      record('pg:ins:conn_usage', 'pg:ins:num_backends / max by (cls, ins, ip) (pg_settings_max_connections)'),
      record('pg:ins:pressure', 'pg:ins:active_backends / on (ip) group_left () max by (ip) (node:ins:cpu_count)'),
      record('pg:db:xact_tps', 'sum by (cls, ins, ip, datname) (rate(pg_stat_database_xact_commit[1m]) + rate(pg_stat_database_xact_rollback[1m]))'),
      record('pg:ins:xact_tps', 'sum by (cls, ins, ip) (pg:db:xact_tps)'),
      record('pg:cls:xact_tps', 'sum by (cls) (pg:ins:xact_tps)'),
      record('pg:ins:rollback_ratio', 'sum by (cls, ins, ip) (rate(pg_stat_database_xact_rollback[5m])) / (sum by (cls, ins, ip) (rate(pg_stat_database_xact_commit[5m]) + rate(pg_stat_database_xact_rollback[5m])) > 0)'),
      record('pg:db:cache_hit_ratio', 'sum by (cls, ins, ip, datname) (rate(pg_stat_database_blks_hit[5m])) / (sum by (cls, ins, ip, datname) (rate(pg_stat_database_blks_hit[5m]) + rate(pg_stat_database_blks_read[5m])) > 0)'),
      record('pg:ins:deadlocks', 'sum by (cls, ins, ip) (increase(pg_stat_database_deadlocks[5m]))'),
      record('pg:ins:temp_bytes', 'sum by (cls, ins, ip) (rate(pg_stat_database_temp_bytes[5m]))'),
      record('pg:ins:db_size', 'sum by (cls, ins, ip) (pg_database_size_bytes)'),
      record('pg:ins:lsn', 'max by (cls, ins, ip) (patroni_xlog_location > 0) or max by (cls, ins, ip) (patroni_xlog_replayed_location)'),
      record('pg:cls:lsn', 'max by (cls) (patroni_xlog_location)'),
      record('pg:ins:lag_bytes', 'clamp_min(pg:cls:lsn - on (cls) group_right () max by (cls, ins, ip) (patroni_xlog_replayed_location and on (ins) patroni_replica == 1), 0)'),
      record('pg:ins:lag_seconds', 'max by (cls, ins, ip) (pg_replay_lag_seconds)'),
      record('pg:slot:inactive', 'max by (cls, ins, ip, slot_name) (pg_slot_active == bool 0)'),
      record('pg:slot:retained_bytes', 'max by (cls, ins, ip, slot_name) (pg_slot_retained_bytes)'),
      record('pg:db:xid_age', 'max by (cls, ins, ip, datname) (pg_xid_age)'),
      record('pg:ins:archive_failures', 'max by (cls, ins, ip) (increase(pg_stat_archiver_failed_count[15m]))'),
      record('pg:ins:archive_age', 'max by (cls, ins, ip) (pg_stat_archiver_last_archive_age)'),
      record('pg:ins:backup_age', 'time() - max by (stanza, pg) (pgark_backup_stop_seconds > 0)'),
      record('pg:ins:pool_waiting', 'sum by (cls, ins, ip) (pgbouncer_pools_client_waiting_connections)'),
      record('pg:ins:pool_query_rt', 'sum by (cls, ins, ip) (rate(pgbouncer_stats_queries_duration_seconds_total[1m])) / (sum by (cls, ins, ip) (rate(pgbouncer_stats_queries_pooled_total[1m])) > 0)'),
    ],
  },
  {
    name: 'pgsql-alert',
    rules: [
      alert('PostgresDown', 'CRIT', '1m', 'pg_up == 0 or patroni_postgres_running == 0', 'PostgreSQL {{ $labels.ins }} ({{ $labels.ip }}) does not answer'),
      alert('PatroniDown', 'CRIT', '1m', 'up{job="pgsql", exporter="patroni"} == 0', 'Patroni of {{ $labels.ins }} does not answer: no failover for this member'),
      alert('PgbouncerDown', 'CRIT', '1m', 'pgbouncer_up == 0', 'PgBouncer of {{ $labels.ins }} does not answer'),
      alert('PgExporterDown', 'WARN', '1m', 'up{job="pgsql", exporter="postgres"} == 0', 'nobody knows how {{ $labels.ins }} is: its exporter does not answer'),
      alert('PgbouncerExporterDown', 'WARN', '1m', 'up{job="pgsql", exporter="pgbouncer"} == 0', 'the exporter of PgBouncer of {{ $labels.ins }} does not answer'),
      alert('PostgresRestart', 'INFO', '0s', 'pg:ins:uptime < 120', '{{ $labels.ins }} started {{ $value | humanizeDuration }} ago'),
      alert('PostgresPartition', 'CRIT', '1m', 'pg:cls:primaries != 1', 'cluster {{ $labels.cls }} has {{ $value }} primaries'),
      alert('PatroniFailSafeActive', 'WARN', '1m', 'patroni_failsafe_mode_is_active == 1', '{{ $labels.ins }} runs without etcd, by the word of its members'),
      alert('PatroniPaused', 'INFO', '10m', 'max by (cls) (patroni_is_paused) == 1', 'cluster {{ $labels.cls }} is paused: there is no failover'),
      alert('PostgresPressureHigh', 'WARN', '3m', 'pg:ins:pressure > 0.7', '{{ $labels.ins }}: {{ $value | humanize }} busy connections for each processor'),
      alert('PostgresConnUsageHigh', 'WARN', '1m', 'pg:ins:conn_usage > 0.7', '{{ $labels.ins }}: {{ $value | humanizePercentage }} of the connections are taken'),
      alert('PostgresIdleInXact', 'INFO', '1m', 'max by (cls, ins, ip, datname) (pg_stat_activity_max_tx_duration{state=~"idle in transaction.*"}) > 300', '{{ $labels.ins }}: a transaction in {{ $labels.datname }} has done nothing for {{ $value | humanizeDuration }}'),
      alert('PostgresReplicationBreak', 'CRIT', '1m', 'patroni_replica == 1 and patroni_postgres_streaming == 0 or pg:ins:lag_bytes > 0 and on (ins) (delta(patroni_xlog_replayed_location[2m]) == 0)', 'replica {{ $labels.ins }} does not stream'),
      alert('PostgresReplicationLag', 'WARN', '1m', 'pg:ins:lag_bytes > 104857600', 'replica {{ $labels.ins }} is {{ $value | humanize1024 }}B behind'),
      alert('PostgresSlotInactive', 'WARN', '15m', 'pg:slot:inactive == 1', '{{ $labels.ins }}: nobody reads replication slot {{ $labels.slot_name }}, which keeps WAL'),
      alert('PostgresSlotRetainsWal', 'WARN', '5m', 'pg:slot:retained_bytes > 10737418240', '{{ $labels.ins }}: replication slot {{ $labels.slot_name }} keeps {{ $value | humanize1024 }}B of WAL'),
      alert('PostgresXidWarpAround', 'CRIT', '1m', 'pg:db:xid_age > 1200000000', '{{ $labels.ins }}: the oldest transaction of {{ $labels.datname }} is {{ $value | humanize }} transactions old; vacuum it'),
      alert('PostgresArchiveFailing', 'CRIT', '5m', 'pg:ins:archive_failures > 0', '{{ $labels.ins }} cannot archive WAL: recovery to a point in time ends here, and the disk fills'),
      alert('PostgresBackupFailed', 'CRIT', '5m', 'pgark_backup_status != 0', '{{ $labels.pg }}: pgBackRest says {{ $value }} of stanza {{ $labels.stanza }}; see pgbackrest info'),
      alert('PostgresBackupOld', 'WARN', '15m', 'pg:ins:backup_age > 129600', '{{ $labels.pg }}: the last backup ended {{ $value | humanizeDuration }} ago'),
      alert('PostgresDeadlocks', 'INFO', '1m', 'pg:ins:deadlocks > 5', '{{ $labels.ins }}: {{ $value | humanize }} deadlocks in five minutes'),
      alert('PgbouncerClientQueue', 'WARN', '1m', 'pg:ins:pool_waiting > 1', '{{ $labels.ins }}: {{ $value }} clients wait for a connection of the pool'),
      alert('PgbouncerQuerySlow', 'INFO', '3m', 'pg:ins:pool_query_rt > 0.5', '{{ $labels.ins }}: {{ $value | humanizeDuration }} a query through PgBouncer'),
    ],
  },
];
