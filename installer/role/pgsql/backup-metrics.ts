import type { Host } from '../../inventory/inventory.ts';
import type { Resource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { instanceOf, isRunning, leads } from '../instance.ts';
import { textfiles } from '../node/node-exporter.ts';
import type { Role } from '../role.ts';
import { unit } from '../text.ts';

/** How old and how sound the backups of a cluster are, as metrics: a backup that fails in silence is the worst of all. */
export const backupMetrics: Role = {
  name: 'backup-metrics',
  rollout: 'together',
  plays: (host) => isRunning(host) && host.vars.pgbackrest_enabled && host.vars.node_exporter_enabled,
  resources: (host, inventory) => (leads(host, inventory) ? told(host) : [...silent]),
};

/** The leader's backups are the cluster's; figures of a member that led before would only grow old. */
const silent: readonly Resource[] = [{ kind: 'service', unit: 'pgark-backup-metrics.timer', enabled: false, running: false }, { kind: 'absent', path: `${textfiles}/backup.prom` }];

function told(host: Host): Resource[] {
  return [
    { kind: 'directory', path: '/usr/local/lib/pgark', mode: '0755' },
    { kind: 'file', path: program, content: script, mode: '0755' },
    unit('pgark-backup-metrics.service', service(host)),
    unit('pgark-backup-metrics.timer', timer),
    { kind: 'service', unit: 'pgark-backup-metrics.timer', enabled: true, running: true, restartOn: ['/etc/systemd/system/pgark-backup-metrics.timer'] },
    { kind: 'condition', name: 'the age of the last backup is known', check: { argv: shell('[ -s "$1" ]', output) }, act: [{ argv: ['systemctl', 'start', 'pgark-backup-metrics.service'] }] },
  ];
}

const program = '/usr/local/lib/pgark/backup-metrics';

const output = `${textfiles}/backup.prom`;

/**
 * Out of the JSON of `pgbackrest info` two numbers are needed, and a minimal host has no JSON reader: the last status is that
 * of the stanza, the last stop that is a number (those of WAL are strings) is the end of the newest backup.
 */
const script = `#!/bin/sh
# written by pgark; changes made here are lost
# backup-metrics OUTPUT STANZA INSTANCE USER
set -eu
output=$1 stanza=$2 instance=$3 user=$4
umask 022
trap 'rm -f "$output.$$"' EXIT
said=$(runuser -u "$user" -- pgbackrest --stanza="$stanza" --output=json info | tr -d '\\n')
status=$(printf '%s\\n' "$said" | sed -n 's/.*"status":{"code":\\([0-9]*\\).*/\\1/p')
stop=$(printf '%s\\n' "$said" | sed -n 's/.*"stop":\\([0-9][0-9]*\\).*/\\1/p')
labels="stanza=\\"$stanza\\",pg=\\"$instance\\""
{
  echo '# HELP pgark_backup_status What pgBackRest says of the stanza; 0 is good.'
  echo '# TYPE pgark_backup_status gauge'
  printf 'pgark_backup_status{%s} %s\\n' "$labels" "\${status:-99}"
  echo '# HELP pgark_backup_stop_seconds When the newest backup ended, in seconds since 1970; 0 when there is none.'
  echo '# TYPE pgark_backup_stop_seconds gauge'
  printf 'pgark_backup_stop_seconds{%s} %s\\n' "$labels" "\${stop:-0}"
} > "$output.$$"
mv -f "$output.$$" "$output"
`;

function service(host: Host): Parameters<typeof unit>[1] {
  const { cluster, name } = instanceOf(host);
  return {
    Unit: { Description: 'How old and how sound the backups are' },
    Service: { Type: 'oneshot', ExecStart: [program, output, cluster, name, host.vars.pg_dbsu].join(' ') },
  };
}

const timer = {
  Unit: { Description: 'How old and how sound the backups are, every five minutes' },
  Timer: { OnBootSec: '2min', OnUnitActiveSec: '5min' },
  Install: { WantedBy: 'timers.target' },
};
