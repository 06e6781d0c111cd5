import type { Host, Inventory } from '../../inventory/inventory.ts';
import { programOf, type Program } from '../../platform/program.ts';
import type { Resource } from '../../resource/resource.ts';
import { daemon } from '../daemon.ts';
import { isRunning } from '../instance.ts';
import { environmentFile, watchedPgbouncer, watchedPostgres, webFlags, type Watched } from './monitor.ts';
import { pgbouncerCollectors, postgresCollectors } from './pg-collectors.ts';
import { pgbouncerExporter as debianPgbouncerExporter } from './pgbouncer-exporter.ts';
import { postgresExporter } from './postgres-exporter.ts';
import { leaderWith } from '../need.ts';
import type { Role } from '../role.ts';

/** Metrics of PostgreSQL on port 9630, read by a role that may look at everything and change nothing. */
export const pgExporter: Role = {
  name: 'pg-exporter',
  rollout: 'together',
  plays: (host) => isRunning(host) && host.vars.pg_exporter_enabled,
  needs: (host, inventory) => leaderWith('access', host, inventory),
  secrets: () => ['pg_monitor_password'],
  components: (_host, { bundle }) => [programOf('postgresExporter', bundle).component],
  resources: (host, inventory) => {
    const program = programOf('postgresExporter', inventory.bundle);
    if (!isOfBoth(program)) return postgresExporter(program, host, inventory);
    const { vars } = host;
    return collected({ program, name: 'postgres', about: 'Metrics of PostgreSQL', watched: watchedPostgres(host), port: vars.pg_exporter_port, options: vars.pg_exporter_options, collectors: postgresCollectors }, host, inventory);
  },
};

/** Metrics of PgBouncer on port 9631. */
export const pgbouncerExporter: Role = {
  name: 'pgbouncer-exporter',
  rollout: 'together',
  plays: (host) => isRunning(host) && host.vars.pgbouncer_enabled && host.vars.pgbouncer_exporter_enabled,
  secrets: () => ['pg_monitor_password'],
  components: (_host, { bundle }) => [programOf('pgbouncerExporter', bundle).component],
  resources: (host, inventory) => {
    const program = programOf('pgbouncerExporter', inventory.bundle);
    if (!isOfBoth(program)) return debianPgbouncerExporter(program, host, inventory);
    const { vars } = host;
    return collected({ program, name: 'pgbouncer', about: 'Metrics of PgBouncer', watched: watchedPgbouncer(host), port: vars.pgbouncer_exporter_port, options: quiet(vars.pgbouncer_exporter_options), collectors: pgbouncerCollectors }, host, inventory);
  },
};

/** Debian has a program for PostgreSQL and one for PgBouncer; pg_exporter is one for both. */
const isOfBoth = (program: Program): boolean => program.path === '/usr/bin/pg_exporter';

/** Which columns the console of PgBouncer has depends on its release. That some are left out is a warning to pg_exporter, at every look. */
const quiet = (options: string): string => (options.includes('--log.level') ? options : `--log.level=error ${options}`.trim());

/** A server that pg_exporter watches. */
interface Collected {
  program: Program;
  /** Of its files in /etc/pg_exporter. */
  name: string;
  about: string;
  watched: Watched;
  port: number;
  options: string;
  collectors: string;
}

/** pg_exporter(1), which runs once for each server, with collectors of ours in place of the hundreds that come with it. */
function collected({ program, name, about, watched, port, options, collectors }: Collected, host: Host, inventory: Inventory): Resource[] {
  const configuration = `/etc/pg_exporter/${name}.yml`;
  const environment = `/etc/pg_exporter/${name}.env`;
  const flags = [`--config=${configuration}`, ...webFlags(host, inventory, port), options].filter(Boolean);
  return [
    { kind: 'directory', path: '/etc/pg_exporter', mode: '0755' },
    { kind: 'file', path: configuration, content: collectors },
    environmentFile(environment, 'PG_EXPORTER_URL', watched, host, inventory),
    ...daemon({ program, about, flags, service: { Environment: settled, EnvironmentFile: environment }, restartOn: [configuration, environment] }),
  ];
}

/**
 * Collectors of ours are asked once a server, so that there is nothing to ask in each database by itself. To log in it would allow
 * itself a tenth of a second, which a busy host does not always keep. As variables, since options of the inventory may say otherwise.
 */
const settled = ['PG_EXPORTER_AUTO_DISCOVERY=false', 'PG_EXPORTER_CONNECT_TIMEOUT=2000'];
