import { Fault } from '../../repo/core/fault.ts';
import type { Progress } from '../../repo/core/progress.ts';
import { kindOf } from '../resource/kinds.ts';
import type { Completed, Transport } from '../transport/command.ts';
import type { Outcome } from './outcome.ts';
import { decide, type Entry, type HostPlan, type Plan } from './plan.ts';

export interface Acting {
  /** By address of the inventory. */
  transports: ReadonlyMap<string, Transport>;
  progress: Progress;
  /** Ends the run after the command that is running. */
  signal: AbortSignal;
}

/**
 * Brings a plan about, stage after stage. A host stops at its first failure, the run at the end of the stage in which a host failed:
 * later stages stand on earlier ones, on whatever host those are. Answers for every entry.
 */
export async function apply(plan: Plan, acting: Acting): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const runs = plan.hosts.map((host) => ({ host, changed: new Set<string>() }));
  let stop: string | undefined;
  for (const stage of stagesOf(plan)) {
    const parts = runs.map((run) => ({ ...run, entries: run.host.entries.filter((entry) => entry.stage === stage) })).filter(({ entries }) => entries.length > 0);
    const done = stop === undefined ? await applyStage(parts, acting) : parts.flatMap((part) => skip(part.host, part.entries, stop!));
    outcomes.push(...done);
    stop ??= reasonToStop(done, acting.signal);
  }
  return outcomes;
}

/** The part of one host in one stage. */
interface Part {
  host: HostPlan;
  entries: readonly Entry[];
  /** Identities that were changed on this host so far. */
  changed: Set<string>;
}

const stagesOf = (plan: Plan): number[] => [...new Set(plan.hosts.flatMap(({ entries }) => entries.map(({ stage }) => stage)))].sort((a, b) => a - b);

function reasonToStop(outcomes: readonly Outcome[], signal: AbortSignal): string | undefined {
  if (signal.aborted) return 'interrupted';
  const failed = outcomes.find(({ result }) => result === 'failed');
  return failed && `${failed.identity} failed on ${failed.host}`;
}

async function applyStage(parts: readonly Part[], acting: Acting): Promise<Outcome[]> {
  if (parts.every(({ entries }) => entries.every(({ commands }) => commands.length === 0))) return parts.flatMap((part) => part.entries.map((entry) => unchanged(part.host, entry)));
  const { role, rollout } = parts[0]!.entries[0]!;
  const outcomes: Outcome[] = [];
  const act = async (progress: Progress): Promise<void> => {
    if (rollout === 'one by one') await inTurn(parts, { ...acting, progress }, outcomes);
    else outcomes.push(...(await progress.each(parts, 16, (part) => applyPart(part, { ...acting, progress }))).flat());
    const failed = outcomes.find(({ result }) => result === 'failed');
    if (failed) throw new StageFailed('apply', `${failed.identity} failed on ${failed.host}`);
  };
  await acting.progress.step(role, act).catch((error: unknown) => {
    if (!(error instanceof StageFailed)) throw error;
  });
  return outcomes;
}

/** Lets the progress draw a failed stage; the outcomes tell the rest. */
class StageFailed extends Fault {}

/** Members of a cluster change one at a time; where one fails, the others stay as they are. */
async function inTurn(parts: readonly Part[], acting: Acting, outcomes: Outcome[]): Promise<void> {
  for (const part of parts) {
    const stop = reasonToStop(outcomes, acting.signal);
    outcomes.push(...(stop === undefined ? await applyPart(part, acting) : skip(part.host, part.entries, stop)));
  }
}

async function applyPart({ host, entries, changed }: Part, acting: Acting): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const entry of entries) {
    const stop = reasonToStop(outcomes, acting.signal);
    if (stop !== undefined) return [...outcomes, ...skip(host, entries.slice(outcomes.length), stop)];
    const outcome = entry.commands.length === 0 ? unchanged(host, entry) : await applyEntry(entry, { host, changed, acting });
    if (outcome.result === 'changed') changed.add(entry.identity);
    outcomes.push(outcome);
  }
  return outcomes;
}

/**
 * What is about to be changed is looked at once more: what came before it (a package, the start of a server) may have brought it about,
 * or moved it.
 */
async function applyEntry(entry: Entry, { host, changed, acting }: { host: HostPlan; changed: ReadonlySet<string>; acting: Acting }): Promise<Outcome> {
  const started = performance.now();
  const transport = acting.transports.get(host.address)!;
  const place = { host: host.name, role: entry.role, identity: entry.identity };
  const seconds = (): number => Math.round(performance.now() - started) / 1000;
  try {
    const now = decide(entry, (await transport.probe([kindOf(entry.resource).probe(entry.resource)]))[0]!, changed);
    if (now.commands.length === 0) return unchanged(host, entry);
    acting.progress.say(`${host.name}: ${entry.identity}: ${now.change}`);
    for (const [index, command] of now.commands.entries()) {
      const [done] = await transport.run([command]);
      if (done!.code !== 0) return { ...place, result: 'failed', change: now.change, stderr: await why(entry, done!, transport), seconds: seconds() };
      if (acting.signal.aborted && index < now.commands.length - 1) return { ...place, result: 'failed', change: now.change, stderr: 'interrupted', seconds: seconds() };
    }
    return { ...place, result: 'changed', change: now.change, seconds: seconds() };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ...place, result: 'failed', change: entry.change, stderr: [error.message, ...error.details].join('\n'), seconds: seconds() };
  }
}

async function why(entry: Entry, done: Completed, transport: Transport): Promise<string> {
  const said = done.stderr.trim() || done.stdout.trim() || `exit code ${done.code}`;
  const question = kindOf(entry.resource).explain?.(entry.resource);
  const more = question ? (await transport.probe([question]))[0]!.stdout.trim() : '';
  return [said, more].filter(Boolean).join('\n').split('\n').slice(-60).join('\n');
}

const unchanged = (host: HostPlan, { role, identity }: Entry): Outcome => ({ host: host.name, role, identity, result: 'unchanged' });

const skip = (host: HostPlan, entries: readonly Entry[], because: string): Outcome[] => entries.map((entry) => (entry.commands.length === 0 ? unchanged(host, entry) : { host: host.name, role: entry.role, identity: entry.identity, result: 'skipped', because }));
