import { Fault } from '../../repo/core/fault.ts';
import type { Acting } from '../cluster/clock.ts';
import type { Seat } from '../cluster/cluster.ts';
import { shell, type Completed } from '../transport/command.ts';

/** What a backup shall be. */
export interface BackupWish {
  type: 'full' | 'diff' | 'incr';
  /** A name of `pgbackrest_method`; all of them when left out. */
  repo?: string;
  /** `KEY=VALUE`, kept with the backup. */
  annotations: readonly string[];
}

const unit = 'pgark-backup-now.service';

/**
 * Starts a backup as a unit of the host, so that it outlives us and the way to the host.
 * @throws Fault apply where one runs already, or it cannot be started
 */
export async function startBackup(seat: Seat, wish: BackupWish): Promise<void> {
  const words = [wish.type, ...(wish.repo === undefined ? [] : ['--repo', wish.repo]), ...wish.annotations.flatMap((each) => ['--annotation', each])];
  const script = `
unit=$1 user=$2
shift 2
case $(systemctl show -p ActiveState,SubState -- "$unit" | sort | tr '\\n' ' ') in
  *=activating*) exit 75 ;;
  *) systemctl stop -- "$unit" 2>/dev/null || :; systemctl reset-failed -- "$unit" 2>/dev/null || : ;;
esac
exec systemd-run --quiet --no-block --unit="$unit" --uid="$user" --description='A backup by hand' --property=Type=oneshot --property=RemainAfterExit=yes --property=TimeoutStartSec=infinity -- /pg/bin/pg-backup "$@"`;
  const [answer] = await seat.transport.probe([{ argv: shell(script, unit, seat.dbsu, ...words), timeout: 60 }]);
  if (answer!.code === 75) throw new Fault('apply', `${seat.member}: a backup that was started by hand runs already`, { hint: `journalctl -fu ${unit} on ${seat.address} shows how far it is` });
  if (answer!.code !== 0) throw new Fault('apply', `${seat.member}: no backup was started`, { details: linesOf(answer!) });
}

/**
 * Waits for it to end. That the host does not answer for a while is no end.
 * @throws Fault apply where it failed, or somebody interrupts the waiting: the backup itself goes on
 */
export async function awaitBackup(seat: Seat, seconds: number, { progress, signal, clock }: Acting): Promise<void> {
  const deadline = clock.now() + seconds * 1000;
  const goesOn = `the backup goes on by itself: journalctl -fu ${unit} on ${seat.address}`;
  for (;;) {
    const state = await ask(seat);
    if (state?.ended === 'well') return;
    if (state?.ended === 'badly') throw failure(seat, telling(state.said));
    if (state && state.said.length > 0) progress.say(harmlessPart(state.said.at(-1)!));
    if (signal.aborted) throw new Fault('apply', 'interrupted', { hint: goesOn });
    if (clock.now() >= deadline) throw new Fault('apply', `${seat.member}: the backup has not ended within ${seconds} s`, { hint: goesOn });
    await clock.sleep(1000);
  }
}

interface State {
  ended?: 'well' | 'badly';
  /** The last lines of what it says. */
  said: string[];
}

/** Undefined where the host does not answer now. */
async function ask({ transport }: Seat): Promise<State | undefined> {
  const script = 'systemctl show -p ActiveState,SubState,Result,LoadState -- "$1"; id=$(systemctl show -p InvocationID --value -- "$1"); journalctl -q -n 30 --no-pager -o cat "_SYSTEMD_INVOCATION_ID=$id" 2>/dev/null || :';
  try {
    const [answer] = await transport.probe([{ argv: shell(script, unit), timeout: 30 }]);
    return readState(answer!);
  } catch (error) {
    if (error instanceof Fault && error.code === 'unreachable') return undefined;
    throw error;
  }
}

/** The program on the host has a line on what to do next, where it knows. */
function failure(seat: Seat, said: readonly string[]): Fault {
  const hint = said.findLast((line) => line.startsWith('hint: '))?.slice('hint: '.length);
  const details = said.filter((line) => !line.startsWith('hint: ')).slice(-12);
  return new Fault('apply', `${seat.member}: the backup failed`, { details, hint: hint ?? `journalctl -u ${unit} on ${seat.address} tells all of it` });
}

/** pgBackRest begins and ends each command with all of its options. */
const telling = (said: readonly string[]): string[] => said.filter((line) => !/\b(backup|expire) command (begin|end)\b/.test(line));

export function readState({ stdout }: Pick<Completed, 'stdout'>): State {
  const lines = stdout.split('\n').filter((line) => line !== '');
  const value = (name: string): string => lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  const said = lines.filter((line) => !/^(ActiveState|SubState|Result|LoadState)=/.test(line));
  if (value('ActiveState') === 'activating') return { said };
  if (value('ActiveState') === 'active' && value('Result') === 'success') return { ended: 'well', said };
  return { ended: 'badly', said: value('LoadState') === 'not-found' ? ['its unit is gone: the host was started anew meanwhile'] : said };
}

/** `P00   INFO: new backup label = …` → `new backup label = …` */
const harmlessPart = (line: string): string => line.replace(/^(\d{4}-\d\d-\d\d \S+ )?P\d+\s+[A-Z]+:\s*/, '').slice(0, 100);

const linesOf = ({ stdout, stderr }: Completed): string[] => `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '').slice(-12);
