import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { Fault } from '../../repo/core/fault.ts';
import { each } from '../../repo/core/progress.ts';
import { shell, type Command, type Transport } from '../transport/command.ts';

/** Below /run: a lock does not outlive the host that it locks. */
const path = '/run/pgark.lock';

/** Who holds a lock. All but `by` and `since` tell, on the machine of the holder, whether it still lives. */
export interface Holder {
  by: string;
  pid: number;
  /** When the process began, in ticks since the boot: a number is given again once its process is gone. */
  began: string;
  boot: string;
  /** machine-id(5) */
  machine: string;
  since: string;
}

/** Us: `alice@admin-1`, the name before sudo. */
export function ourselves(now: Date): Holder {
  const who = process.env['SUDO_USER'] ?? userInfo().username;
  return { by: `${who}@${hostname()}`, pid: process.pid, began: beganAt(process.pid) ?? '', boot: readText('/proc/sys/kernel/random/boot_id') ?? '', machine: readText('/etc/machine-id') ?? '', since: now.toISOString() };
}

/**
 * Runs `act` while no other run changes these hosts.
 * @throws Fault apply when another one does: who, and since when
 */
export async function locked<T>(transports: readonly Transport[], holder: Holder, act: () => Promise<T>): Promise<T> {
  const held: Transport[] = [];
  try {
    // Two runs on the same hosts meet at the first, and one of them goes on.
    const [first, ...others] = transports.toSorted((a, b) => (a.host < b.host ? -1 : 1));
    const hold = async (transport: Transport): Promise<void> => {
      await take(transport, holder);
      held.push(transport);
    };
    if (first) await hold(first);
    await each(others, 16, hold);
    return await act();
  } finally {
    await each(held, 16, (transport) => leave(transport, holder));
  }
}

/** A host that was lost keeps its lock, which the next run can judge; what was lost has been told already. */
async function leave(transport: Transport, holder: Holder): Promise<void> {
  await transport.run([release(holder)]).catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error;
  });
}

async function take(transport: Transport, holder: Holder): Promise<void> {
  const [done] = await transport.run([{ argv: shell(taking, path), stdin: JSON.stringify(holder) }]);
  if (done!.code === 0) return;
  const other = readHolder(done!.stdout);
  if (!other) throw new Fault('apply', `${transport.host}: ${path} cannot be taken`, { details: [done!.stderr.trim() || 'it is there and cannot be read'], hint: `rm ${path}, when no other run is under way` });
  if (!isGone(other, holder)) {
    throw new Fault('apply', `${transport.host}: ${other.by} is changing this host since ${other.since} (process ${other.pid})`, { hint: `wait for its end; if it is gone for certain: rm ${path}` });
  }
  await transport.run([release(other)]);
  return take(transport, holder);
}

/** A run that was killed leaves its lock; on the machine where it ran, that can be told, also after a reboot. */
export function isGone(other: Holder, here: Holder, beganOf: (pid: number) => string | undefined = beganAt): boolean {
  if (other.machine !== here.machine || other.machine === '') return false;
  return other.boot !== here.boot || beganOf(other.pid) !== other.began;
}

/** proc(5), /proc/PID/stat: the 22nd field, counted behind the name, which is in parentheses. */
function beganAt(pid: number): string | undefined {
  return readText(`/proc/${pid}/stat`)?.replace(/^.*\) /s, '').split(' ')[19];
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return undefined;
  }
}

function readHolder(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder>;
    return value.by !== undefined && value.pid !== undefined ? (value as Holder) : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

/** `set -C` opens with O_EXCL (XCU 2.7.2): of two who come at once, one gets it. */
const taking = `
umask 077
held=$(cat)
if (set -C; printf '%s' "$held" >"$1") 2>/dev/null; then exit 0; fi
cat -- "$1"
exit 1
`;

/** Only one's own: a lock that was taken over in between belongs to somebody else. */
const release = (holder: Holder): Command => ({
  argv: shell('if [ "$(cat -- "$1" 2>/dev/null)" = "$(cat)" ]; then rm -f -- "$1"; fi', path),
  stdin: JSON.stringify(holder),
});
