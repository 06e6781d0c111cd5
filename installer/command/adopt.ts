import type { Descriptor } from '../../repo/bundle/descriptor.ts';
import type { Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { readGiven } from '../../repo/core/files.ts';
import { parseInventory } from '../inventory/draft.ts';
import { answerNames } from '../wizard/answers.ts';
import { flagOf } from '../wizard/decide.ts';
import { saveInventory, type Saved } from '../wizard/save.ts';
import type { Texts } from '../wizard/text.ts';
import { examine } from './examine.ts';
import { sudoPasswordOf } from './options.ts';

/** Where an inventory is put, and what its hosts are to be installed from. */
export interface Adopting {
  file: string;
  bundle: Descriptor;
  texts: Texts;
}

/**
 * Takes an inventory that somebody wrote: read, checked with its hosts, and put in its place as it is.
 * @throws Fault usage where answers are given beside it, invalid or unreachable with all that stands in the way
 */
export async function adopt(given: string, invocation: Invocation, { file, bundle, texts }: Adopting): Promise<Saved> {
  const { has, progress } = invocation;
  const beside = [...answerNames.map(flagOf), 'password-file'].filter(has);
  if (beside.length > 0) throw new Fault('usage', `an inventory says everything itself: ${beside.map((flag) => `--${flag}`).join(', ')} cannot be given beside it`, { hint: `change ${given} instead` });
  const text = (await readGiven(given)).toString('utf8');
  const draft = parseInventory(text, given);
  for (const warning of draft.warnings) progress.warn(warning);
  const sudoPassword = await sudoPasswordOf(invocation);
  await progress.step(texts.looking(draft.hosts.length), (inner) =>
    examine({ text, name: given, file, bundle, progress: inner, met: (line) => progress.warn(texts.met(line)), ...(sudoPassword && { sudoPassword }) }),
  );
  return saveInventory(file, text);
}
