import { Fault } from '../repo/core/fault.ts';
import type { Progress } from '../repo/core/progress.ts';
import { remember } from './inventory/remembered.ts';
import type { Deployment } from './deployment.ts';
import { apply } from './plan/apply.ts';
import { locked, ourselves } from './plan/lock.ts';
import type { Outcome } from './plan/outcome.ts';
import type { Plan } from './plan/plan.ts';
import { receiptPath, writeReceipt, type Receipt } from './plan/receipt.ts';
import { count, tellHosts } from './plan/tell.ts';
import type { Transport } from './transport/command.ts';

export interface Run {
  changed: number;
  /** The path of the receipt, the same on every host. */
  receipt: string;
}

/**
 * Carries a plan out: keeps what the vault made, locks the hosts, applies, and leaves a receipt on each of them, whatever happens.
 * @throws Fault apply when a change failed, or the run was interrupted; unreachable when nothing but lost hosts kept it from its end
 */
export async function runPlan(plan: Plan, deployment: Deployment, acting: { progress: Progress; signal: AbortSignal }): Promise<Run> {
  const { vault, roster, file, facts } = deployment;
  const holder = ourselves(new Date());
  const draft = receiptDraft(deployment, holder.by);
  const transports = new Map(plan.hosts.map(({ address }) => [address, deployment.transports.get(address)!]));
  return locked([...transports.values()], holder, async () => {
    await vault.save();
    await roster.save();
    await remember(file, facts);
    await acting.progress.each(plan.hosts, 16, ({ address, name }) => writeReceipt({ ...draft, host: name }, transports.get(address)!));
    const outcomes = await apply(plan, { ...acting, transports });
    const result = resultOf(outcomes, acting.signal);
    await sign(plan, { ...draft, ended: new Date().toISOString(), result, outcomes }, { progress: acting.progress, transports });
    if (result === 'interrupted') acting.progress.warn(`interrupted: ${tally(outcomes, draft)}; a rerun goes on from here`);
    if (result !== 'done' || plan.lost.length > 0) throw failure(plan, outcomes, draft);
    // Every host has the new secrets: the former ones are forgotten.
    await vault.settle();
    return { changed: count(outcomes, 'changed'), receipt: receiptPath(draft) };
  });
}

const receiptDraft = ({ inventory, digest }: Deployment, by: string): Receipt => ({ format: 1, started: new Date().toISOString(), result: 'running', host: '', by, bundle: inventory.bundle.id, inventory: digest, outcomes: [] });

/** A host that was lost on the way cannot take its receipt: there it says `running`, until the next run. */
async function sign({ hosts }: Plan, whole: Receipt, { progress, transports }: { progress: Progress; transports: ReadonlyMap<string, Transport> }): Promise<void> {
  await progress.each(hosts, 16, async ({ address, name }) => {
    const outcomes = whole.outcomes.filter(({ host }) => host === name);
    if (outcomes.some(({ result }) => result === 'lost')) return;
    await writeReceipt({ ...whole, host: name, result: isWhole(outcomes) ? 'done' : whole.result, outcomes }, transports.get(address)!).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
      progress.warn(error.message);
    });
  });
}

const isWhole = (outcomes: readonly Outcome[]): boolean => outcomes.every(({ result }) => result === 'changed' || result === 'unchanged');

function resultOf(outcomes: readonly Outcome[], signal: AbortSignal): 'done' | 'failed' | 'interrupted' {
  if (isWhole(outcomes)) return 'done';
  return signal.aborted ? 'interrupted' : 'failed';
}

/** Where nothing failed but hosts were lost, it is the hosts that have to be looked after, and not the plan. */
function failure(plan: Plan, outcomes: readonly Outcome[], receipt: Receipt): Fault {
  const failed = outcomes.filter(({ result }) => result === 'failed');
  const lost = [...plan.lost.map(({ name }) => name), ...outcomes.flatMap(({ result, host }) => (result === 'lost' ? [host] : []))];
  const details = [...tellHosts(plan, outcomes), tally(outcomes, receipt)];
  const hint = `${lost.length > 0 ? 'when the hosts are back, ' : ''}a rerun goes on from here: pgark apply`;
  if (failed.length > 0) return new Fault('apply', `${failed.map(({ identity, host }) => `${identity} on ${host}`).join(', ')} failed`, { details, hint });
  if (lost.length > 0) return new Fault('unreachable', `${lost.join(', ')} could not be reached; what does not stand on ${lost.length === 1 ? 'it' : 'them'} was done`, { details, hint });
  return new Fault('apply', 'interrupted', { details, hint });
}

/** `12 done, 3 not tried; receipt: /var/lib/pgark/receipts/…` */
const tally = (outcomes: readonly Outcome[], receipt: Receipt): string => `${count(outcomes, 'changed')} done, ${count(outcomes, 'skipped')} not tried; receipt: ${receiptPath(receipt)}`;
