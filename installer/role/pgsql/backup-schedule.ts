import { backupJobOf, type BackupJob } from '../../inventory/crontab.ts';
import type { Host } from '../../inventory/inventory.ts';
import type { Resource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { instanceOf } from '../instance.ts';
import { unit, written } from '../text.ts';
import { backupProgramPath } from './backup-program.ts';

/**
 * The lines of `pg_crontab`: a backup is started by a timer, so that its result can be seen; everything else by cron. Every member has them all, and the
 * one that leads backs up.
 */
export function schedule(host: Host): Resource[] {
  const jobs = isBackedUp(host) ? timersOf(host.vars.pg_crontab) : [];
  return [...jobs.flatMap((job) => timer(job, host)), noOthers(jobs.map(({ name }) => `${name}.timer`)), crontab(host)];
}

/** Whether cron has something to do for a cluster. */
export const needsCron = (host: Host): boolean => linesOfCron(host).length > 0;

/** A backup that is started again and again. Lines that ask for the same are one timer. */
interface Timer extends BackupJob {
  /** `pgark-backup-full`, `pgark-backup-full-far`; of its timer and of its service. */
  name: string;
}

function timersOf(lines: readonly string[]): Timer[] {
  const jobs = lines.flatMap((line) => backupJobOf(line) ?? []);
  const byName = Map.groupBy(jobs, ({ type, repo }) => ['pgark-backup', type, ...(repo === undefined ? [] : [repo])].join('-'));
  return [...byName].map(([name, alike]) => ({ ...alike[0]!, name, calendar: [...new Set(alike.flatMap(({ calendar }) => calendar))] }));
}

function timer({ name, type, repo, calendar }: Timer, host: Host): Resource[] {
  const { cluster } = instanceOf(host);
  const what = `${type}, of ${cluster}${repo === undefined ? '' : `, in ${repo}`}`;
  const argv = [backupProgramPath, type, ...(repo === undefined ? [] : ['--repo', repo])];
  return [
    unit(`${name}.service`, {
      Unit: { Description: `Makes a backup: ${what}`, After: 'network-online.target patroni.service' },
      Service: { Type: 'oneshot', User: host.vars.pg_dbsu, ExecCondition: `${backupProgramPath} --leads`, ExecStart: argv.join(' '), TimeoutStartSec: 'infinity' },
    }),
    unit(`${name}.timer`, {
      Unit: { Description: `When to make a backup: ${what}` },
      Timer: { OnCalendar: calendar, Persistent: 'true', RandomizedDelaySec: '0' },
      Install: { WantedBy: 'timers.target' },
    }),
    { kind: 'service', unit: `${name}.timer`, enabled: true, running: true },
  ];
}

/** A line that was taken out of the inventory starts no more backups. */
function noOthers(names: readonly string[]): Resource {
  const each = (then: string): string => `
for path in /etc/systemd/system/pgark-backup-full*.timer /etc/systemd/system/pgark-backup-diff*.timer /etc/systemd/system/pgark-backup-incr*.timer; do
  [ -e "$path" ] || continue
  name=\${path##*/}
  for each; do [ "$each" != "$name" ] || continue 2; done
  ${then}
done`;
  const away = 'systemctl disable --now -- "$name"; rm -f -- "$path" "${path%.timer}.service"';
  return { kind: 'condition', name: 'backup: no timer but those of pg_crontab', check: { argv: shell(each('exit 1'), ...names) }, act: [{ argv: shell(`${each(away)}\nsystemctl daemon-reload`, ...names) }] };
}

/** Lines of crontab(5) without the user, as the reference has them; /etc/cron.d wants it behind the five times or behind `@daily`. */
function crontab(host: Host): Resource {
  const path = `/etc/cron.d/pgark-${instanceOf(host).cluster}`;
  const lines = linesOfCron(host);
  if (lines.length === 0) return { kind: 'absent', path };
  return written(path, lines.map((line) => line.replace(/^\s*(@\w+|(?:\S+\s+){4}\S+)\s+(?=\S)/, (times) => `${times.trim()} ${host.vars.pg_dbsu} `)));
}

const linesOfCron = (host: Host): readonly string[] => host.vars.pg_crontab.filter((line) => !isBackedUp(host) || backupJobOf(line) === undefined);

const isBackedUp = ({ vars }: Host): boolean => vars.pgbackrest_enabled;
