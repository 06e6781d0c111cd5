import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { Program } from '../../platform/program.ts';
import type { Resource } from '../../resource/resource.ts';
import { daemon } from '../daemon.ts';
import { environmentFile, watchedPostgres, webFlags } from './monitor.ts';
import { pgQueries } from './pg-queries.ts';

const settings = '/etc/default/prometheus-postgres-exporter';
const queries = '/etc/prometheus-postgres-exporter.yml';

/** Debian's exporter of PostgreSQL, prometheus-community/postgres_exporter. */
export function postgresExporter(program: Program, host: Host, inventory: Inventory): Resource[] {
  return [
    { kind: 'file', path: queries, content: pgQueries },
    environmentFile(settings, 'DATA_SOURCE_NAME', watchedPostgres(host), host, inventory),
    ...daemon({ program, about: 'Metrics of PostgreSQL', flags: flags(host, inventory), service: { EnvironmentFile: settings }, restartOn: [settings, queries] }),
  ];
}

function flags(host: Host, inventory: Inventory): string[] {
  const { vars } = host;
  return [
    ...webFlags(host, inventory, vars.pg_exporter_port),
    `--extend.query-path=${queries}`,
    ...(vars.pg_exporter_auto_discovery ? ['--auto-discover-databases', `--exclude-databases=${vars.pg_exporter_exclude_database}`] : []),
    ...(vars.pg_exporter_auto_discovery && vars.pg_exporter_include_database ? [`--include-databases=${vars.pg_exporter_include_database}`] : []),
    vars.pg_exporter_options,
  ].filter(Boolean);
}
