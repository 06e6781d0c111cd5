import { sealed, type Secret } from '../../../repo/core/secret.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { ConditionResource, FileResource, Resource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { instanceOf, leads, isRunning } from '../instance.ts';
import { leaderWith } from '../need.ts';
import type { Role } from '../role.ts';
import { rotation } from '../rotation.ts';
import { ours } from '../text.ts';
import { sameFirst } from './backup-order.ts';
import { backupProgram } from './backup-program.ts';
import { needsCron, schedule } from './backup-schedule.ts';
import { explained, obstacles } from './explained.ts';
import { hasLocal, passphrasesOf, repositoriesOf } from './repositories.ts';
import { tried } from './tried.ts';
import { isStandby } from './upstream.ts';

const configuration = '/etc/pgbackrest/pgbackrest.conf';

/** pgBackRest: where backups go, the first one, and those that follow (reference 5.7). */
export const backup: Role = {
  name: 'backup',
  rollout: 'together',
  plays: isRunning,
  secrets: (host) => (host.vars.pgbackrest_enabled ? passphrasesOf(host) : []),
  components: (host) => (host.vars.pgbackrest_enabled ? ['pgbackrest', ...(needsCron(host) ? ['cron'] : [])] : []),
  packages: ({ vars }) => (vars.pgbackrest_enabled ? ['logrotate'] : []),
  resources: (host, inventory) => [...(host.vars.pgbackrest_enabled ? repository(host, inventory) : []), ...schedule(host)],
};

/**
 * The configuration stands before PostgreSQL starts to archive, hence this role before Patroni's; the stanza and the
 * first backup need a running primary and come after it, see firstBackup.
 */
function repository(host: Host, inventory: Inventory): Resource[] {
  const { vars } = host;
  const content = configurationText(host, inventory);
  return [
    { kind: 'directory', path: vars.pgbackrest_log_dir, owner: vars.pg_dbsu, group: vars.pg_dbsu, mode: '0700' },
    sameFirst(host, inventory, configuration),
    ...authorities(host, inventory),
    tried(host, configuration, content),
    { kind: 'file', path: configuration, content, owner: vars.pg_dbsu, group: vars.pg_dbsu, mode: '0600' },
    // The package's own file is read by programs that are not told otherwise; ours is the one that counts.
    { kind: 'link', path: '/etc/pgbackrest.conf', to: configuration },
    rotation(host, 'pgbackrest', vars.pgbackrest_log_dir),
    backupProgram(host, inventory),
  ];
}

/** The stanza of the cluster in its repositories, and its first full backup in each; a standby cluster is backed up where it is written. */
export const firstBackup: Role = {
  name: 'first backup',
  rollout: 'together',
  plays: (host, inventory) => isBackedUp(host, inventory) && leads(host, inventory),
  needs: (host, inventory) => leaderWith('patroni', host, inventory),
  resources: (host, inventory) => [stanza(host, inventory), ...(host.vars.pgbackrest_init_backup ? fullBackups(host, inventory) : [])],
};

/** Where each member has a repository of its own, each is ready for the day it leads. After the leader: in a repository that they share, two would be in each other's way. */
export const replicaStanza: Role = {
  name: 'replica stanza',
  rollout: 'together',
  plays: (host, inventory) => isBackedUp(host, inventory) && !leads(host, inventory) && hasLocal(host),
  needs: (host, inventory) => leaderWith('patroni', host, inventory),
  resources: (host, inventory) => [stanza(host, inventory, '--no-online')],
};

const isBackedUp = (host: Host, inventory: Inventory): boolean => isRunning(host) && host.vars.pgbackrest_enabled && !isStandby(host, inventory);

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
      // Whoever looks does not wait for minutes: pgBackRest tries a store that is away until this is over, four times in a look.
      '[global:info]',
      'io-timeout=5',
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

/** In a shell: whether the repositories lie where `$2` says, a line each; of others nobody is asked. */
const placed = `printf %s "$2" | while IFS= read -r line; do grep -qxF -- "$line" ${configuration} || exit 1; done`;

const placesIn = (host: Host, inventory: Inventory): string =>
  repositoriesOf(host, inventory).flatMap(({ number, options }) => ['type', 'path', 'host', 's3_endpoint', 's3_bucket', 'azure_container', 'gcs_bucket'].flatMap((key) => (options[key] === undefined ? [] : [`repo${number}-${key.replaceAll('_', '-')}=${spelt(options[key])}\n`]))).join('');

/** A replica cannot be asked about its cluster; its own control file says enough. It is made in all repositories at once, and left alone where it is. */
function stanza(host: Host, inventory: Inventory, ...options: string[]): ConditionResource {
  const { cluster } = instanceOf(host);
  const as = host.vars.pg_dbsu;
  const numbers = repositoriesOf(host, inventory).map(({ number }) => String(number));
  const script = `
${placed}
said=$(pgbackrest --stanza="$1" --output=json info)
shift 2
for number; do printf %s "$said" | grep -q "\\"repo-key\\":$number,\\"system-id\\""; done`;
  return {
    kind: 'condition',
    name: `pgbackrest: the repository has a stanza for ${cluster}`,
    check: { argv: shell(script, cluster, placesIn(host, inventory), ...numbers), as },
    act: [{ argv: explained(`--stanza=${cluster}`, ...options, 'stanza-create'), as }],
  };
}

/** All that an apply brings about is there; that it is no use any more is told all the same. */
const fullThere = `
${placed}
shift 2
pgbackrest --stanza="$1" --repo="$2" info --output=json | grep -q '"type":"full"'
why=$(${obstacles('$1')} | sed -n "s/^repo$2: \\(\\[[A-Za-z]*\\] \\)\\{0,1\\}//p")
[ -z "$why" ] || printf 'note: WAL does not get into repository %s: %s; pgark status tells more\\n' "$3" "$why"`;

/** A repository that comes to a cluster later has not seen its timelines begin, and without their histories nobody recovers along them. */
const histories = `
for file in "$2"/pg_wal/*.history; do
  [ ! -e "$file" ] || pgbackrest --stanza="$1" --no-archive-async archive-push "$file"
done`;

/** Archiving is tried first: without it a backup would wait for WAL that never comes. */
function fullBackups(host: Host, inventory: Inventory): ConditionResource[] {
  const { cluster } = instanceOf(host);
  const as = host.vars.pg_dbsu;
  const repositories = repositoriesOf(host, inventory);
  return repositories.map(({ number, name }) => ({
    kind: 'condition',
    name: `pgbackrest: there is a full backup of ${cluster}${repositories.length > 1 ? ` in ${name}` : ''}`,
    check: { argv: shell(fullThere, cluster, placesIn(host, inventory), cluster, String(number), name), as },
    act: [
      { argv: explained(`--stanza=${cluster}`, 'check'), as },
      { argv: shell(histories, cluster, host.vars.pg_data), as },
      { argv: explained(`--stanza=${cluster}`, `--repo=${number}`, '--type=full', 'backup'), as, timeout: 86_400 },
    ],
  }));
}
