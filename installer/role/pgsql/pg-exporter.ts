import { sealed, type Secret } from '../../../repo/core/secret.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { FileResource, Resource } from '../../resource/resource.ts';
import { isRunning } from '../instance.ts';
import { endpoint, exporterAddress } from '../listen.ts';
import { pgbouncerMetrics } from './pgbouncer-metrics.ts';
import { pgQueries } from './pg-queries.ts';
import type { Role } from '../role.ts';
import { ours, unit } from '../text.ts';

/** Metrics of PostgreSQL on port 9630, read over the local socket by a role that may look at everything and change nothing. */
export const pgExporter: Role = {
  name: 'pg-exporter',
  rollout: 'together',
  plays: (host) => isRunning(host) && host.vars.pg_exporter_enabled,
  secrets: () => ['pg_monitor_password'],
  packages: () => ['prometheus-postgres-exporter'],
  resources: (host, inventory) => [
    { kind: 'file', path: postgresQueries, content: pgQueries },
    settings(postgresSettings, (reveal) => [`DATA_SOURCE_NAME='${source(host, reveal(inventory.secret('pg_monitor_password')))}'`, `ARGS="${flags(host, inventory).join(' ')}"`]),
    unit('prometheus-postgres-exporter.service.d/pgark.conf', lasting),
    { kind: 'service', unit: 'prometheus-postgres-exporter.service', enabled: true, running: true, restartOn: [postgresSettings, postgresQueries] },
  ],
};

/** Metrics of PgBouncer on port 9631. */
export const pgbouncerExporter: Role = {
  name: 'pgbouncer-exporter',
  rollout: 'together',
  plays: (host) => isRunning(host) && host.vars.pgbouncer_enabled && host.vars.pgbouncer_exporter_enabled,
  secrets: () => ['pg_monitor_password'],
  packages: () => ['prometheus-pgbouncer-exporter'],
  resources: (host, inventory) => [
    ...(hasWorkingExporter(host) ? packaged(host, inventory) : replaced(host, inventory)),
    { kind: 'service', unit: 'prometheus-pgbouncer-exporter.service', enabled: true, running: true, restartOn: [bouncerSettings, replacement] },
  ],
};

const postgresSettings = '/etc/default/prometheus-postgres-exporter';
const postgresQueries = '/etc/prometheus-postgres-exporter.yml';
const bouncerSettings = '/etc/default/prometheus-pgbouncer-exporter';
const replacement = '/usr/local/lib/pgark/pgbouncer-exporter';

/** Debian has it since trixie; before, a program of the same name that no living PgBouncer suits: see pgbouncer-metrics.ts. */
const hasWorkingExporter = ({ facts }: Host): boolean => Number(facts.release) >= 13;

/** Whatever order things start in, and whatever happens to what is watched: it comes back. */
const lasting = {
  Unit: { After: 'network-online.target', Wants: 'network-online.target', StartLimitIntervalSec: '0' },
  Service: { Restart: 'always', RestartSec: '5' },
};

/** systemd reads it as root, before the program gives its rights away. */
function settings(path: string, lines: (reveal: (secret: Secret) => string) => readonly string[]): FileResource {
  return { kind: 'file', path, content: sealed((reveal) => `${[ours, ...lines(reveal)].join('\n')}\n`), mode: '0600' };
}

/**
 * A connection string of libpq in its URL form; what is not a letter or a digit is escaped, quotes of the shell's kind included.
 * Over loopback: given a socket, the exporter takes the name of each further database for that of a host.
 */
function source({ vars }: Host, password: string): string {
  return `postgresql://${escaped(vars.pg_monitor_username)}:${escaped(password)}@${endpoint(loopback(vars.pg_listen), vars.pg_port)}/postgres?${vars.pg_exporter_params}`;
}

/** Where a server that listens on these addresses is reached from its own host. */
function loopback(listen: string): string {
  const addresses = listen.split(',');
  return addresses.some((each) => ['0.0.0.0', '*', '127.0.0.1', 'localhost'].includes(each)) ? '127.0.0.1' : addresses[0]!;
}

const escaped = (text: string): string => [...Buffer.from(text)].map((byte) => (/\w/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`)).join('');

function flags(host: Host, inventory: Inventory): string[] {
  const { vars } = host;
  return [
    `--web.listen-address=${endpoint(exporterAddress(host, inventory), vars.pg_exporter_port)}`,
    `--web.telemetry-path=${vars.exporter_metrics_path}`,
    `--extend.query-path=${postgresQueries}`,
    ...(vars.pg_exporter_auto_discovery ? ['--auto-discover-databases', `--exclude-databases=${vars.pg_exporter_exclude_database}`] : []),
    ...(vars.pg_exporter_auto_discovery && vars.pg_exporter_include_database ? [`--include-databases=${vars.pg_exporter_include_database}`] : []),
    ...(vars.pg_exporter_options ? [vars.pg_exporter_options] : []),
  ];
}

function packaged(host: Host, inventory: Inventory): Resource[] {
  const { vars } = host;
  const target = (password: string): string => `postgres://${escaped(vars.pg_monitor_username)}:${escaped(password)}@${endpoint(loopback(vars.pg_listen), vars.pgbouncer_port)}/pgbouncer?sslmode=disable`;
  const words = [`--web.listen-address=${endpoint(exporterAddress(host, inventory), vars.pgbouncer_exporter_port)}`, `--web.telemetry-path=${vars.exporter_metrics_path}`, vars.pgbouncer_exporter_options];
  return [
    settings(bouncerSettings, (reveal) => [`PGBOUNCER_EXPORTER_CONNECTION_STRING='${target(reveal(inventory.secret('pg_monitor_password')))}'`, `ARGS="${words.filter(Boolean).join(' ')}"`]),
    unit('prometheus-pgbouncer-exporter.service.d/pgark.conf', lasting),
  ];
}

/** It runs as the database superuser's account and finds the monitor's password in that account's .pgpass. */
function replaced(host: Host, inventory: Inventory): Resource[] {
  const { vars } = host;
  const words = [replacement, exporterAddress(host, inventory), vars.pgbouncer_exporter_port, vars.pg_localhost, vars.pgbouncer_port, vars.pg_monitor_username];
  return [
    { kind: 'directory', path: '/usr/local/lib/pgark', mode: '0755' },
    { kind: 'file', path: replacement, content: pgbouncerMetrics, mode: '0755' },
    unit('prometheus-pgbouncer-exporter.service.d/pgark.conf', {
      ...lasting,
      Service: { ...lasting.Service, User: vars.pg_dbsu, Environment: `PGPASSFILE=${vars.pg_dbsu_home}/.pgpass`, ExecStart: ['', words.join(' ')] },
    }),
  ];
}
