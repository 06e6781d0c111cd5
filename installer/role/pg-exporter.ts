import { sealed, type Secret } from '../../repo/core/secret.ts';
import type { Host, Inventory } from '../inventory/inventory.ts';
import type { FileResource, Resource } from '../resource/resource.ts';
import { isRunning } from './instance.ts';
import { endpoint, exporterAddress } from './listen.ts';
import type { Role } from './role.ts';
import { ours, unit, written } from './text.ts';

/** Metrics of PostgreSQL on port 9630, read over the local socket by a role that may look at everything and change nothing. */
export const pgExporter: Role = {
  name: 'pg-exporter',
  rollout: 'together',
  plays: (host) => isRunning(host) && host.vars.pg_exporter_enabled,
  secrets: () => ['pg_monitor_password'],
  packages: () => ['prometheus-postgres-exporter'],
  resources: (host, inventory) => [
    settings(postgresSettings, (reveal) => [`DATA_SOURCE_NAME='${source(host, reveal(inventory.secret('pg_monitor_password')))}'`, `ARGS="${flags(host, inventory).join(' ')}"`]),
    unit('prometheus-postgres-exporter.service.d/pgark.conf', lasting),
    { kind: 'service', unit: 'prometheus-postgres-exporter.service', enabled: true, running: true, restartOn: [postgresSettings] },
  ],
};

/** Metrics of PgBouncer on port 9631. Debian has carried two programs of that name: one in Python, and since trixie one in Go. */
export const pgbouncerExporter: Role = {
  name: 'pgbouncer-exporter',
  rollout: 'together',
  plays: (host) => isRunning(host) && host.vars.pgbouncer_enabled && host.vars.pgbouncer_exporter_enabled,
  secrets: () => ['pg_monitor_password'],
  packages: () => ['prometheus-pgbouncer-exporter'],
  resources: (host, inventory) => [
    ...(Number(host.facts.release) >= 13 ? inGo(host, inventory) : inPython(host, inventory)),
    { kind: 'service', unit: 'prometheus-pgbouncer-exporter.service', enabled: true, running: true, restartOn: [bouncerSettings, pythonSettings] },
  ],
};

const postgresSettings = '/etc/default/prometheus-postgres-exporter';
const bouncerSettings = '/etc/default/prometheus-pgbouncer-exporter';
const pythonSettings = '/etc/prometheus-pgbouncer-exporter.conf';

/** Whatever order things start in, and whatever happens to what is watched: it comes back. */
const lasting = {
  Unit: { After: 'network-online.target', Wants: 'network-online.target', StartLimitIntervalSec: '0' },
  Service: { Restart: 'always', RestartSec: '5' },
};

/** systemd reads it as root, before the program gives its rights away. */
function settings(path: string, lines: (reveal: (secret: Secret) => string) => readonly string[]): FileResource {
  return { kind: 'file', path, content: sealed((reveal) => `${[ours, ...lines(reveal)].join('\n')}\n`), mode: '0600' };
}

/** A connection string of libpq in its URL form; what is not a letter or a digit is escaped, quotes of the shell's kind included. */
function source({ vars }: Host, password: string): string {
  return `postgresql://${escaped(vars.pg_monitor_username)}:${escaped(password)}@/postgres?host=${escaped(vars.pg_localhost)}&port=${vars.pg_port}&${vars.pg_exporter_params}`;
}

const escaped = (text: string): string => [...Buffer.from(text)].map((byte) => (/\w/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`)).join('');

function flags(host: Host, inventory: Inventory): string[] {
  const { vars } = host;
  return [
    `--web.listen-address=${endpoint(exporterAddress(host, inventory), vars.pg_exporter_port)}`,
    `--web.telemetry-path=${vars.exporter_metrics_path}`,
    ...(vars.pg_exporter_auto_discovery ? ['--auto-discover-databases', `--exclude-databases=${vars.pg_exporter_exclude_database}`] : []),
    ...(vars.pg_exporter_auto_discovery && vars.pg_exporter_include_database ? [`--include-databases=${vars.pg_exporter_include_database}`] : []),
    ...(vars.pg_exporter_options ? [vars.pg_exporter_options] : []),
  ];
}

function inGo(host: Host, inventory: Inventory): Resource[] {
  const { vars } = host;
  const target = (password: string): string => `postgres://${escaped(vars.pg_monitor_username)}:${escaped(password)}@/pgbouncer?host=${escaped(vars.pg_localhost)}&port=${vars.pgbouncer_port}&sslmode=disable`;
  const words = [`--web.listen-address=${endpoint(exporterAddress(host, inventory), vars.pgbouncer_exporter_port)}`, `--web.telemetry-path=${vars.exporter_metrics_path}`, vars.pgbouncer_exporter_options];
  return [
    settings(bouncerSettings, (reveal) => [`PGBOUNCER_EXPORTER_CONNECTION_STRING='${target(reveal(inventory.secret('pg_monitor_password')))}'`, `ARGS="${words.filter(Boolean).join(' ')}"`]),
    unit('prometheus-pgbouncer-exporter.service.d/pgark.conf', lasting),
  ];
}

/** It runs as the database superuser's account and finds the monitor's password in that account's .pgpass. */
function inPython(host: Host, inventory: Inventory): Resource[] {
  const { vars } = host;
  return [
    written(pythonSettings, [
      `host = ${exporterAddress(host, inventory)}`,
      `port = ${vars.pgbouncer_exporter_port}`,
      `pgbouncer-host = ${vars.pg_localhost}`,
      `pgbouncer-port = ${vars.pgbouncer_port}`,
      `pgbouncer-user = ${vars.pg_monitor_username}`,
    ]),
    unit('prometheus-pgbouncer-exporter.service.d/pgark.conf', { ...lasting, Service: { ...lasting.Service, Environment: `PGPASSFILE=${vars.pg_dbsu_home}/.pgpass` } }),
  ];
}
