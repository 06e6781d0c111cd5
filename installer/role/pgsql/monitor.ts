import { sealed } from '../../../repo/core/secret.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { FileResource } from '../../resource/resource.ts';
import { endpoint, exporterAddress } from '../listen.ts';
import { ours } from '../text.ts';

/** A server of the host, as its monitor reaches it. */
export interface Watched {
  port: number;
  database: string;
  /** Parameters of the connection, as they stand behind `?`. */
  parameters: string;
}

export const watchedPostgres = ({ vars }: Host): Watched => ({ port: vars.pg_port, database: 'postgres', parameters: vars.pg_exporter_params });

export const watchedPgbouncer = ({ vars }: Host): Watched => ({ port: vars.pgbouncer_port, database: 'pgbouncer', parameters: 'sslmode=disable' });

/**
 * What an exporter finds in its environment: under `name` where to connect, and the password by itself, for exporters write the
 * former into their logs when they cannot read it. systemd reads the file as root, before the program gives its rights away.
 */
export function environmentFile(path: string, name: string, watched: Watched, host: Host, inventory: Inventory): FileResource {
  const password = inventory.secret('pg_monitor_password');
  return { kind: 'file', path, content: sealed((reveal) => `${ours}\n${name}=${quoted(urlOf(watched, host))}\nPGPASSWORD=${quoted(reveal(password))}\n`), mode: '0600' };
}

/** systemd.exec(5), EnvironmentFile=: in double quotes these four are escaped as in the shell, by every release of systemd. */
const quoted = (text: string): string => `"${text.replaceAll(/["\\`$]/g, '\\$&')}"`;

/**
 * A connection string of libpq in its URL form. Over loopback: given a socket, Debian's exporter takes the name of each further
 * database for that of a host.
 */
function urlOf({ port, database, parameters }: Watched, { vars }: Host): string {
  return `postgresql://${encodeURIComponent(vars.pg_monitor_username)}@${endpoint(loopback(vars.pg_listen), port)}/${database}?${parameters}`;
}

/** Where a server that listens on these addresses is reached from its own host. */
function loopback(listen: string): string {
  const addresses = listen.split(',');
  return addresses.some((each) => ['0.0.0.0', '*', '127.0.0.1', 'localhost'].includes(each)) ? '127.0.0.1' : addresses[0]!;
}

/** How exporters are told where they listen: all of them take the same flags for it. */
export function webFlags(host: Host, inventory: Inventory, port: number): string[] {
  return [`--web.listen-address=${endpoint(exporterAddress(host, inventory), port)}`, `--web.telemetry-path=${host.vars.exporter_metrics_path}`];
}
