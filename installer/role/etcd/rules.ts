import { alertOf, record, type Group } from '../rule.ts';

const alert = alertOf('etcd');

/** Thresholds are those of the reference, part 8, and of etcd's own hardware guide (fsync below 10 ms; alert at 5 times that). */
export const etcdRules: Group[] = [
  {
    name: 'etcd-record',
    rules: [
      record('etcd:ins:has_leader', 'min by (cls, ins, ip) (etcd_server_has_leader)'),
      record('etcd:cls:members', 'count by (cls) (up{job="etcd"})'),
      record('etcd:cls:leader_changes', 'max by (cls) (increase(etcd_server_leader_changes_seen_total[15m]))'),
      record('etcd:ins:db_size', 'max by (cls, ins, ip) (etcd_mvcc_db_total_size_in_bytes)'),
      record('etcd:ins:quota_usage', 'max by (cls, ins, ip) (etcd_mvcc_db_total_size_in_bytes) / max by (cls, ins, ip) (etcd_server_quota_backend_bytes > 0)'),
      record('etcd:ins:wal_fsync_rt_p99', 'histogram_quantile(0.99, sum by (cls, ins, ip, le) (rate(etcd_disk_wal_fsync_duration_seconds_bucket[5m])))'),
      record('etcd:ins:commit_rt_p99', 'histogram_quantile(0.99, sum by (cls, ins, ip, le) (rate(etcd_disk_backend_commit_duration_seconds_bucket[5m])))'),
      record('etcd:ins:peer_rt_p99', 'histogram_quantile(0.99, sum by (cls, ins, ip, le) (rate(etcd_network_peer_round_trip_time_seconds_bucket[5m])))'),
      record('etcd:ins:proposals_failed', 'sum by (cls, ins, ip) (rate(etcd_server_proposals_failed_total[5m]))'),
    ],
  },
  {
    name: 'etcd-alert',
    rules: [
      alert('EtcdServerDown', 'CRIT', '1m', 'up{job="etcd"} == 0', '{{ $labels.ins }} ({{ $labels.ip }}) does not answer'),
      alert('EtcdNoLeader', 'CRIT', '15s', 'etcd:ins:has_leader == 0', '{{ $labels.ins }} knows no leader: PostgreSQL clusters become read-only'),
      alert('EtcdQuotaFull', 'CRIT', '1m', 'etcd:ins:quota_usage > 0.9', '{{ $labels.ins }}: {{ $value | humanizePercentage }} of the quota is used; at 100 % nothing can be written'),
      alert('EtcdNetworkPeerRTSlow', 'WARN', '1m', 'etcd:ins:peer_rt_p99 > 0.2', '{{ $labels.ins }}: {{ $value | humanizeDuration }} to another member and back'),
      alert('EtcdWalFsyncSlow', 'WARN', '1m', 'etcd:ins:wal_fsync_rt_p99 > 0.05', '{{ $labels.ins }}: {{ $value | humanizeDuration }} to write to disk'),
    ],
  },
];
