import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readDocument } from '../../repo/core/document.ts';
import { inParentheses } from '../../repo/package/spelling.ts';
import { play, type Outcome } from '../support/testcase/play.ts';
import { type Block, readTestcase } from '../support/testcase/testcase.ts';

/** libsolv's own test cases. */
export const corpus = join(import.meta.dirname, '../../../shared/corpus/libsolv');

export const blocks = (): Block[] => globSync('**/*.t', { cwd: corpus }).toSorted().flatMap((name) => readTestcase(corpus, name));

/** Why a block has nothing to do with installing; undefined when it has. */
export function besideThePoint({ kinds, jobs }: Block): string | undefined {
  if (!kinds.some((kind) => kind === 'transaction' || kind === 'problems')) return `asks for ${[...new Set(kinds)].join(', ')}`;
  const foreign = [...new Set(jobs.map((job) => job.verb))].filter((verb) => !ours.includes(verb)).toSorted();
  return foreign.length > 0 ? `asks for ${foreign.join(', ')}` : undefined;
}

/** libsolv-differences.yml: which cases we answer otherwise, and why. */
const Explained = z.strictObject({ differences: z.array(z.strictObject({ because: z.string().min(20), cases: z.array(z.string()).min(1) })) });

export async function explained(file = join(import.meta.dirname, 'libsolv-differences.yml')): Promise<string[]> {
  return readDocument(Explained, await readFile(file, 'utf8'), file).differences.flatMap((each) => each.cases);
}

/** To leave something out, of weak dependencies or of all, is part of what an installation is asked for. */
const ours = ['install', 'excludefromweak', 'blacklist'];

/**
 * What libsolv answers and we do not, or the other way round, a line each; none when both agree. Transactions are compared,
 * what is recommended beyond them, and of problems what is wrong. Not compared: what libsolv would do about a problem, its rules,
 * the alternatives it saw, and what is only suggested.
 */
export function differences(block: Block): string[] {
  const outcome = play(block);
  const infos = block.results.flatMap((line) => /^problem \S+ info (.*)$/.exec(line)?.[1] ?? []);
  if (infos.length > 0) return [...new Set(infos)].filter((info) => !tells(outcome, info)).map((info) => `libsolv: ${info}; we: ${told(outcome)}`);
  if (!outcome.ok) return [`we: ${told(outcome)}`];
  const theirs = block.results.filter((line) => compared.test(line)).toSorted();
  const mine = [...outcome.transaction, ...(block.kinds.includes('recommended') ? outcome.recommended : [])];
  return [...theirs.filter((line) => !mine.includes(line)).map((line) => `libsolv: ${line}`), ...mine.filter((line) => !theirs.includes(line)).map((line) => `we: ${line}`)];
}

const compared = /^(install|upgrade|downgrade|erase|recommended) /;

const told = (outcome: Outcome): string => (outcome.ok ? outcome.transaction.join(', ') : outcome.sentences.join('; '));

/** Whether one of our sentences says what libsolv says, of the same packages. */
function tells(outcome: Outcome, info: string): boolean {
  if (outcome.ok) return false;
  for (const [pattern, sentence] of forms) {
    const found = pattern.exec(info);
    if (found) return outcome.sentences.some((each) => each.startsWith(sentence(found.groups!)));
  }
  throw new Error(`a problem of a form that is not known: ${info}`);
}

/** How the problems of libsolv read in our words. */
const forms: [RegExp, (parts: Record<string, string>) => string][] = [
  [/^nothing provides (?<what>.*) needed by (?<by>\S+)$/, ({ what, by }) => `${title(by!)} needs ${what}; `],
  [/^package (?<by>\S+) requires (?<what>.*), but none of the providers can be installed$/, ({ what, by }) => `${title(by!)} needs ${what}`],
  [/^package (?<by>\S+) conflicts with (?<what>.*) provided by (?<other>\S+)$/, ({ what, by, other }) => `${title(by!)} excludes ${title(other!)} ${inParentheses(what!)}`],
  [/^package (?<what>\S+) can only be installed by a direct request$/, ({ what }) => `${title(what!)} `],
];

/** `a-1-1.noarch` is our `a 1-1`. */
const title = (id: string): string => id.replace(/^(.*)-([^-]+-[^-]+)\.[^.]+$/, '$1 $2');
