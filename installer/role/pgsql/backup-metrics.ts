import type { Host, Inventory } from '../../inventory/inventory.ts';
import { shell } from '../../transport/command.ts';
import type { ConditionResource } from '../../resource/resource.ts';
import { instanceOf, isRunning, leads } from '../instance.ts';
import { textfiles } from '../node/node-exporter.ts';
import type { Role } from '../role.ts';
import { unit } from '../text.ts';
import { repositoriesOf } from './repositories.ts';

/**
 * How old and how sound the backups of a cluster are, as metrics: a backup that fails in silence is the worst of all. Every member has the timer, and the
 * one that leads tells: its backups are the cluster's, and figures of a member that led before would only grow old.
 */
export const backupMetrics: Role = {
  name: 'backup-metrics',
  rollout: 'together',
  plays: (host) => isRunning(host) && host.vars.pgbackrest_enabled && host.vars.node_exporter_enabled,
  resources: (host, inventory) => [
    { kind: 'directory', path: '/usr/local/lib/pgark', mode: '0755' },
    { kind: 'file', path: program, content: script, mode: '0755' },
    unit('pgark-backup-metrics.service', service(host, inventory)),
    unit('pgark-backup-metrics.timer', timer),
    { kind: 'service', unit: 'pgark-backup-metrics.timer', enabled: true, running: true },
    ...(host.facts.postgres === 'none' && leads(host, inventory) ? [told] : []),
  ],
};

const program = '/usr/local/lib/pgark/backup-metrics';

const output = `${textfiles}/backup.prom`;

/** Where a cluster begins, its leader tells at once; from then on the timer does, a few minutes after another one leads. */
const told: ConditionResource = { kind: 'condition', name: 'the age of the last backup is known', check: { argv: shell('[ -s "$1" ]', output) }, act: [{ argv: ['systemctl', 'start', 'pgark-backup-metrics.service'] }] };

/**
 * Out of the JSON of `pgbackrest info` two numbers are needed, and a minimal host has no JSON reader: the last status is that of the stanza, which
 * is that of the one repository asked for; the last stop that is a number (those of WAL are strings) is the end of the newest backup.
 */
const script = `#!/bin/sh
# written by pgark; changes made here are lost
# backup-metrics OUTPUT STANZA INSTANCE USER PORT NUMBER=REPOSITORY[=FOLDER]...
set -eu
output=$1 stanza=$2 instance=$3 user=$4 port=$5
shift 5
umask 022
trap 'rm -f "$output.$$"' EXIT
labels="stanza=\\"$stanza\\",pg=\\"$instance\\""
# leads, when the last WAL was archived, whether what came after it was not
archiver=$(runuser -u "$user" -- psql -XAtq -F ' ' -p "$port" -d postgres -c "SELECT pg_is_in_recovery(), coalesce(extract(epoch FROM last_archived_time)::bigint, 0), coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false)::int FROM pg_stat_archiver")
set -- $archiver "$@"
if [ "$1" = t ]; then rm -f "$output"; exit 0; fi
archived=$2 failing=$3
shift 3
metric() {
  printf '# HELP %s %s\\n# TYPE %s gauge\\n' "$1" "$2" "$1"
}
statuses= stops= timers= sizes= rooms=
for each; do
  said=$(runuser -u "$user" -- pgbackrest --stanza="$stanza" --repo="\${each%%=*}" --output=json info | tr -d '\\n') || said=
  status=$(printf '%s\\n' "$said" | sed -n 's/.*"status":{"code":\\([0-9]*\\).*/\\1/p')
  stop=$(printf '%s\\n' "$said" | sed -n 's/.*"stop":\\([0-9][0-9]*\\).*/\\1/p')
  name=\${each#*=}
  folder=\${name#*=}
  name=\${name%%=*}
  statuses="$statuses$name \${status:-99}
"
  stops="$stops$name \${stop:-0}
"
  if [ "$folder" = "$name" ]; then continue; fi
  room=$(df -Pk -- "$folder/" | sed -n '2s/^.* \\([0-9][0-9]*\\)  *[0-9][0-9]*  *\\([0-9][0-9]*\\)  *[0-9]*% .*$/\\1 \\2/p')
  if [ -z "$room" ]; then continue; fi
  sizes="$sizes$name $((\${room% *} * 1024))
"
  rooms="$rooms$name $((\${room#* } * 1024))
"
done
for path in /etc/systemd/system/pgark-backup-full*.timer /etc/systemd/system/pgark-backup-diff*.timer /etc/systemd/system/pgark-backup-incr*.timer; do
  [ -e "$path" ] || continue
  name=\${path##*/pgark-backup-}
  if systemctl is-failed --quiet "pgark-backup-\${name%.timer}.service"; then failed=1; else failed=0; fi
  timers="$timers\${name%.timer} $failed
"
done
of() {
  printf '%s' "$3" | while read -r name value; do printf '%s{%s,%s="%s"} %s\\n' "$1" "$labels" "$2" "$name" "$value"; done
}
{
  metric pgark_backup_status 'What pgBackRest says of a repository of the leader; 0 is good, 2 is that there is no backup.'
  of pgark_backup_status repo "$statuses"
  metric pgark_backup_stop_seconds 'When the newest backup in it ended, in seconds since 1970; 0 when there is none.'
  of pgark_backup_stop_seconds repo "$stops"
  metric pgark_repository_size_bytes 'The size of the filesystem that a repository in a folder of the leader lies on.'
  of pgark_repository_size_bytes repo "$sizes"
  metric pgark_repository_free_bytes 'What is free there.'
  of pgark_repository_free_bytes repo "$rooms"
  metric pgark_backup_timer_failed 'Whether the last backup that a timer started has failed.'
  of pgark_backup_timer_failed timer "$timers"
  metric pgark_wal_archived_seconds 'When the last WAL reached every repository, in seconds since 1970; 0 when none did.'
  printf 'pgark_wal_archived_seconds{%s} %s\\n' "$labels" "$archived"
  metric pgark_wal_archive_failing 'Whether the WAL after that could not be archived.'
  printf 'pgark_wal_archive_failing{%s} %s\\n' "$labels" "$failing"
} > "$output.$$"
mv -f "$output.$$" "$output"
`;

function service(host: Host, inventory: Inventory): Parameters<typeof unit>[1] {
  const { cluster, name } = instanceOf(host);
  const repositories = repositoriesOf(host, inventory).map(({ number, name, options }) => [number, name, ...folderIn(options)].join('='));
  return {
    Unit: { Description: 'How old and how sound the backups are' },
    Service: { Type: 'oneshot', ExecStart: [program, output, cluster, name, host.vars.pg_dbsu, String(host.vars.pg_port), ...repositories].join(' ') },
  };
}

/** pgbackrest(1), repo-type, repo-host and repo-path. */
const folderIn = ({ type = 'posix', host, path = '/var/lib/pgbackrest' }: Readonly<Record<string, string | number | boolean>>): string[] => ((type === 'posix' || type === 'cifs') && host === undefined ? [String(path)] : []);

const timer = {
  Unit: { Description: 'How old and how sound the backups are, every five minutes' },
  Timer: { OnBootSec: '2min', OnUnitActiveSec: '5min' },
  Install: { WantedBy: 'timers.target' },
};
