import { alertOf, record, type Group } from '../rule.ts';

const alert = alertOf('minio');

/** Names are those of the third edition of the metrics (`/minio/metrics/v3`); thresholds are those of the reference, part 8. */
export const minioRules: Group[] = [
  {
    name: 'minio-record',
    rules: [
      record('minio:cls:nodes_offline', 'max by (cls) (minio_cluster_health_nodes_offline_count)'),
      record('minio:cls:drives_offline', 'max by (cls) (minio_cluster_health_drives_offline_count)'),
      record('minio:cls:set_health', 'min by (cls) (minio_cluster_erasure_set_overall_health)'),
      record('minio:cls:space_usage', '1 - max by (cls) (minio_cluster_health_capacity_usable_free_bytes) / (max by (cls) (minio_cluster_health_capacity_usable_total_bytes) > 0)'),
    ],
  },
  {
    name: 'minio-alert',
    rules: [
      alert('MinioServerDown', 'CRIT', '1m', 'up{job="minio"} == 0', '{{ $labels.ins }} ({{ $labels.ip }}) does not answer'),
      alert('MinioNodeOffline', 'WARN', '3m', 'minio:cls:nodes_offline > 0', '{{ $labels.cls }}: {{ $value | humanize }} members are not seen by the others'),
      alert('MinioDiskOffline', 'WARN', '3m', 'minio:cls:drives_offline > 0', '{{ $labels.cls }}: {{ $value | humanize }} disks are missing'),
      alert('MinioErasureSetUnhealthy', 'CRIT', '1m', 'minio:cls:set_health < 1', '{{ $labels.cls }}: too many disks are missing to read and write everything'),
      alert('MinioClusterCapacityHigh', 'WARN', '15m', 'minio:cls:space_usage > 0.9', '{{ $labels.cls }}: {{ $value | humanizePercentage }} of the room is used; backups fail when it is full'),
    ],
  },
];
