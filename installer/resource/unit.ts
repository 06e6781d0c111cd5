import { shell, type Command, type Completed } from '../transport/command.ts';
import { words } from '../transport/script.ts';
import type { ServiceResource } from './resource.ts';

/** What systemd says of a unit, and what the files say that it reads. */
export interface UnitState {
  /** systemd has found a definition of it. */
  known: boolean;
  enabled: boolean;
  /** UnitFileState, as systemctl(1) words it. */
  enabling: string;
  active: boolean;
  needDaemonReload: boolean;
  /** A file that calls for a restart has changed since the main process started. */
  restartDue: boolean;
  /** A file that calls for a reload has changed since the unit last changed its state. */
  reloadDue: boolean;
  /** It answered, or has nothing to be asked. */
  ready: boolean;
}

/** What is asked of systemd. */
export const properties = 'LoadState,UnitFileState,ActiveState,NeedDaemonReload,ExecMainStartTimestamp,ActiveEnterTimestamp,StateChangeTimestamp,FragmentPath,DropInPaths';

export function probeUnit(wanted: ServiceResource): Command {
  const { restartOn = [], reloadOn = [], ready } = wanted;
  const question = ready ? words({ ...ready, timeout: Math.min(ready.timeout ?? 5, 5) }) : ':';
  return {
    argv: shell(probing.replace('READY', () => question), wanted.unit, String(restartOn.length), ...restartOn, ...reloadOn),
    ...(ready?.stdin !== undefined && { stdin: ready.stdin }),
    timeout: 30,
  };
}

export function parseUnit(completed: Completed): UnitState {
  const lines = completed.stdout.split('\n').map((line) => line.split('=', 2) as [string, string]);
  const last = (name: string): string => lines.findLast(([key]) => key === name)?.[1] ?? '';
  const newest = (name: string, now: number): number => Math.max(0, ...lines.filter(([key]) => key === name).map(([, value]) => Number(value)).filter((time) => time <= now));
  const started = seconds(last('ExecMainStartTimestamp')) || seconds(last('ActiveEnterTimestamp'));
  const now = Number(last('now'));
  if (!(now > 0)) throw new Error(`a unit could not be probed: ${completed.stderr}`);
  const active = ['active', 'activating', 'reloading'].includes(last('ActiveState'));
  return {
    known: !['', 'not-found'].includes(last('LoadState')),
    // systemctl(1), is-enabled: the other states are not for enabling, or enabled by another unit.
    enabled: ['enabled', 'static', 'indirect', 'generated', 'alias', 'transient'].includes(last('UnitFileState')),
    enabling: last('UnitFileState'),
    active,
    needDaemonReload: last('NeedDaemonReload') === 'yes',
    restartDue: active && newest('restart', now) > started,
    reloadDue: active && newest('reload', now) > Math.max(seconds(last('StateChangeTimestamp')), started),
    ready: last('ready') === 'yes',
  };
}

/** `Sun 2026-11-22 08:02:49.123456 UTC` as seconds since 1970; 0 for what never happened. */
function seconds(stamp: string): number {
  const parts = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)? UTC/.exec(stamp);
  return parts ? Date.parse(`${parts[1]}T${parts[2]}Z`) / 1000 + Number(parts[3] ?? 0) : 0;
}

/**
 * Change times (ctime) tell when a file got its content here, whatever time its package gave it. Of a folder its own time counts,
 * and that of each entry. The unit's own file and drop-ins count where they are the administrator's (/etc).
 * A time in the future comes from a clock that was set back, and says nothing.
 */
const probing = `
unit=$1 count=$2
shift 2
properties=${properties}
shown=$(systemctl show --timestamp=us+utc -p "$properties" -- "$unit" 2>/dev/null || TZ=UTC systemctl show -p "$properties" -- "$unit")
printf '%s\\n' "$shown"
change_times() {
  label=$1
  for path in "$2" "$2"/*; do
    if [ -e "$path" ]; then stat -L --printf="$label=%.9Z\\n" -- "$path"; fi
  done
}
set -f
for path in $(printf '%s\\n' "$shown" | sed -n 's/^FragmentPath=//p; s/^DropInPaths=//p'); do
  case $path in /etc/*) stat -L --printf='restart=%.9Z\\n' -- "$path" ;; esac
done
set +f
while [ "$count" -gt 0 ]; do
  change_times restart "$1"
  shift
  count=$((count - 1))
done
for path; do change_times reload "$path"; done
date +now=%s.%N
case $shown in *ActiveState=active*) if READY >/dev/null 2>&1; then echo ready=yes; fi ;; esac
`;
