import { Fault } from '../../../repo/core/fault.ts';
import { sealed, type Secret } from '../../../repo/core/secret.ts';
import type { PgDatabase, PgUser } from '../../inventory/access.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { Program } from '../../platform/program.ts';
import type { FileResource, Resource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { daemonUnit } from '../daemon.ts';
import { hbaLines, hbaSetting } from './hba.ts';
import { certificates, isRunning } from '../instance.ts';
import { closedVerifier, passwordOf, passwordSecrets, rolesOf, verifierOfRole } from './passwords.ts';
import { leaderWith } from '../need.ts';
import type { Role } from '../role.ts';
import { rotation } from '../rotation.ts';
import { ours } from '../text.ts';
import { sourceOf } from './upstream.ts';

const folder = '/etc/pgbouncer';

/** PgBouncer on every member, before its own PostgreSQL (reference 5.7). */
export const pgbouncer: Role = {
  name: 'pgbouncer',
  rollout: 'one by one',
  plays: (host) => isRunning(host) && host.vars.pgbouncer_enabled,
  needs: (host, inventory) => leaderWith('access', host, inventory),
  secrets: passwordSecrets,
  components: () => ['pgbouncer'],
  packages: () => ['logrotate'],
  resources: (host, inventory) => [
    { kind: 'directory', path: folder, owner: host.vars.pg_dbsu, group: host.vars.pg_dbsu, mode: '0700' },
    { kind: 'directory', path: host.vars.pgbouncer_log_dir, owner: host.vars.pg_dbsu, group: host.vars.pg_dbsu, mode: '0700' },
    file(host, 'pgbouncer.ini', settings(host)),
    file(host, 'database.txt', databases(host, sourceOf(host, inventory))),
    file(host, 'useropts.txt', userOptions(sourceOf(host, inventory))),
    file(host, 'pgb_hba.conf', hbaLines([...host.vars.pgb_default_hba_rules, ...host.vars.pgb_hba_rules], hbaSetting(host, inventory))),
    file(host, 'userlist.txt', userList(host, inventory)),
    rotation(host, 'pgbouncer', host.vars.pgbouncer_log_dir),
    service(host),
    {
      kind: 'service',
      unit: program(host).unit,
      enabled: true,
      running: true,
      reloadOn: [folder, certificates.server, certificates.serverKey],
      ready: { argv: shell('pg_isready -q -h "$1" -p "$2" -U "$3" -d postgres', host.vars.pg_localhost, String(host.vars.pgbouncer_port), host.vars.pg_monitor_username) },
    },
  ],
};

const program = ({ vars, platform }: Host): Program => ({ component: 'pgbouncer', path: platform.pgbouncer, unit: 'pgbouncer.service', account: vars.pg_dbsu });

/** SIGINT lets queries come to their end (pgbouncer(1)). */
function service(host: Host): Resource {
  return daemonUnit({
    program: program(host),
    about: 'PgBouncer, which pools connections to PostgreSQL',
    flags: [`${folder}/pgbouncer.ini`],
    service: { Type: 'simple', KillSignal: 'SIGINT', Restart: 'on-failure', LimitNOFILE: '8388608' },
  });
}

function file({ vars }: Host, name: string, lines: readonly string[] | Secret): FileResource {
  const content = Array.isArray(lines) ? `${[comment(name), ...lines].join('\n')}\n` : (lines as Secret);
  return { kind: 'file', path: `${folder}/${name}`, content, owner: vars.pg_dbsu, group: vars.pg_dbsu, mode: '0600' };
}

/** `;` begins a comment in the configuration, `#` in lists. */
const comment = (name: string): string => (name.endsWith('.conf') ? ours : ours.replace('#', ';'));

function settings({ vars }: Host): string[] {
  return [
    '[databases]',
    `%include ${folder}/database.txt`,
    '[users]',
    `%include ${folder}/useropts.txt`,
    '[pgbouncer]',
    `listen_addr = ${vars.pg_listen}`,
    `listen_port = ${vars.pgbouncer_port}`,
    `unix_socket_dir = ${vars.pg_localhost}`,
    `logfile = ${vars.pgbouncer_log_dir}/pgbouncer.log`,
    `pidfile = ${vars.pg_localhost}/pgbouncer.pid`,
    'auth_type = hba',
    `auth_hba_file = ${folder}/pgb_hba.conf`,
    `auth_file = ${folder}/userlist.txt`,
    ...(vars.pgbouncer_auth_query ? [`auth_user = ${vars.pg_monitor_username}`, 'auth_query = SELECT role_name, verifier FROM monitor.pgbouncer_auth($1)'] : []),
    `admin_users = ${vars.pg_dbsu}, ${vars.pg_admin_username}`,
    `stats_users = ${vars.pg_dbsu}, ${vars.pg_monitor_username}`,
    `pool_mode = ${vars.pgbouncer_poolmode}`,
    `client_tls_sslmode = ${vars.pgbouncer_sslmode}`,
    ...(vars.pgbouncer_sslmode === 'disable' ? [] : [`client_tls_cert_file = ${certificates.server}`, `client_tls_key_file = ${certificates.serverKey}`, `client_tls_ca_file = ${certificates.authority}`, 'client_tls_protocols = secure']),
    'max_client_conn = 20000',
    'default_pool_size = 50',
    'reserve_pool_size = 30',
    'reserve_pool_timeout = 1',
    'max_db_connections = 100',
    'max_user_connections = 100',
    'server_lifetime = 600',
    // The default of 15 s would keep clients out for as long after PostgreSQL is back.
    'server_login_retry = 1',
    `ignore_startup_parameters = ${vars.pgbouncer_ignore_param.join(', ')}`,
    ...preparedStatements(vars.pg_version),
  ];
}

/** PgBouncer 1.21 and later follows prepared statements from one server connection to the next; bookworm's cannot. */
const preparedStatements = (version: string): string[] => (Number(version) >= 17 ? ['max_prepared_statements = 256'] : []);

/** Names stand without quotes, which PgBouncer 1.18 takes for an error. Over the local socket, where PostgreSQL asks for the verifier that PgBouncer has as well. */
function databases({ vars }: Host, source: Host): string[] {
  const target = `host=${vars.pg_localhost} port=${vars.pg_port}`;
  const business = source.vars.pg_databases.filter((database) => database.state === 'create' && database.pgbouncer);
  return ['postgres', ...business.map((database) => database.name)]
    .filter((name, index, names) => names.indexOf(name) === index)
    .map((name) => [`${name} = ${target}`, ...poolOptions(business.find((database) => database.name === name))].join(' '));
}

function poolOptions(database: PgDatabase | undefined): string[] {
  if (database === undefined) return [];
  return options({
    auth_user: database.pool_auth_user,
    pool_mode: database.pool_mode,
    pool_size: database.pool_size,
    reserve_pool: database.pool_reserve,
    min_pool_size: database.pool_size_min,
    max_db_connections: database.pool_connlimit,
  });
}

/** The roles that PgBouncer lets in. */
const pooled = (host: Host): PgUser[] => rolesOf(host).filter((user) => user.pgbouncer && user.login && user.state === 'create');

/** -1 is the reference's word for no limit, for which PgBouncer says 0. */
function userOptions(host: Host): string[] {
  return pooled(host).flatMap((user) => {
    const words = options({ pool_mode: user.pool_mode, max_user_connections: user.pool_connlimit === undefined ? undefined : Math.max(user.pool_connlimit, 0) });
    return words.length > 0 ? [`${spellable(user.name)} = ${words.join(' ')}`] : [];
  });
}

/** @throws Fault invalid for a name that cannot stand before `=` in a configuration of PgBouncer */
function spellable(name: string): string {
  if (/^[\w.-]+$/.test(name)) return name;
  throw new Fault('invalid', `user ${name}: PgBouncer takes no options for a role of this name`, { hint: 'leave pool_mode and pool_connlimit out, or name the role with letters, digits, "_", "-" and "."' });
}

function options(words: Readonly<Record<string, string | number | undefined>>): string[] {
  return Object.entries(words).flatMap(([word, value]) => (value === undefined ? [] : [`${word}=${value}`]));
}

/**
 * Verifiers, no passwords: with the one that a client proved itself by, PgBouncer logs in to PostgreSQL as well. Only the
 * role that looks others up (auth_query) has to log in by itself, and has its password here.
 */
function userList(host: Host, inventory: Inventory): Secret {
  const { vars } = host;
  return sealed((reveal) => {
    const lines = pooled(sourceOf(host, inventory)).flatMap((user) => {
      const asks = vars.pgbouncer_auth_query && user.name === vars.pg_monitor_username;
      const secret = asks ? passwordOf(user, host, inventory) : verifierOfRole(user, host, inventory);
      return secret ? [`"${user.name}" "${reveal(secret).replaceAll('"', '""')}"`] : [];
    });
    // Since 1.23 PgBouncer wants to know even those who come in by peer.
    const superuser = lines.some((line) => line.startsWith(`"${vars.pg_dbsu}" `)) ? [] : [`"${vars.pg_dbsu}" "${reveal(closedVerifier(vars.pg_dbsu, host, inventory))}"`];
    return `${[comment('userlist.txt'), ...superuser, ...lines].join('\n')}\n`;
  });
}
