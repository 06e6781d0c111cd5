import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { Program } from '../../platform/program.ts';
import type { Resource } from '../../resource/resource.ts';
import { daemon } from '../daemon.ts';
import { exporterAddress } from '../listen.ts';
import { environmentFile, watchedPgbouncer, webFlags } from './monitor.ts';
import { pgbouncerMetrics } from './pgbouncer-metrics.ts';

const settings = '/etc/default/prometheus-pgbouncer-exporter';
const replacement = '/usr/local/lib/pgark/pgbouncer-exporter';
const about = 'Metrics of PgBouncer';

/** Debian's exporter of PgBouncer, prometheus-community/pgbouncer_exporter, or what stands in its place. */
export function pgbouncerExporter(program: Program, host: Host, inventory: Inventory): Resource[] {
  return hasWorkingExporter(host) ? packaged(program, host, inventory) : replaced(program, host, inventory);
}

/** Debian has it since trixie; before, a program of the same name that no living PgBouncer suits: see pgbouncer-metrics.ts. */
const hasWorkingExporter = ({ facts }: Host): boolean => Number(facts.release) >= 13;

function packaged(program: Program, host: Host, inventory: Inventory): Resource[] {
  const { vars } = host;
  const flags = [...webFlags(host, inventory, vars.pgbouncer_exporter_port), vars.pgbouncer_exporter_options].filter(Boolean);
  return [
    environmentFile(settings, 'PGBOUNCER_EXPORTER_CONNECTION_STRING', watchedPgbouncer(host), host, inventory),
    ...daemon({ program, about, flags, service: { EnvironmentFile: settings }, restartOn: [settings] }),
  ];
}

/** It runs as the database superuser's account and finds the monitor's password in that account's .pgpass. */
function replaced(program: Program, host: Host, inventory: Inventory): Resource[] {
  const { vars } = host;
  const words = [exporterAddress(host, inventory), vars.pgbouncer_exporter_port, vars.pg_localhost, vars.pgbouncer_port, vars.pg_monitor_username];
  return [
    { kind: 'directory', path: '/usr/local/lib/pgark', mode: '0755' },
    { kind: 'file', path: replacement, content: pgbouncerMetrics, mode: '0755' },
    ...daemon({
      program: { ...program, path: replacement, account: vars.pg_dbsu },
      about,
      flags: words.map(String),
      service: { Environment: `PGPASSFILE=${vars.pg_dbsu_home}/.pgpass` },
      restartOn: [replacement],
    }),
  ];
}
