import type { Outcome } from './outcome.ts';
import type { Plan } from './plan.ts';

/** What was and was not done on each host that has something to tell, and why. */
export function tellHosts({ hosts, lost }: Plan, outcomes: readonly Outcome[]): string[] {
  const byHost = Map.groupBy(outcomes, ({ host }) => host);
  return [
    ...hosts.flatMap(({ name }) => tellHost(name, byHost.get(name) ?? [])),
    ...lost.flatMap(({ name, because: { message, details, hint } }) => [`${name}: not reached, nothing was done:`, ...[message, ...details, ...(hint === undefined ? [] : [hint])].map((line) => `  ${line}`)]),
  ];
}

export const count = (outcomes: readonly Outcome[], result: Outcome['result']): number => outcomes.filter((each) => each.result === result).length;

function tellHost(name: string, outcomes: readonly Outcome[]): string[] {
  const sums = `${count(outcomes, 'changed')} done, ${count(outcomes, 'skipped')} not tried`;
  for (const each of outcomes) {
    if (each.result === 'failed' || each.result === 'lost') return [`${name}: ${sums}; ${each.result}: ${each.identity} (${each.change}):`, ...each.stderr.split('\n').map((line) => `  ${line}`)];
    if (each.result === 'skipped') return [`${name}: ${sums}, from ${each.role} on: ${each.because}`];
  }
  return count(outcomes, 'changed') > 0 ? [`${name}: ${sums}`] : [];
}
