import { Fault } from '../../repo/core/fault.ts';
import type { Acting } from '../cluster/clock.ts';
import { shell, type Completed } from '../transport/command.ts';
import type { Choice } from './choose.ts';
import { askProofs, readProofs, type ProofResult } from './result.ts';

/** How a backup is to be proven. */
export interface Manner {
  /** Indexes are compared with their tables. */
  full: boolean;
  /** All archived WAL is replayed, not only that of the backup. */
  latest: boolean;
  /** The scratch instance is left there, stopped. */
  keep: boolean;
  /** Seconds that it may take. */
  patience: number;
}

/**
 * Has the program on the host prove a backup, and waits for its result. It runs under systemd there: a connection that breaks is no matter, and
 * an interruption here ends it there.
 * @throws Fault apply where it cannot begin, is interrupted, or ends without a result
 */
export async function prove(choice: Choice, manner: Manner, acting: Acting): Promise<ProofResult> {
  const { stand: { seat: { transport, member } } } = choice;
  const unit = unitOf(choice, manner);
  const before = await resultOf(choice);
  const [started] = await transport.probe([{ argv: shell('systemctl reset-failed -- "$1" 2>/dev/null || :; systemctl start --no-block -- "$1"', unit) }]);
  if (started!.code !== 0) throw new Fault('apply', `${member}: the proof does not begin`, { details: [started!.stderr.trim()], hint: 'pgark apply brings what it needs' });
  await acting.progress.step(`${choice.backup?.label ?? 'the newest backup'} is proven on ${member}`, (progress) => ended(unit, choice, { ...acting, progress }, manner.patience));
  const after = await resultOf(choice);
  const [journal] = await transport.probe([{ argv: shell('journalctl -q -o cat -n 12 -u "$1"; systemctl reset-failed -- "$1" 2>/dev/null || :', unit), timeout: 30 }]);
  if (after && after.started !== before?.started) return after;
  throw new Fault('apply', `${member}: the proof has ended without a result`, { details: lines(journal!).slice(-8) });
}

/** The program takes its words with colons, which a name of a unit may have (systemd.unit(5)). */
export function unitOf({ repository, backup }: Choice, { full, latest, keep, patience }: Manner): string {
  const words = [full && 'full', latest && 'latest', keep && 'keep'].filter(Boolean).join('.') || 'none';
  return `pgark-backup-check@${repository}:${backup?.label ?? 'latest'}:${words}:${patience}.service`;
}

/** Looks on until it is over. A host that cannot be reached goes on by itself, and so is asked again for as long as the proof may last. */
async function ended(unit: string, { stand: { seat } }: Choice, { progress, signal, clock }: Acting, patience: number): Promise<void> {
  const deadline = clock.now() + (patience + 180) * 1000;
  for (;;) {
    const told = await seat.transport.probe([{ argv: shell('systemctl show -p Job -p ActiveState -- "$1"; cat /var/lib/pgark/proof/stage 2>/dev/null || :', unit), timeout: 30 }]).catch(lost);
    const said = told ? lines(told[0]!) : [];
    // A job is what has been asked for and not begun yet.
    if (told && !said.some((line) => /^Job=[1-9]|^ActiveState=(activating|active|deactivating)$/.test(line))) return;
    const stage = said.find((line) => !/^\w+=/.test(line));
    progress.say(stage ?? (told ? '' : `${seat.address} cannot be reached; it goes on there`));
    if (signal.aborted) throw await stopped(unit, seat.member, seat.transport);
    if (clock.now() >= deadline) throw new Fault('apply', `${seat.member}: the proof has not ended in ${patience} s`, { hint: `systemctl status '${unit}' on ${seat.address}` });
    await clock.sleep(1000);
  }
}

async function stopped(unit: string, member: string, transport: Choice['stand']['seat']['transport']): Promise<Fault> {
  const [done] = await transport.probe([{ argv: shell('systemctl stop -- "$1"; systemctl reset-failed -- "$1" 2>/dev/null || :', unit), timeout: 120 }]);
  return done!.code === 0 ? new Fault('apply', 'interrupted: the proof was stopped, and its scratch instance is gone') : new Fault('apply', `interrupted, and the proof on ${member} could not be stopped`, { details: [done!.stderr.trim()], hint: `systemctl stop '${unit}'` });
}

const lost = (error: unknown): undefined => {
  if (error instanceof Fault && error.code === 'unreachable') return undefined;
  throw error;
};

async function resultOf({ stand: { seat }, repository }: Choice): Promise<ProofResult | undefined> {
  const [told] = await seat.transport.probe([askProofs]);
  return readProofs(told!).find((each) => each.repository === repository)?.last;
}

const lines = ({ stdout }: Completed): string[] => stdout.split('\n').filter((line) => line !== '');
