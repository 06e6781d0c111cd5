import type { CommandSpec, Option, Program } from './command.ts';
import { familyOf } from './find.ts';

/** The options that every command has. */
export const everywhere: Record<string, Option> = {
  json: { about: 'print one JSON object a line, nothing else, on stdout' },
  quiet: { short: 'q', about: 'no progress on stderr' },
  help: { short: 'h', about: 'this text' },
};

export function describeProgram(program: Program): string {
  return [
    `${program.name} ${program.version}: ${program.about}`,
    '',
    `usage: ${program.name} COMMAND [OPTION…]`,
    '',
    ...listed([...program.commands, ...(program.elsewhere ?? [])]),
    '',
    `${program.name} help COMMAND tells about one of them.`,
    '',
  ].join('\n');
}

/** The commands of two words that begin with `first`. */
export function describeFamily(program: Program, first: string): string {
  return [
    `usage: ${program.name} ${first} COMMAND [OPTION…]`,
    '',
    ...listed(familyOf(program, first)),
    '',
    `${program.name} help ${first} COMMAND tells about one of them.`,
    '',
  ].join('\n');
}

export function describeCommand(program: Program, command: CommandSpec): string {
  const options = { ...command.options, ...everywhere };
  return [
    `usage: ${[program.name, command.name, command.arguments, '[OPTION…]'].filter(Boolean).join(' ')}`,
    '',
    command.about,
    '',
    ...columns(Object.entries(options).map(([name, option]) => [spell(name, option), option.about])),
    ...(command.notes ? ['', command.notes] : []),
    '',
  ].join('\n');
}

function listed(commands: readonly { name: string; arguments?: string; about: string }[]): string[] {
  return columns(commands.map(({ name, arguments: given = '', about }) => [`${name} ${given}`.trim(), about]));
}

function spell(name: string, option: Option): string {
  return `${option.short ? `-${option.short}, ` : '    '}--${name}${option.value ? ` ${option.value}` : ''}`;
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(32, Math.max(...rows.map(([left]) => left.length)));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
