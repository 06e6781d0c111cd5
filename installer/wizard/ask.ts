import inquirer from 'inquirer';
import { Fault } from '../../repo/core/fault.ts';
import { Secret } from '../../repo/core/secret.ts';
import { secret } from '../inventory/scalar.ts';
import { answerNames, isAsked, passwordNames, templates, tunings, type AnswerName, type Answers } from './answers.ts';
import { check, flagOf, propose, sorted, type Setting } from './decide.ts';
import { offered, rivalsAmong, rowOf } from './extensions.ts';
import { isReachable, mistakeInNode } from './nodes.ts';
import { reviewPage } from './review.ts';
import type { Texts } from './text.ts';
import { othersOf, topologies, type Topology } from './topology.ts';

/** What a person has answered. */
export interface Reply {
  answers: Answers;
  /** Passwords that were chosen; all others are generated. */
  passwords: ReadonlyMap<string, Secret>;
}

export interface Dialogue {
  /** What to know before the first question, a line each. */
  introduction: readonly string[];
  setting: Setting;
  /** Answers that were given on the command line are not asked for. */
  given: Partial<Answers>;
  givenPasswords: ReadonlyMap<string, Secret>;
  /** Whether the vault has a password already. */
  isKept(name: string): boolean;
  /**
   * Looks at the hosts that the answers name.
   * @throws Fault with what stands in the way
   */
  examine(answers: Answers): Promise<void>;
  /** Shows what stands in the way. */
  tell(fault: Fault): void;
  signal: AbortSignal;
}

/**
 * Asks a person, shows what came of it, and asks again until it is right.
 * @throws Fault usage when the person leaves
 */
export async function ask(dialogue: Dialogue): Promise<Reply> {
  const { setting, given, signal } = dialogue;
  const prompt = prompter(signal, setting.texts);
  process.stderr.write(`${dialogue.introduction.join('\n')}\n\n`);
  let answers: Partial<Answers> = {};
  for (const name of answerNames) Object.assign(answers, { [name]: taken(name, given, setting, answers) ?? obvious(name, setting, answers) ?? (await askOne(name, setting, answers, prompt)) });
  let passwords = dialogue.givenPasswords;
  if (passwords.size === 0) passwords = await askPasswords(dialogue, (answers as Answers).user, prompt);
  for (;;) {
    const reply = { answers: sorted(answers as Answers), passwords };
    const next = await review(reply, dialogue, prompt);
    if (next === 'write') {
      if (await passes(reply.answers, dialogue)) return reply;
    } else if (next === 'passwords') passwords = await askPasswords(dialogue, reply.answers.user, prompt);
    else answers = await change(next, setting, answers, prompt);
  }
}

/** What stands in the way is told, and the answers can be changed. */
async function passes(answers: Answers, { examine, tell }: Dialogue): Promise<boolean> {
  try {
    await examine(answers);
    return true;
  } catch (error) {
    if (!(error instanceof Fault) || error.code === 'usage') throw error;
    tell(error);
    return false;
  }
}

type Prompt = ReturnType<typeof prompter>;

/** Questions go to standard error; Ctrl-C, or the end of the input, leaves. */
function prompter(signal: AbortSignal, texts: Texts) {
  const open = inquirer.createPromptModule({ output: process.stderr, signal });
  return async <T>(question: Record<string, unknown> & { type: string; message: string }): Promise<T> => {
    try {
      const { value } = (await open([{ ...question, name: 'value' }] as never)) as { value: T };
      return value;
    } catch (error) {
      if (!['ExitPromptError', 'AbortPromptError'].includes((error as Error).name)) throw error;
      throw new Fault('usage', texts.left, { cause: error });
    }
  };
}

/** What the command line gives; said and asked for after all where it does not go with an earlier answer. */
function taken(name: AnswerName, given: Partial<Answers>, setting: Setting, soFar: Partial<Answers>): unknown {
  const mistake = given[name] === undefined ? undefined : check(name, given[name] as never, setting, soFar);
  if (mistake === undefined) return given[name];
  process.stderr.write(`--${flagOf(name)}  ${mistake}\n`);
  return undefined;
}

/** What a topology leaves no choice of is not asked for, nor a host with one address for it, nor a deployment without a portal for the portal's name. */
function obvious(name: AnswerName, setting: Setting, soFar: Partial<Answers>): unknown {
  const isObvious = (soFar.topology !== undefined && !isAsked(name, soFar.topology)) || (name === 'address' && setting.machine.candidates.length === 1) || (name === 'domain' && soFar.template === 'slim');
  return isObvious ? propose(name, setting, soFar) : undefined;
}

/** An answer that is no longer right after another one was changed is asked for again. */
async function change(name: AnswerName, setting: Setting, answers: Partial<Answers>, prompt: Prompt): Promise<Partial<Answers>> {
  const changed = { ...answers };
  const again = async (each: AnswerName): Promise<unknown> => Object.assign(changed, { [each]: await askOne(each, { ...setting, previous: changed }, changed, prompt) });
  await again(name);
  for (const other of answerNames) {
    if (check(other, changed[other] as never, setting, changed) === undefined) continue;
    const only = obvious(other, setting, changed);
    if (only === undefined) await again(other);
    else Object.assign(changed, { [other]: only });
  }
  return changed;
}

async function askOne(name: AnswerName, setting: Setting, soFar: Partial<Answers>, prompt: Prompt): Promise<unknown> {
  const { texts, machine, bundle } = setting;
  const message = texts.questions[name];
  const proposal = propose(name, setting, soFar);
  const select = (choices: readonly string[]) => prompt<string>({ type: 'select', message, choices: choices.map((value) => ({ value, name: texts.choices[name]?.[value] ?? value, short: value })), default: proposal });
  const validate = (value: string): string | true => check(name, value.trim() as never, setting, soFar) ?? true;
  switch (name) {
    case 'topology':
      return askTopology(setting, message, proposal as Topology, prompt);
    case 'template':
      return select(templates);
    case 'address':
      return select([...new Set([...machine.candidates, ...(proposal === undefined ? [] : [String(proposal)])])].filter((each) => validate(each) === true));
    case 'nodes':
      return askNodes(setting, soFar, prompt);
    case 'pg':
      return select(bundle.pg.toReversed());
    case 'tuning':
      return select(tunings);
    case 'extensions':
      return askExtensions(setting, soFar.pg!, message, proposal as readonly string[], prompt);
    case 'sshUser':
    case 'sshKey':
    case 'database':
    case 'user':
    case 'domain':
    case 'data':
      return (await prompt<string>({ type: 'input', message, default: proposal, validate })).trim();
  }
}

function askTopology({ machine, texts }: Setting, message: string, proposal: Topology, prompt: Prompt): Promise<Topology> {
  const canBeReached = machine.candidates.some(isReachable);
  return prompt({
    type: 'select',
    message,
    choices: topologies.map((value) => ({ value, name: texts.choices.topology?.[value] ?? value, short: value, disabled: value === 'single' || canBeReached ? false : `(${texts.unreachableHere})` })),
    default: proposal,
  });
}

/** One after the other; those that are there already are proposed. */
async function askNodes(setting: Setting, soFar: Partial<Answers>, prompt: Prompt): Promise<string[]> {
  const { texts } = setting;
  const others = othersOf[soFar.topology!];
  const proposed = propose('nodes', setting, soFar) ?? [];
  const nodes: string[] = [];
  while (nodes.length < others) {
    const validate = (value: string): string | true => mistakeInNode(value.trim(), nodes, { ...setting, address: soFar.address }) ?? true;
    const answer = await prompt<string>({ type: 'input', message: texts.node(nodes.length + 2, others + 1), default: proposed[nodes.length], validate });
    nodes.push(answer.trim());
  }
  return nodes;
}

function askExtensions({ bundle, texts }: Setting, pg: string, message: string, chosen: readonly string[], prompt: Prompt): Promise<string[]> {
  const { own, server } = offered(bundle, pg);
  const width = Math.max(40, (process.stderr.columns ?? 80) - 6);
  const choiceOf = (each: (typeof own)[number]) => ({ ...rowOf(each, bundle, { needed: texts.needed, width }), short: each.name, checkedName: each.name, checked: chosen.includes(each.name) });
  if ([...own, ...server].every((each) => choiceOf(each).disabled !== false)) return Promise.resolve([]);
  return prompt({
    type: 'checkbox',
    message,
    pageSize: 14,
    loop: false,
    choices: [...own.map(choiceOf), ...(server.length > 0 ? [new inquirer.Separator(`── ${texts.serverModules} ──`)] : []), ...server.map(choiceOf)],
    validate: (picked: readonly { value: string }[]) => {
      const rivals = rivalsAmong(picked.map((each) => each.value), bundle, pg);
      return rivals ? texts.wrong.rivals(...rivals) : true;
    },
  });
}

async function askPasswords({ setting: { texts } }: Dialogue, user: string, prompt: Prompt): Promise<Map<string, Secret>> {
  const how = await prompt<string>({
    type: 'select',
    message: texts.passwords,
    choices: [
      { value: 'generate', name: texts.passwordsGenerate, short: texts.passwordGenerated },
      { value: 'choose', name: texts.passwordsChoose, short: texts.passwordChosen },
    ],
  });
  const chosen = new Map<string, Secret>();
  if (how === 'generate') return chosen;
  for (const name of passwordNames(user).slice(0, 2)) {
    const first = await prompt<string>({ type: 'password', mask: '*', message: texts.passwordFor(name), validate: (text: string) => text === '' || isPassword(text) || texts.wrong.password });
    if (first === '') continue;
    await prompt<string>({ type: 'password', mask: '*', message: texts.passwordAgain(name), validate: (text: string) => text === first || texts.passwordsDiffer });
    chosen.set(name, new Secret(first));
  }
  return chosen;
}

/** A password that every place takes as it is: URLs, connection strings, INI, YAML, shells. */
export const isPassword = (text: string): boolean => /^[A-Za-z0-9_.~+=^-]{8,}$/.test(text) && secret.safeParse(text).success;

async function review(reply: Reply, { setting, isKept }: Dialogue, prompt: Prompt): Promise<'write' | 'passwords' | AnswerName> {
  const { texts } = setting;
  process.stderr.write(`\n${reviewPage(reply, texts, isKept)}\n\n`);
  const next = await prompt<string>({
    type: 'select',
    message: texts.review,
    choices: [
      { value: 'write', name: texts.reviewWrite },
      { value: 'change', name: texts.reviewChange },
      { value: 'leave', name: texts.reviewLeave },
    ],
  });
  if (next === 'write') return 'write';
  if (next === 'leave') throw new Fault('usage', texts.left);
  return prompt({ type: 'select', message: texts.changeWhich, pageSize: 14, choices: [...answerNames.filter((name) => isAsked(name, reply.answers.topology)), 'passwords' as const].map((value) => ({ value, name: texts.labels[value] })) });
}
