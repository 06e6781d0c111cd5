import { alertOf, record, type Group } from '../rule.ts';

const alert = alertOf('infra');

export const infraRules: Group[] = [
  {
    name: 'infra-record',
    rules: [
      record('infra:ins:up', 'min by (cls, ins, ip, exporter) (up{job="infra"})'),
      record('infra:cls:targets_down', 'count by (job) (up == 0) or count by (job) (up) * 0'),
    ],
  },
  {
    name: 'infra-alert',
    rules: [
      alert('InfraDown', 'CRIT', '1m', 'up{job="infra"} == 0', '{{ $labels.exporter }} on {{ $labels.ip }} does not answer'),
      alert('MetricsStoreReadOnly', 'CRIT', '1m', 'vm_storage_is_read_only == 1', 'the metrics store on {{ $labels.ip }} has no space left and writes nothing'),
      alert('RuleFailing', 'WARN', '5m', 'sum by (ip, group) (increase(vmalert_execution_errors_total[5m])) > 0 or sum by (ip) (increase(vmalert_alerts_send_errors_total[5m])) > 0', 'vmalert on {{ $labels.ip }} fails to evaluate its rules or to pass alerts on'),
      alert('AlertmanagerConfigBroken', 'WARN', '1m', 'alertmanager_config_last_reload_successful == 0', 'Alertmanager on {{ $labels.ip }} could not read its configuration'),
      alert('NotificationFailing', 'WARN', '5m', 'sum by (ip, integration) (rate(alertmanager_notifications_failed_total[5m])) > 0', 'Alertmanager on {{ $labels.ip }} cannot reach {{ $labels.integration }}'),
      alert('PortalDown', 'WARN', '1m', 'nginx_up == 0', 'nginx on {{ $labels.ip }} does not answer'),
    ],
  },
];
