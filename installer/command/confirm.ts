import { createInterface } from 'node:readline/promises';
import type { Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';

/**
 * Goes on only when a person says so, or has said so with `--yes`.
 * @throws Fault usage where there is nobody to ask, or the answer is no
 */
export async function confirm(question: string, { has, interactive, signal }: Invocation): Promise<void> {
  if (has('yes')) return;
  if (!interactive) throw new Fault('usage', 'there is no terminal to confirm on', { hint: 'read the plan, then run it with --yes' });
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const given = new AbortController();
  lines.on('SIGINT', () => given.abort());
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: AbortSignal.any([signal, given.signal]) });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
  } finally {
    lines.close();
  }
  throw new Fault('usage', 'nothing was changed');
}
