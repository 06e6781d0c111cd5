import { sealed, type Secret } from '../../../repo/core/secret.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { ConditionResource, FileResource, Resource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { instanceOf, leads, isRunning } from '../instance.ts';
import { leaderWith } from '../need.ts';
import type { Role } from '../role.ts';
import { rotation } from '../rotation.ts';
import { ours, written } from '../text.ts';
import { hasLocal, passphrasesOf, repositoriesOf } from './repositories.ts';
import { isStandby } from './upstream.ts';

const configuration = '/etc/pgbackrest/pgbackrest.conf';

/** pgBackRest: where backups go, the first one, and those that follow (reference 5.7). */
export const backup: Role = {
  name: 'backup',
  rollout: 'together',
  plays: isRunning,
  secrets: (host) => (host.vars.pgbackrest_enabled ? passphrasesOf(host) : []),
  components: ({ vars }) => (vars.pgbackrest_enabled ? ['pgbackrest', ...(vars.pg_crontab.length > 0 ? ['cron'] : [])] : []),
  packages: ({ vars }) => (vars.pgbackrest_enabled ? ['logrotate'] : []),
  resources: (host, inventory) => [...(host.vars.pgbackrest_enabled ? repository(host, inventory) : []), schedule(host)],
};

/**
 * The configuration stands before PostgreSQL starts to archive, hence this role before Patroni's; the stanza and the
 * first backup need a running primary and come after it, see firstBackup.
 */
function repository(host: Host, inventory: Inventory): Resource[] {
  const { vars } = host;
  return [
    { kind: 'directory', path: vars.pgbackrest_log_dir, owner: vars.pg_dbsu, group: vars.pg_dbsu, mode: '0700' },
    ...authorities(host, inventory),
    { kind: 'file', path: configuration, content: configurationText(host, inventory), owner: vars.pg_dbsu, group: vars.pg_dbsu, mode: '0600' },
    // The package's own file is read by programs that are not told otherwise; ours is the one that counts.
    { kind: 'link', path: '/etc/pgbackrest.conf', to: configuration },
    rotation(host, 'pgbackrest', vars.pgbackrest_log_dir),
    backupProgram(host),
  ];
}

/** The stanza of the cluster in its repository, and its first full backup; a standby cluster is backed up where it is written. Where each member has a repository of its own, each is ready for the day it leads. */
export const firstBackup: Role = {
  name: 'first backup',
  rollout: 'together',
  plays: (host, inventory) => isRunning(host) && host.vars.pgbackrest_enabled && !isStandby(host, inventory) && (leads(host, inventory) || hasLocal(host)),
  needs: (host, inventory) => leaderWith('patroni', host, inventory),
  resources: (host, inventory) => [stanza(host, leads(host, inventory)), ...(leads(host, inventory) && host.vars.pgbackrest_init_backup ? [fullBackup(host)] : [])],
};

/** The certificates of foreign authorities, where repositories look for them. */
const authorities = (host: Host, inventory: Inventory): FileResource[] =>
  repositoriesOf(host, inventory).flatMap(({ options, authority }) => (authority === undefined ? [] : [{ kind: 'file', path: String(options['storage_ca_file']), content: `${authority.trim()}\n`, mode: '0644' } as const]));

function configurationText(host: Host, inventory: Inventory): Secret {
  const { vars, facts } = host;
  const { cluster } = instanceOf(host);
  const workers = Math.min(Math.max(Math.floor(facts.cpus / 4), 2), 4);
  return sealed((reveal) =>
    [
      ours,
      '[global]',
      ...optionsOf(host, inventory, reveal),
      `log-path=${vars.pgbackrest_log_dir}`,
      'log-level-console=warn',
      'log-level-file=info',
      'archive-async=y',
      'archive-push-queue-max=4GiB',
      'spool-path=/pg/spool',
      'expire-auto=y',
      'start-fast=y',
      'delta=y',
      'compress-type=zst',
      `process-max=${workers}`,
      '',
      '[global:restore]',
      `process-max=${Math.min(facts.cpus, 8)}`,
      '',
      `[${cluster}]`,
      `pg1-path=${vars.pg_data}`,
      `pg1-port=${vars.pg_port}`,
      `pg1-socket-path=${vars.pg_localhost}`,
      '',
    ].join('\n'),
  );
}

/** `repo1-path=…`, for each repository. */
function optionsOf(host: Host, inventory: Inventory, reveal: (secret: Secret) => string): string[] {
  return repositoriesOf(host, inventory).flatMap(({ number, options, secrets }) => {
    const all = [...Object.entries(options).map(([name, value]) => [name, spelt(value)] as const), ...Object.entries(secrets).map(([name, secret]) => [name, reveal(secret)] as const)];
    return all.map(([name, value]) => `repo${number}-${name.replaceAll('_', '-')}=${value}`);
  });
}

const spelt = (value: string | number | boolean): string => (typeof value === 'boolean' ? (value ? 'y' : 'n') : String(value));


/** `/pg/bin/pg-backup full`, as crontabs say it. Every member has the same crontab; only the primary backs up. */
function backupProgram(host: Host): FileResource {
  const { vars } = host;
  const { cluster } = instanceOf(host);
  const script = `#!/bin/sh
${ours}
# usage: pg-backup [full|diff|incr]
set -eu
PATH=/usr/pgsql/bin:/usr/bin:/bin
type=\${1:-incr}
case $type in full|diff|incr) ;; *) echo "usage: pg-backup [full|diff|incr]" >&2; exit 2 ;; esac
standby=$(psql -XAtq -h ${vars.pg_localhost} -p ${vars.pg_port} -d postgres -c 'SELECT pg_is_in_recovery()')
[ "$standby" = f ] || { echo "not the primary: nothing to back up here"; exit 0; }
exec pgbackrest --stanza=${cluster} --type="$type" backup
`;
  return { kind: 'file', path: '/pg/bin/pg-backup', content: script, owner: vars.pg_dbsu, group: vars.pg_dbsu, mode: '0755' };
}

/** Lines of crontab(5) without the user, as the reference has them; /etc/cron.d wants it behind the five times or behind `@daily`. */
function schedule(host: Host): Resource {
  const { vars } = host;
  const path = `/etc/cron.d/pgark-${instanceOf(host).cluster}`;
  if (vars.pg_crontab.length === 0) return { kind: 'absent', path };
  return written(path, vars.pg_crontab.map((line) => line.replace(/^\s*(@\w+|(?:\S+\s+){4}\S+)\s+(?=\S)/, (times) => `${times.trim()} ${vars.pg_dbsu} `)));
}


/** A replica cannot be asked about its cluster; its own control file says enough. */
function stanza(host: Host, online: boolean): ConditionResource {
  const { cluster } = instanceOf(host);
  const as = host.vars.pg_dbsu;
  return {
    kind: 'condition',
    name: `pgbackrest: the repository has a stanza for ${cluster}`,
    check: { argv: shell(`pgbackrest --stanza="$1" info --output=json | grep -q '"db":\\[{'`, cluster), as },
    act: [{ argv: ['pgbackrest', `--stanza=${cluster}`, ...(online ? [] : ['--no-online']), 'stanza-create'], as }],
  };
}

function fullBackup(host: Host): ConditionResource {
  const { cluster } = instanceOf(host);
  const as = host.vars.pg_dbsu;
  return {
    kind: 'condition',
    name: `pgbackrest: there is a full backup of ${cluster}`,
    check: { argv: shell(`pgbackrest --stanza="$1" info --output=json | grep -q '"type":"full"'`, cluster), as },
    act: [
      { argv: ['pgbackrest', `--stanza=${cluster}`, 'check'], as },
      { argv: ['pgbackrest', `--stanza=${cluster}`, '--type=full', 'backup'], as, timeout: 86_400 },
    ],
  };
}
