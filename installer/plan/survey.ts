import type { Completed, Transport } from '../transport/command.ts';
import { preflightProbes, type Sight } from './preflight.ts';
import { questionOf } from './question.ts';
import { offsetOf, readClock } from './skew.ts';
import type { Wanted } from './wanted.ts';

/** All that one look at a host told. */
export interface Survey {
  sight: Sight;
  /** What it has, in the order of what it must have. */
  answers: readonly Completed[];
}

/** Asks a host in one round trip whether it is fit for a run and what it has. */
export async function survey(wanted: Wanted, transport: Transport): Promise<Survey> {
  const before = preflightProbes(wanted);
  const { commands, read } = questionOf(wanted);
  const asked = Date.now();
  const answers = await transport.probe([...before, ...commands, readClock]);
  const found = read(answers.slice(before.length, -1));
  const packages = wanted.items.findLastIndex(({ resource }) => resource.kind === 'packages');
  const offset = offsetOf(wanted.host.name, { first: answers[0]!, last: answers.at(-1)!, asked, answered: Date.now() });
  return { sight: { wanted, answers: answers.slice(0, before.length), offset, ...(packages >= 0 && { installed: found[packages]! }) }, answers: found };
}
