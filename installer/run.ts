import { Fault } from '../repo/core/fault.ts';
import type { Progress } from '../repo/core/progress.ts';
import type { Deployment } from './pipeline.ts';
import { apply } from './plan/apply.ts';
import { locked, ourselves } from './plan/lock.ts';
import type { Outcome } from './plan/outcome.ts';
import type { Plan } from './plan/plan.ts';
import { receiptPath, writeReceipt, type Receipt } from './plan/receipt.ts';

export interface Run {
  changed: number;
  /** The path of the receipt, the same on every host. */
  receipt: string;
}

/**
 * Carries a plan out: keeps what the vault made, locks the hosts, applies, and leaves a receipt on each of them, whatever happens.
 * @throws Fault apply when a change failed, or the run was interrupted
 */
export async function runPlan(plan: Plan, deployment: Deployment, acting: { progress: Progress; signal: AbortSignal }): Promise<Run> {
  const { transports, vault, roster } = deployment;
  const holder = ourselves(new Date());
  const draft = receiptDraft(deployment, holder.by);
  const sign = (receipt: (host: string) => Receipt): Promise<string[]> => acting.progress.each(plan.hosts, 16, ({ address, name }) => writeReceipt(receipt(name), transports.get(address)!));
  return locked([...transports.values()], holder, async () => {
    await vault.save();
    await roster.save();
    await sign((host) => ({ ...draft, host }));
    const outcomes = await apply(plan, { ...acting, transports });
    const result = resultOf(outcomes, acting.signal);
    await sign((host) => ({ ...draft, host, ended: new Date().toISOString(), result, outcomes: outcomes.filter((each) => each.host === host) })).catch((error: unknown) => {
      // A host that was lost on the way cannot take its receipt; the outcomes say so.
      if (result === 'done' || !(error instanceof Fault)) throw error;
    });
    if (result === 'interrupted') acting.progress.warn(`interrupted: ${tally(outcomes, draft)}; a rerun goes on from here`);
    if (result !== 'done') throw failure(outcomes, draft);
    return { changed: outcomes.filter((each) => each.result === 'changed').length, receipt: receiptPath(draft) };
  });
}

const receiptDraft = ({ inventory, digest }: Deployment, by: string): Receipt => ({ format: 1, started: new Date().toISOString(), result: 'running', host: '', by, bundle: inventory.bundle.id, inventory: digest, outcomes: [] });

function resultOf(outcomes: readonly Outcome[], signal: AbortSignal): 'done' | 'failed' | 'interrupted' {
  if (outcomes.every(({ result }) => result === 'changed' || result === 'unchanged')) return 'done';
  return signal.aborted ? 'interrupted' : 'failed';
}

function failure(outcomes: readonly Outcome[], receipt: Receipt): Fault {
  const failed = outcomes.flatMap((each) => (each.result === 'failed' ? [each] : []));
  const details = failed.flatMap(({ host, identity, stderr }) => [`${host}: ${identity}:`, ...stderr.split('\n').map((line) => `  ${line}`)]);
  const message = failed.length === 0 ? 'interrupted' : `${failed.map(({ identity, host }) => `${identity} on ${host}`).join(', ')} failed`;
  return new Fault('apply', message, { details: details.concat(tally(outcomes, receipt)), hint: 'a rerun goes on from here: pgark apply' });
}

/** `12 done, 3 not tried; receipt: /var/lib/pgark/receipts/…` */
function tally(outcomes: readonly Outcome[], receipt: Receipt): string {
  const count = (result: Outcome['result']): number => outcomes.filter((each) => each.result === result).length;
  return `${count('changed')} done, ${count('skipped')} not tried; receipt: ${receiptPath(receipt)}`;
}
