import type { Host, Inventory } from '../../inventory/inventory.ts';
import { endpoint, exporterAddress } from '../listen.ts';
import { programOf } from '../../platform/program.ts';
import { daemon } from '../daemon.ts';
import type { Role } from '../role.ts';

/** Metrics of the machine, on port 9100, with those that other roles leave in `textfiles`. */
export const nodeExporter: Role = {
  name: 'node-exporter',
  ground: true,
  rollout: 'together',
  plays: ({ vars }) => vars.node_exporter_enabled,
  components: (_host, { bundle }) => [programOf('nodeExporter', bundle).component],
  resources: (host, inventory) => [
    { kind: 'directory', path: textfiles, mode: '0755' },
    ...daemon({ program: programOf('nodeExporter', inventory.bundle), about: 'Metrics of the machine', flags: flags(host, inventory) }),
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
