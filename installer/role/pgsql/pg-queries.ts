import { writeYaml } from '../../../repo/core/document.ts';

/** A query and what its columns are, in the words that both exporters have for it. */
export interface Query {
  query: string;
  metrics: readonly Readonly<Record<string, Column>>[];
}

export interface Column {
  usage: 'LABEL' | 'GAUGE' | 'COUNTER';
  description: string;
}

/** `pg_xid_age`, by database. */
export const xid: Query = {
  query: 'SELECT datname, age(datfrozenxid) AS age FROM pg_database WHERE datallowconn',
  metrics: [{ datname: { usage: 'LABEL', description: 'Database' } }, { age: { usage: 'GAUGE', description: 'Transactions since the oldest row that is not frozen' } }],
};

/** `pg_slot_active` and `pg_slot_retained_bytes`, by replication slot. */
export const slot: Query = {
  query:
    'SELECT slot_name, slot_type, active::int AS active, ' +
    'coalesce(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, restart_lsn), 0) AS retained_bytes ' +
    'FROM pg_replication_slots',
  metrics: [
    { slot_name: { usage: 'LABEL', description: 'Replication slot' } },
    { slot_type: { usage: 'LABEL', description: 'physical or logical' } },
    { active: { usage: 'GAUGE', description: 'Whether somebody reads it' } },
    { retained_bytes: { usage: 'GAUGE', description: 'WAL that is kept for it' } },
  ],
};

/** `pg_replay_lag_seconds`. What is received is replayed: then nothing is behind, however long ago the last transaction was. */
export const replay: Query = {
  query:
    'SELECT CASE WHEN NOT pg_is_in_recovery() OR pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0 ' +
    'ELSE greatest(extract(epoch FROM now() - pg_last_xact_replay_timestamp()), 0) END AS lag_seconds',
  metrics: [{ lag_seconds: { usage: 'GAUGE', description: 'Seconds since the last transaction that was replayed; 0 on a primary' } }],
};

/** For --extend.query-path of Debian's exporter: what its releases leave out, or call by different names, asked once a server. */
export const pgQueries = writeYaml({ pg_xid: { ...xid, master: true }, pg_slot: { ...slot, master: true }, pg_replay: { ...replay, master: true } });
