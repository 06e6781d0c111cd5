import { answerNames, isAsked, type AnswerName, type Answers } from './answers.ts';
import type { Texts } from './text.ts';

/** Everything that was answered, as a page to read before it is written. Of passwords it says only where they come from. */
export function reviewPage(reply: { answers: Answers; passwords: ReadonlyMap<string, unknown> }, texts: Texts, isKept: (name: string) => boolean): string {
  const rows = answerNames.filter((name) => name === 'template' || isAsked(name, reply.answers.topology)).map((name) => [texts.labels[name], shown(name, reply.answers[name], texts)] as const);
  const width = Math.max(...[...rows.map(([label]) => label), texts.labels.passwords].map((label) => label.length));
  return [...rows, [texts.labels.passwords, passwordsOf(reply, texts, isKept)] as const].map(([label, value]) => `  ${label.padEnd(width)}  ${value}`).join('\n');
}

function shown(name: AnswerName, value: string | readonly string[], texts: Texts): string {
  if (name === 'sshKey' && value === '') return texts.sshKeyFound;
  if (typeof value !== 'string') return value.length === 0 ? texts.noExtensions : value.join(', ');
  return texts.choices[name]?.[value] ?? value;
}

function passwordsOf({ answers, passwords }: { answers: Answers; passwords: ReadonlyMap<string, unknown> }, texts: Texts, isKept: (name: string) => boolean): string {
  const rest = isKept(answers.user) ? texts.passwordKept : texts.passwordGenerated;
  return passwords.size === 0 ? rest : `${[...passwords.keys()].join(', ')}: ${texts.passwordChosen}; ${rest}`;
}
