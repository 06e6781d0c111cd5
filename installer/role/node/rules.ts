import { alertOf, record, type Group } from '../rule.ts';

const alert = alertOf('node');

/** Filesystems that hold data; the others are memory, or images that are always full. */
const real = 'fstype!~"tmpfs|ramfs|overlay|squashfs|iso9660|autofs|fuse.*|nsfs|efivarfs"';

/**
 * Services that have servers, none of which is up, and that do not fall back on those of `SERVICE-anyone` either. One without any server is meant to
 * lead nowhere: nobody is a replica, or takes long queries.
 */
const each = 'cls, ins, ip, proxy';
const serversUp = `max by (${each}) (haproxy_backend_active_servers + haproxy_backend_backup_servers)`;
const fallsBack = `label_replace(${serversUp} > 0, "proxy", "$1", "proxy", "(.+)-anyone")`;
const leadsNowhere = `(${serversUp} == 0 and on (${each}) count by (${each}) (haproxy_server_status)) unless on (${each}) ${fallsBack}`;

/** Ratios are between 0 and 1. `ins` is a host, `cls` its cluster. */
export const nodeRules: Group[] = [
  {
    name: 'node-record',
    rules: [
      record('node:ins:cpu_count', 'count by (cls, ins, ip) (node_cpu_seconds_total{mode="idle"})'),
      record('node:ins:cpu_usage', '1 - avg by (cls, ins, ip) (rate(node_cpu_seconds_total{mode="idle"}[1m]))'),
      record('node:ins:cpu_iowait', 'avg by (cls, ins, ip) (rate(node_cpu_seconds_total{mode="iowait"}[1m]))'),
      record('node:cls:cpu_usage', 'avg by (cls) (node:ins:cpu_usage)'),
      record('node:ins:stdload1', 'max by (cls, ins, ip) (node_load1) / on (cls, ins, ip) node:ins:cpu_count'),
      record('node:ins:stdload5', 'max by (cls, ins, ip) (node_load5) / on (cls, ins, ip) node:ins:cpu_count'),
      record('node:ins:mem_usage', '1 - max by (cls, ins, ip) (node_memory_MemAvailable_bytes) / max by (cls, ins, ip) (node_memory_MemTotal_bytes)'),
      record('node:cls:mem_usage', 'avg by (cls) (node:ins:mem_usage)'),
      record('node:ins:swap_usage', '1 - max by (cls, ins, ip) (node_memory_SwapFree_bytes) / (max by (cls, ins, ip) (node_memory_SwapTotal_bytes) > 0)'),
      record('node:fs:space_usage', `1 - node_filesystem_avail_bytes{${real}} / (node_filesystem_size_bytes{${real}} > 0)`),
      record('node:fs:inode_usage', `1 - node_filesystem_files_free{${real}} / (node_filesystem_files{${real}} > 0)`),
      record('node:fs:space_in_1d', `predict_linear(node_filesystem_avail_bytes{${real}}[6h], 86400)`),
      record('node:ins:space_usage', 'max by (cls, ins, ip) (node:fs:space_usage)'),
      record('node:ins:fd_usage', 'max by (cls, ins, ip) (node_filefd_allocated) / max by (cls, ins, ip) (node_filefd_maximum > 0)'),
      record('node:dev:disk_read_rt', 'rate(node_disk_read_time_seconds_total[1m]) / (rate(node_disk_reads_completed_total[1m]) > 0)'),
      record('node:dev:disk_write_rt', 'rate(node_disk_write_time_seconds_total[1m]) / (rate(node_disk_writes_completed_total[1m]) > 0)'),
      record('node:dev:disk_util', 'rate(node_disk_io_time_seconds_total[1m])'),
      record('node:ins:disk_read_bytes', 'sum by (cls, ins, ip) (rate(node_disk_read_bytes_total[1m]))'),
      record('node:ins:disk_write_bytes', 'sum by (cls, ins, ip) (rate(node_disk_written_bytes_total[1m]))'),
      record('node:ins:network_rx', 'sum by (cls, ins, ip) (rate(node_network_receive_bytes_total{device!~"lo|veth.*"}[1m]))'),
      record('node:ins:network_tx', 'sum by (cls, ins, ip) (rate(node_network_transmit_bytes_total{device!~"lo|veth.*"}[1m]))'),
      record('node:ins:tcp_error', 'sum by (cls, ins, ip) (rate(node_netstat_Tcp_InErrs[1m]))'),
      record('node:ins:tcp_retrans_ratio', 'sum by (cls, ins, ip) (rate(node_netstat_Tcp_RetransSegs[1m])) / (sum by (cls, ins, ip) (rate(node_netstat_Tcp_OutSegs[1m])) > 0)'),
      record('node:ins:time_drift', 'max by (cls, ins, ip) (abs(node_timex_offset_seconds))'),
      record('node:cert:days_left', '(pgark_certificate_not_after_seconds - time()) / 86400'),
    ],
  },
  {
    name: 'node-alert',
    rules: [
      alert('NodeDown', 'CRIT', '1m', 'up{job="node", exporter="node"} == 0', '{{ $labels.ins }} ({{ $labels.ip }}) does not answer'),
      alert('HaproxyDown', 'CRIT', '1m', 'up{job="node", exporter="haproxy"} == 0', 'HAProxy on {{ $labels.ins }} does not answer'),
      alert('HaproxyServersDown', 'WARN', '1m', leadsNowhere, 'service {{ $labels.proxy }} on {{ $labels.ins }} leads nowhere'),
      alert('NodeCpuHigh', 'WARN', '3m', 'node:ins:cpu_usage > 0.7', '{{ $labels.ins }}: {{ $value | humanizePercentage }} of the processors are busy'),
      alert('NodeLoadHigh', 'WARN', '3m', 'node:ins:stdload1 > 3', '{{ $labels.ins }}: {{ $value | humanize }} runnable processes for each processor'),
      alert('NodeOutOfMem', 'WARN', '1m', 'node:ins:mem_usage > 0.9', '{{ $labels.ins }}: {{ $value | humanizePercentage }} of the memory is used'),
      alert('NodeMemSwapped', 'INFO', '3m', 'node:ins:swap_usage > 0.05', '{{ $labels.ins }}: {{ $value | humanizePercentage }} of the swap is used'),
      alert('NodeFsSpaceFull', 'CRIT', '1m', 'node:fs:space_usage > 0.9', '{{ $labels.ins }}: {{ $labels.mountpoint }} is {{ $value | humanizePercentage }} full'),
      alert('NodeFsFilesFull', 'WARN', '1m', 'node:fs:inode_usage > 0.9', '{{ $labels.ins }}: {{ $value | humanizePercentage }} of the inodes of {{ $labels.mountpoint }} are used'),
      alert('NodeFsSpaceForecast', 'WARN', '30m', 'node:fs:space_in_1d < 0 and on (ins, ip, mountpoint, device) node:fs:space_usage > 0.5', '{{ $labels.ins }}: {{ $labels.mountpoint }} will be full within a day, as it has filled in the last six hours'),
      alert('NodeFdFull', 'WARN', '1m', 'node:ins:fd_usage > 0.9', '{{ $labels.ins }}: {{ $value | humanizePercentage }} of the file descriptors are used'),
      alert('NodeDiskSlow', 'WARN', '1m', 'node:dev:disk_read_rt > 0.032 or node:dev:disk_write_rt > 0.032', '{{ $labels.ins }}: {{ $labels.device }} takes {{ $value | humanizeDuration }} a request'),
      alert('NodeTcpErrHigh', 'WARN', '1m', 'node:ins:tcp_error > 1', '{{ $labels.ins }}: {{ $value | humanize }} broken TCP segments a second'),
      alert('NodeTcpRetransHigh', 'INFO', '1m', 'node:ins:tcp_retrans_ratio > 0.01', '{{ $labels.ins }}: {{ $value | humanizePercentage }} of TCP segments are sent again'),
      alert('NodeTimeDrift', 'WARN', '1m', 'node:ins:time_drift > 0.05', '{{ $labels.ins }}: the clock is {{ $value | humanizeDuration }} off'),
      alert('CertificateExpires', 'WARN', '5m', 'node:cert:days_left < 21', '{{ $labels.ins }}: {{ $labels.path }} ends in {{ $value | humanize }} days; run pgark apply'),
      alert('CertificateExpired', 'CRIT', '1m', 'node:cert:days_left < 2', '{{ $labels.ins }}: {{ $labels.path }} ends in {{ $value | humanize }} days; run pgark apply'),
    ],
  },
];
