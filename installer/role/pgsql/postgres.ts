import type { Host, Inventory } from '../../inventory/inventory.ts';
import { programOf } from '../../platform/program.ts';
import type { ConditionResource, DirectoryResource, FileResource, LinkResource, Resource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { sealed, type Secret } from '../../../repo/core/secret.ts';
import { etcdClientCertificate } from '../etcd/client.ts';
import { extensionsOf } from './extensions.ts';
import { certificates, instanceOf, isPostgres, serverCertificate } from '../instance.ts';
import type { Role } from '../role.ts';
import { ours, written } from '../text.ts';

/** PostgreSQL as it lies on a host: account, packages, folders, certificates, environment. It is started by Patroni, see patroni.ts. */
export const postgres: Role = {
  name: 'postgres',
  rollout: 'together',
  plays: isPostgres,
  certificates: (host) => [serverCertificate(host), etcdClientCertificate(instanceOf(host).name, host)],
  secrets: () => ['pg_replication_password', 'pg_admin_password', 'pg_monitor_password'],
  prepare: (host) => [...account(host), ...(host.platform.family === 'debian' ? noMainCluster : [])],
  components: ({ vars }) => ['postgresql', ...(vars.pg_dbsu_sudo === 'none' ? [] : ['sudo'])],
  packages: (host, inventory) => [...extensionsOf(host, inventory).packages],
  resources: (host, inventory) => {
    const { name, version } = instanceOf(host);
    return [
      { kind: 'service', unit: host.platform.postgres(version).unit, enabled: false, running: false },
      ...folders(host),
      ...links(host),
      ...certificateFiles(host, inventory.certificate(name), inventory.certificate(etcdClientCertificate(name, host).name)),
      reserve(host),
      passwords(host, inventory.secret),
      environment(host),
      ...sudoers(host, inventory),
    ];
  },
};

/** The account, before the package makes one of its own choice. */
function account({ vars }: Host): Resource[] {
  const { pg_dbsu: name, pg_dbsu_uid: id, pg_dbsu_home: home } = vars;
  return [
    { kind: 'group', name, gid: id },
    { kind: 'user', name, uid: id, group: name, home, shell: '/bin/bash', system: true },
    { kind: 'directory', path: home, owner: name, group: name, mode: '0700' },
  ];
}

/** Debian's package makes and starts a cluster of its own unless this says no (pg_createcluster(1)). */
const noMainCluster: Resource[] = [
  { kind: 'directory', path: '/etc/postgresql-common' },
  written('/etc/postgresql-common/createcluster.conf', ['create_main_cluster = false', 'start_conf = manual']),
];

/** The folders of reference 5.7. */
function folders(host: Host): DirectoryResource[] {
  const { vars } = host;
  const { home, backups } = instanceOf(host);
  const owned = (path: string, mode = '0700'): DirectoryResource => ({ kind: 'directory', path, owner: vars.pg_dbsu, group: vars.pg_dbsu, mode });
  return [
    owned(vars.pg_fs_main),
    owned(vars.pg_fs_backup),
    owned(home),
    ...['bin', 'cert', 'conf', 'data', 'log', 'spool', 'tmp'].map((each) => owned(`${home}/${each}`)),
    owned(backups),
    owned(`${backups}/backup`),
    ...['/etc/patroni', '/etc/pgbackrest'].map((each) => owned(each)),
  ];
}

/** /pg is the instance, /usr/pgsql its binaries; psql is the server's own, since the package's wrapper looks for clusters that Debian made. */
function links(host: Host): LinkResource[] {
  const { home, backups, binaries } = instanceOf(host);
  return [
    { kind: 'link', path: '/pg', to: home },
    { kind: 'link', path: `${home}/backup`, to: `${backups}/backup` },
    { kind: 'link', path: '/usr/pgsql', to: binaries },
    ...['psql', 'pg_isready'].map((program): LinkResource => ({ kind: 'link', path: `/usr/local/bin/${program}`, to: `/usr/pgsql/bin/${program}` })),
  ];
}

function certificateFiles({ vars }: Host, server: { certificate: string; key: FileResource['content']; authority: string }, etcd: { certificate: string; key: FileResource['content'] }): FileResource[] {
  const file = (path: string, content: FileResource['content'], mode: string): FileResource => ({ kind: 'file', path, content, owner: vars.pg_dbsu, group: vars.pg_dbsu, mode });
  return [
    file(certificates.authority, server.authority, '0644'),
    file(certificates.server, server.certificate, '0644'),
    file(certificates.serverKey, server.key, '0600'),
    file(certificates.etcd, etcd.certificate, '0644'),
    file(certificates.etcdKey, etcd.key, '0600'),
  ];
}

/** Room that can be given back when the disk is full. */
function reserve({ vars }: Host): ConditionResource {
  const bytes = String(bytesOf(vars.pg_dummy_filesize));
  return {
    kind: 'condition',
    name: `/pg/dummy keeps ${vars.pg_dummy_filesize} in reserve`,
    check: { argv: shell('[ "$(stat -c %s /pg/dummy)" = "$1" ]', bytes) },
    act: [{ argv: shell('rm -f /pg/dummy; [ "$1" = 0 ] || fallocate -l "$1" /pg/dummy || head -c "$1" /dev/zero > /pg/dummy; [ -e /pg/dummy ] || : > /pg/dummy', bytes), as: vars.pg_dbsu }],
  };
}

/** `64MiB`, `64MB`: the reference takes both for powers of two. */
function bytesOf(size: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s?([kMGT])i?B?$/i.exec(size)!;
  return Math.floor(Number(count) * 1024 ** ('kmgt'.indexOf(unit!.toLowerCase()) + 1));
}

/** So that the superuser's tools log in anywhere as the roles of the system (PostgreSQL documentation 34.16). */
function passwords({ vars }: Host, secret: (name: string) => Secret): FileResource {
  const entries = [
    [vars.pg_replication_username, secret('pg_replication_password')],
    [vars.pg_monitor_username, secret('pg_monitor_password')],
    [vars.pg_admin_username, secret('pg_admin_password')],
  ] as const;
  const escape = (text: string): string => text.replaceAll(/[\\:]/g, '\\$&');
  return {
    kind: 'file',
    path: `${vars.pg_dbsu_home}/.pgpass`,
    content: sealed((reveal) => `${[ours, ...entries.map(([user, password]) => `*:*:*:${escape(user)}:${escape(reveal(password))}`)].join('\n')}\n`),
    owner: vars.pg_dbsu,
    group: vars.pg_dbsu,
    mode: '0600',
  };
}

/** For shells of people: where programs and data are, and `pg list`, `pg switchover` … */
function environment(host: Host): FileResource {
  const { vars } = host;
  return written('/etc/profile.d/pgsql.sh', [
    `export PGHOME=/usr/pgsql PGDATA=${vars.pg_data} PGPORT=${vars.pg_port}`,
    `case ":$PATH:" in *:${vars.pg_bin_dir}:*) ;; *) PATH=${vars.pg_bin_dir}:/pg/bin:$PATH ;; esac`,
    'export PATH',
    `alias p='sudo -iu ${vars.pg_dbsu} psql'`,
    `alias pg='sudo -u ${vars.pg_dbsu} patronictl -c /etc/patroni/patroni.yml'`,
    `alias pb='sudo -u ${vars.pg_dbsu} pgbackrest'`,
  ]);
}

/** What the database superuser may do to the services of the host. */
function sudoers({ vars }: Host, inventory: Inventory): Resource[] {
  const path = `/etc/sudoers.d/${vars.pg_dbsu}`;
  if (vars.pg_dbsu_sudo === 'none') return [{ kind: 'absent', path }];
  const rights = { all: 'ALL=(ALL) ALL', nopass: 'ALL=(ALL) NOPASSWD: ALL', limit: `ALL=(root) NOPASSWD: NOEXEC: ${limited(inventory).join(', ')}` }[vars.pg_dbsu_sudo];
  return [{ ...written(path, [`${vars.pg_dbsu} ${rights}`]), mode: '0440', validate: ['visudo', '-cqf', '{}'] }];
}

/** No wildcards: sudo matches them across arguments. NOEXEC: a pager must not become a root shell (sudoers(5)). */
function limited({ bundle }: Inventory): string[] {
  const exporters = (['postgresExporter', 'pgbouncerExporter'] as const).map((name) => programOf(name, bundle).unit.replace(/\.service$/, ''));
  const units = ['patroni', 'pgbouncer', ...exporters];
  const verbs = ['start', 'stop', 'restart', 'reload', 'status'];
  return [...verbs.flatMap((verb) => units.map((unit) => `/usr/bin/systemctl ${verb} ${unit}`)), '/usr/bin/systemctl reload haproxy', ...units.map((unit) => `/usr/bin/journalctl -u ${unit}`)];
}
