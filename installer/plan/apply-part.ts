import { Fault } from '../../repo/core/fault.ts';
import type { Progress } from '../../repo/core/progress.ts';
import { kindOf } from '../resource/kinds.ts';
import type { Command, Completed, Transport } from '../transport/command.ts';
import type { Part } from './course.ts';
import { reasonOf, reasonToStop, type Outcome } from './outcome.ts';
import { decide, type Entry, type HostPlan } from './plan.ts';

export interface Acting {
  /** By address of the inventory. */
  transports: ReadonlyMap<string, Transport>;
  progress: Progress;
  /** Ends the run after the command that is running. */
  signal: AbortSignal;
}

/** Brings about what one host has in one stage, up to its first failure. */
export async function applyPart({ leg: { host, changed }, entries }: Part, acting: Acting): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const transport = acting.transports.get(host.address)!;
  for (const batch of batchesOf(entries)) {
    const stop = acting.signal.aborted ? 'interrupted' : reasonToStop(outcomes);
    if (stop !== undefined) return [...outcomes, ...skip(host, entries.slice(outcomes.length), stop)];
    const done = await applyBatch(batch, { host, changed, transport, acting });
    for (const outcome of done) if (outcome.result === 'changed') changed.add(outcome.identity);
    outcomes.push(...done);
  }
  return outcomes;
}

/** Entries that are looked at and changed in one go: plain ones that follow each other; any other alone. What has nothing to do goes with its neighbours. */
function batchesOf(entries: readonly Entry[]): Entry[][] {
  const batches: Entry[][] = [];
  const isAlone = (entry: Entry): boolean => entry.commands.length > 0 && kindOf(entry.resource).plain !== true;
  for (const entry of entries) {
    const last = batches.at(-1);
    if (last === undefined || isAlone(entry) || last.some(isAlone)) batches.push([entry]);
    else last.push(entry);
  }
  return batches;
}

interface Setting {
  host: HostPlan;
  changed: ReadonlySet<string>;
  transport: Transport;
  acting: Acting;
}

/**
 * What is about to be changed is looked at once more: what came before it (a package, the start of a server) may have brought it about,
 * or moved it.
 */
async function applyBatch(entries: readonly Entry[], setting: Setting): Promise<Outcome[]> {
  const { host, changed, transport, acting } = setting;
  const due = entries.filter(({ commands }) => commands.length > 0);
  if (due.length === 0) return entries.map((entry) => unchanged(host, entry));
  const started = performance.now();
  const seconds = (): number => Math.round((performance.now() - started) / due.length) / 1000;
  try {
    const answers = await transport.probe(due.map(({ resource }) => kindOf(resource).probe(resource)));
    const now = new Map(due.map((entry, index) => [entry.identity, decide(entry, answers[index]!, changed)]));
    for (const { identity, change, commands } of now.values()) if (commands.length > 0) acting.progress.say(`${host.name}: ${identity}: ${change}`);
    const ended = await runAll([...now.values()].flatMap(({ commands }) => commands), due.every(({ resource }) => kindOf(resource).plain === true), setting);
    return await judge(entries, now, ended, { ...setting, seconds });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const [first] = due as [Entry, ...Entry[]];
    const said = [error.message, ...error.details].join('\n');
    const cut: Outcome = { ...placeOf(host, first), result: error.code === 'unreachable' ? 'lost' : 'failed', change: first.change, stderr: said, seconds: seconds() };
    return entries.map((entry) => (entry.commands.length === 0 ? unchanged(host, entry) : entry === first ? cut : { ...placeOf(host, entry), result: 'skipped', because: reasonOf(cut) }));
  }
}

/** Plain ones in one go; others leave room for an interruption after each command. Answers for those that ran, the last of which may have failed. */
async function runAll(commands: readonly Command[], plain: boolean, { transport, acting }: Setting): Promise<Completed[]> {
  const done: Completed[] = [];
  const portions = plain && commands.length > 0 ? [commands] : commands.map((command) => [command]);
  for (const portion of portions) {
    if (done.length > 0 && acting.signal.aborted) return [...done, { code: 130, stdout: '', stderr: 'interrupted' }];
    done.push(...(await transport.run(portion)));
    if (done.at(-1)!.code !== 0) return done;
  }
  return done;
}

async function judge(entries: readonly Entry[], now: ReadonlyMap<string, Entry>, ended: readonly Completed[], { host, transport, seconds }: Setting & { seconds: () => number }): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let at = 0;
  for (const entry of entries) {
    const decided = now.get(entry.identity);
    if (decided === undefined || decided.commands.length === 0) {
      outcomes.push(unchanged(host, entry));
      continue;
    }
    const own = ended.slice(at, (at += decided.commands.length));
    const failed = own.find(({ code }) => code !== 0);
    if (failed) outcomes.push({ ...placeOf(host, entry), result: 'failed', change: decided.change, stderr: await why(entry, failed, transport), seconds: seconds() });
    else if (own.length === 0) outcomes.push(...skip(host, [entry], `${outcomes.find(({ result }) => result === 'failed')!.identity} failed on ${host.name}`));
    else outcomes.push({ ...placeOf(host, entry), result: 'changed', change: decided.change, seconds: seconds() });
  }
  return outcomes;
}

const placeOf = ({ name }: HostPlan, { role, identity }: Entry): { host: string; role: string; identity: string } => ({ host: name, role, identity });

async function why(entry: Entry, done: Completed, transport: Transport): Promise<string> {
  const said = done.stderr.trim() || done.stdout.trim() || `exit code ${done.code}`;
  const question = kindOf(entry.resource).explain?.(entry.resource);
  const more = question ? (await transport.probe([question]))[0]!.stdout.trim() : '';
  return [said, more].filter(Boolean).join('\n').split('\n').slice(-60).join('\n');
}

const unchanged = (host: HostPlan, { role, identity }: Entry): Outcome => ({ host: host.name, role, identity, result: 'unchanged' });

/** What has nothing to do is as wanted all the same. */
export const skip = (host: HostPlan, entries: readonly Entry[], because: string): Outcome[] => entries.map((entry) => (entry.commands.length === 0 ? unchanged(host, entry) : { host: host.name, role: entry.role, identity: entry.identity, result: 'skipped', because }));
