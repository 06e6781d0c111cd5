import { shell, type Command } from '../transport/command.ts';
import { words } from '../transport/script.ts';
import { isInstalled } from './packages.ts';
import { parseUnit, probeUnit, type UnitState } from './unit.ts';
import type { Kind, ServiceResource } from './resource.ts';
import { manyUnits } from './units.ts';

export const service: Kind<ServiceResource, UnitState> = {
  identify: (wanted) => `service ${wanted.unit}`,
  probe: probeUnit,
  many: manyUnits,
  parse: parseUnit,
  diff: (wanted, actual, changed) => decide(wanted, actual, changed).flatMap((step) => commandsOf(step, wanted, actual)),
  describe: (wanted, actual, changed) => `${decide(wanted, actual, changed).join(', ')}${actual.known || wanted.running ? '' : ', should a package bring it'}`,
  explain: (wanted) => ({ argv: shell('systemctl status --no-pager --lines=0 -- "$1" || :; journalctl -u "$1" -n 25 --no-pager -o cat || :', wanted.unit), timeout: 20 }),
};

type Step = 'daemon-reload' | 'unmask' | 'enable' | 'disable' | 'start' | 'restart' | 'reload' | 'stop' | 'wait until ready';

/** What brings the unit from where it is to where it must be, in order. */
function decide(wanted: ServiceResource, actual: UnitState, changed: ReadonlySet<string>): Step[] {
  const fromPackage = isInstalled(changed);
  const steps: Step[] = actual.needDaemonReload || definitionChanges(wanted.unit, changed) || definitionChanges(startedBy(wanted.unit), changed) ? ['daemon-reload'] : [];
  if (!wanted.enabled && !wanted.running) return actual.known || fromPackage ? [...steps, ...putToRest(actual, fromPackage)] : [];
  if (wanted.enabled && actual.enabling === 'masked') steps.push('unmask');
  if (wanted.enabled && !actual.enabled) steps.push('enable');
  if (!wanted.enabled && actual.enabled) steps.push('disable');
  const move = wanted.running ? bringUp(wanted, actual, changed) : actual.active ? 'stop' : undefined;
  if (move) steps.push(move);
  if (wanted.running && wanted.ready && (move || !actual.ready)) steps.push('wait until ready');
  return steps;
}

/** Restart and reload are judged by what the files say, not by what an earlier run remembers: a run that was cut off heals on the next. */
function bringUp(wanted: ServiceResource, actual: UnitState, changed: ReadonlySet<string>): 'start' | 'restart' | 'reload' | undefined {
  if (!actual.active) return 'start';
  if (!wanted.outlasts && (actual.restartDue || definitionChanges(wanted.unit, changed) || touches(wanted.restartOn, changed))) return 'restart';
  return actual.reloadDue || touches(wanted.reloadOn, changed) ? 'reload' : undefined;
}

/** A unit that a package of the same plan brings is enabled by that package, whatever we saw before. */
function putToRest(actual: UnitState, fromPackage: boolean): Step[] {
  const unseen = fromPackage && !actual.known;
  return [...(actual.enabled || unseen ? ['disable' as const] : []), ...(actual.active || unseen ? ['stop' as const] : [])];
}

function commandsOf(step: Step, wanted: ServiceResource, actual: UnitState): Command[] {
  switch (step) {
    case 'daemon-reload':
      return [{ argv: ['systemctl', 'daemon-reload'] }];
    case 'wait until ready':
      return [waitUntilReady(wanted)];
    // A unit without ExecReload is restarted.
    case 'reload':
      return [{ argv: ['systemctl', 'reload-or-restart', '--', wanted.unit] }];
    // Whatever failed before must not count against the start limit now.
    case 'start':
    case 'restart':
      return [...(step === 'restart' && wanted.mayRestart ? [wanted.mayRestart] : []), { argv: shell('systemctl reset-failed -- "$1" 2>/dev/null || :; systemctl "$2" -- "$1"', wanted.unit, step) }];
    // What was not there when the plan was made may not have come with the packages either.
    case 'disable':
    case 'stop':
      return [{ argv: actual.known ? ['systemctl', step, '--', wanted.unit] : shell('! systemctl cat -- "$1" >/dev/null 2>&1 || systemctl "$2" -- "$1"', wanted.unit, step) }];
    case 'unmask':
    case 'enable':
      return [{ argv: ['systemctl', step, '--', wanted.unit] }];
  }
}

/** The command gets its standard input anew at each try. */
function waitUntilReady(wanted: ServiceResource): Command {
  const ready = wanted.ready!;
  const patience = wanted.patience ?? 60;
  const attempt = words({ ...ready, timeout: Math.min(ready.timeout ?? 10, patience) });
  const script = `
input=$(cat; echo .)
until said=$(printf %s "\${input%.}" | ${attempt} 2>&1); do
  patience=$((patience - 1))
  if [ "$patience" -le 0 ] || [ "$(date +%s)" -ge "$end" ]; then printf '%s is not ready after %s s: %s\\n' "$1" "$2" "$said" >&2; exit 1; fi
  sleep 1
done`;
  return { argv: shell(`patience=$2 end=$(($(date +%s) + $2))${script}`, wanted.unit, String(patience)), ...(ready.stdin !== undefined && { stdin: ready.stdin }), timeout: patience + 30 };
}

/** Whether the plan changes the unit's own file or a drop-in of it; `foo@bar.service` is made from `foo@.service`. */
function definitionChanges(unit: string, changed: ReadonlySet<string>): boolean {
  const names = [unit, unit.replace(/@.*\./, '@.')];
  return pathsOf(changed).some((path) => names.some((name) => path === `/etc/systemd/system/${name}` || path.startsWith(`/etc/systemd/system/${name}.d/`)));
}

/** What a timer starts: systemd has it loaded as long as the timer waits, and would go on with what it was. */
const startedBy = (unit: string): string => unit.replace(/\.timer$/, '.service');

const touches = (watched: readonly string[] | undefined, changed: ReadonlySet<string>): boolean => pathsOf(changed).some((path) => watched?.some((each) => each === path || each === path.slice(0, path.lastIndexOf('/'))));

const pathsOf = (changed: ReadonlySet<string>): string[] => [...changed].filter((identity) => /^(file|link|absent) /.test(identity)).map((identity) => identity.slice(identity.indexOf(' ') + 1));
