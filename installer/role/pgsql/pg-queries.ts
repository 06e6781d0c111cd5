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

/** For --extend.query-path of Debian's exporter: what its releases leave out, or call by different names, asked once a server. */
export const pgQueries = writeYaml({ pg_xid: { ...xid, master: true }, pg_slot: { ...slot, master: true } });
