import { writeYaml } from '../../../repo/core/document.ts';

/** What the exporters of both releases leave out, or call by different names: asked by queries of our own, once a server. */
const queries = {
  pg_xid: {
    query: 'SELECT datname, age(datfrozenxid) AS age FROM pg_database WHERE datallowconn',
    master: true,
    metrics: [{ datname: { usage: 'LABEL', description: 'Database' } }, { age: { usage: 'GAUGE', description: 'Transactions since the oldest row that is not frozen' } }],
  },
  pg_slot: {
    query:
      'SELECT slot_name, slot_type, active::int AS active, ' +
      'coalesce(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, restart_lsn), 0) AS retained_bytes ' +
      'FROM pg_replication_slots',
    master: true,
    metrics: [
      { slot_name: { usage: 'LABEL', description: 'Replication slot' } },
      { slot_type: { usage: 'LABEL', description: 'physical or logical' } },
      { active: { usage: 'GAUGE', description: 'Whether somebody reads it' } },
      { retained_bytes: { usage: 'GAUGE', description: 'WAL that is kept for it' } },
    ],
  },
};

/** For --extend.query-path: series `pg_xid_age`, `pg_slot_active`, `pg_slot_retained_bytes`. */
export const pgQueries = writeYaml(queries);
