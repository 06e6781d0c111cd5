import { expect, test } from 'vitest';
import { leaderOf, readMembers } from '../../../installer/cluster/member.ts';

// Recorded from Patroni 3.0.2 (Debian 12) and 4.0.7 (Debian 13); that of 4.1 is written after its source (patroni/ctl.py, output_members).
const of30 = `[{"Cluster": "pg-test", "Member": "pg-test-1", "Host": "10.10.21.11", "Role": "Leader", "State": "running", "TL": 3, "Pending restart": "*", "Tags": {"clonefrom": true, "version": "15"}}, {"Cluster": "pg-test", "Member": "pg-test-2", "Host": "10.10.21.12", "Role": "Replica", "State": "running", "TL": 3, "Lag in MB": 0, "Tags": {"clonefrom": true, "version": "15"}}]`;
const of40 = `[{"Cluster": "pg-test", "Member": "pg-test-1", "Host": "10.10.21.11", "Role": "Replica", "State": "stopped", "Lag in MB": "unknown", "Pending restart": "*", "Pending restart reason": "max_connections: 50->60", "Tags": {"clonefrom": true, "version": "17"}}, {"Cluster": "pg-test", "Member": "pg-test-2", "Host": "10.10.21.12", "Role": "Leader", "State": "running", "TL": 2, "Tags": {"clonefrom": true, "version": "17"}}, {"Cluster": "pg-test", "Member": "pg-test-3", "Host": "10.10.21.13:5433", "Role": "Sync Standby", "State": "streaming", "TL": 2, "Lag in MB": 2, "Tags": {"nofailover": true}}]`;
const of41 = `[{"Cluster": "pg-test", "Member": "pg-test-2", "Host": "10.10.21.12", "Role": "Standby Leader", "State": "streaming", "TL": 2, "Receive LSN": "0/5000060", "Replay LSN": "0/5000060"}, {"Cluster": "pg-test", "Member": "pg-test-3", "Host": "10.10.21.13", "Role": "Replica", "State": "streaming", "TL": 2, "Receive LSN": "0/5000060", "Receive Lag": 1, "Replay LSN": "0/4000060", "Replay Lag": 17}]`;

test('the members of Patroni 3.0 are read', () => {
  expect(readMembers(of30)).toEqual([
    { name: 'pg-test-1', host: '10.10.21.11', role: 'Leader', state: 'running', timeline: 3, pendingRestart: true, barred: false },
    { name: 'pg-test-2', host: '10.10.21.12', role: 'Replica', state: 'running', timeline: 3, lag: 0, pendingRestart: false, barred: false },
  ]);
});

test('the members of Patroni 4.0 are read; a lag that nobody knows is none', () => {
  expect(readMembers(of40)).toEqual([
    { name: 'pg-test-1', host: '10.10.21.11', role: 'Replica', state: 'stopped', pendingRestart: true, barred: false },
    { name: 'pg-test-2', host: '10.10.21.12', role: 'Leader', state: 'running', timeline: 2, pendingRestart: false, barred: false },
    { name: 'pg-test-3', host: '10.10.21.13:5433', role: 'Sync Standby', state: 'streaming', timeline: 2, lag: 2_097_152, pendingRestart: false, barred: true },
  ]);
});

test('of the two lags of Patroni 4.1, what has not arrived counts', () => {
  expect(readMembers(of41)[1]).toMatchObject({ name: 'pg-test-3', lag: 1_048_576 });
});

test('a cluster that Patroni does not know has no members', () => {
  expect(readMembers('[]')).toEqual([]);
});

test('the leader of a standby cluster is a leader', () => {
  expect(leaderOf(readMembers(of41))?.name).toBe('pg-test-2');
});
