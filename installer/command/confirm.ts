import { createInterface } from 'node:readline/promises';
import type { Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';

/**
 * Goes on only when a person says so, or has said so with `--yes`.
 * @throws Fault usage where there is nobody to ask, or the answer is no
 */
export async function confirm(question: string, invocation: Invocation): Promise<void> {
  if (invocation.has('yes')) return;
  if (!invocation.interactive) throw new Fault('usage', 'there is no terminal to confirm on', { hint: 'read the plan, then run it with --yes' });
  if (!(await agrees(question, invocation))) throw refused();
}

/** What a person says who is there to be asked. */
export const agrees = async (question: string, invocation: Invocation): Promise<boolean> => /^y(es)?$/i.test(await ask(`${question} [y/N] `, invocation));

/**
 * Goes on only when a person types the name of what is at stake, or has given it with `--confirm`.
 * @throws Fault usage where there is nobody to ask, or another name is given
 */
export async function confirmName(name: string, invocation: Invocation): Promise<void> {
  const given = invocation.value('confirm');
  if (given === name) return;
  if (given !== undefined) throw new Fault('usage', `--confirm says "${given}", and this is about "${name}"`);
  if (!invocation.interactive) throw new Fault('usage', 'there is no terminal to type the name on', { hint: `--confirm ${name}` });
  if ((await ask(`type ${name} to go on: `, invocation)) !== name) throw refused();
}

/** The answer of a person; empty where it is a Ctrl-C. */
async function ask(question: string, { signal }: Invocation): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const given = new AbortController();
  lines.on('SIGINT', () => given.abort());
  try {
    return (await lines.question(question, { signal: AbortSignal.any([signal, given.signal]) })).trim();
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
    return '';
  } finally {
    lines.close();
  }
}

const refused = (): Fault => new Fault('usage', 'nothing was changed');
