import { Fault } from '../core/fault.ts';
import { nearest } from '../core/nearest.ts';
import type { Program } from './command.ts';

export type Found =
  | { kind: 'command'; command: Program['commands'][number]; rest: readonly string[] }
  /** The first of two words: it stands for all commands that begin with it. */
  | { kind: 'family'; name: string };

/** What a command line begins with, a command of one word or of two. @throws Fault usage */
export function find(program: Program, argv: readonly string[]): Found {
  const [first = '', second] = argv;
  const command = program.commands.find((each) => each.name === first);
  if (command) return { kind: 'command', command, rest: argv.slice(1) };
  const family = familyOf(program, first);
  if (family.length === 0) throw unknown(first, [...program.commands, ...(program.elsewhere ?? [])].map((each) => each.name.split(' ')[0]!), `${program.name} --help`);
  if (second === undefined || second === '--help' || second === '-h') return { kind: 'family', name: first };
  const member = family.find((each) => each.name === `${first} ${second}`);
  if (member) return { kind: 'command', command: member, rest: argv.slice(2) };
  throw unknown(second, family.map((each) => each.name.split(' ')[1]!), `${program.name} ${first} --help`, first);
}

/** The commands of two words that begin with this one. */
export function familyOf(program: Program, first: string): Program['commands'] {
  return program.commands.filter((each) => each.name.startsWith(`${first} `));
}

function unknown(word: string, known: readonly string[], hint: string, ...before: string[]): Fault {
  const near = nearest(word, known);
  const spell = (last: string): string => `"${[...before, last].join(' ')}"`;
  return new Fault('usage', `there is no command ${spell(word)}${near ? `, did you mean ${spell(near)}?` : ''}`, { hint });
}
