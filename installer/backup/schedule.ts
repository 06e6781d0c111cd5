import { shell, type Command, type Completed } from '../transport/command.ts';

/** A timer that starts backups on a host, and how its last run ended there. Times are RFC 3339, UTC. */
export interface ScheduledBackup {
  /** `pgark-backup-full.timer` */
  timer: string;
  /** What it starts: `full`, `diff far`. */
  what: string;
  /** When it starts the next one; absent for a timer that does not run. */
  next?: string;
  last?: string;
  /** `skipped`: the member did not lead then. `unknown`: not since the host was started. */
  result: 'running' | 'done' | 'failed' | 'skipped' | 'unknown';
}

/** The timers of backups, each with its service. Those of proofs and metrics have names of their own. */
export const askSchedule: Command = {
  argv: shell(`
for path in /etc/systemd/system/pgark-backup-full*.timer /etc/systemd/system/pgark-backup-diff*.timer /etc/systemd/system/pgark-backup-incr*.timer; do
  [ -e "$path" ] || continue
  unit=\${path##*/}
  TZ=UTC systemctl show -p Id,ActiveState,NextElapseUSecRealtime,LastTriggerUSec -- "$unit" | sed 's/^/timer./'
  TZ=UTC systemctl show -p ActiveState,Result,ExecMainExitTimestamp -- "\${unit%.timer}.service" | sed 's/^/service./'
  echo
done`),
  timeout: 30,
};

export function readSchedule({ stdout }: Completed): ScheduledBackup[] {
  return stdout.split('\n\n').filter((part) => part.includes('timer.Id=')).map(readTimer);
}

function readTimer(text: string): ScheduledBackup {
  const values = new Map(text.trim().split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  const value = (name: string): string => values.get(name) ?? '';
  const timer = value('timer.Id');
  const next = value('timer.ActiveState') === 'active' ? timeOf(value('timer.NextElapseUSecRealtime')) : undefined;
  // One that was started by hand is a run too.
  const last = [timeOf(value('timer.LastTriggerUSec')), timeOf(value('service.ExecMainExitTimestamp'))].filter((time) => time !== undefined).sort().at(-1);
  const what = timer.replace(/^pgark-backup-/, '').replace(/\.timer$/, '').replace('-', ' ');
  return { timer, what, ...(next !== undefined && { next }), ...(last !== undefined && { last }), result: resultOf(value('service.ActiveState'), value('service.Result'), value('service.ExecMainExitTimestamp')) };
}

function resultOf(active: string, result: string, ended: string): ScheduledBackup['result'] {
  if (active === 'activating') return 'running';
  if (result === 'exec-condition') return 'skipped';
  if (active === 'failed' || (result !== 'success' && result !== '')) return 'failed';
  return timeOf(ended) === undefined ? 'unknown' : 'done';
}

/** `Sun 2026-11-22 08:02:49 UTC`; nothing for what never happened. */
function timeOf(stamp: string): string | undefined {
  const [, day, time] = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? UTC/.exec(stamp) ?? [];
  return day === undefined ? undefined : `${day}T${time}Z`;
}
