import type { Host, Inventory } from '../../inventory/inventory.ts';
import { endpoint, exporterAddress } from '../listen.ts';
import type { Role } from '../role.ts';
import { written } from '../text.ts';

/** Metrics of the machine, on port 9100, with those that other roles leave in `textfiles`. */
export const nodeExporter: Role = {
  name: 'node-exporter',
  rollout: 'together',
  plays: ({ vars }) => vars.node_exporter_enabled,
  packages: () => ['prometheus-node-exporter'],
  resources: (host, inventory) => [
    { kind: 'directory', path: textfiles, mode: '0755' },
    written('/etc/default/prometheus-node-exporter', [`ARGS="${flags(host, inventory).join(' ')}"`]),
    { kind: 'service', unit: 'prometheus-node-exporter.service', enabled: true, running: true, restartOn: ['/etc/default/prometheus-node-exporter'] },
  ],
};

/** Files `*.prom` in this folder are part of the host's metrics. Write beside, then rename. */
export const textfiles = '/var/lib/prometheus/node-exporter';

function flags(host: Host, inventory: Inventory): string[] {
  const { vars } = host;
  return [
    `--web.listen-address=${endpoint(exporterAddress(host, inventory), vars.node_exporter_port)}`,
    `--web.telemetry-path=${vars.exporter_metrics_path}`,
    `--collector.textfile.directory=${textfiles}`,
    vars.node_exporter_options,
  ].filter((flag) => flag !== '');
}
