import type { CommandSpec, Option, Program } from './command.ts';

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
    ...columns([...program.commands, ...(program.elsewhere ?? [])].map((command) => [spellCommand(command), command.about])),
    '',
    `${program.name} help COMMAND tells about one of them.`,
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

const spellCommand = (command: { name: string; arguments?: string }): string => `${command.name} ${command.arguments ?? ''}`.trim();

function spell(name: string, option: Option): string {
  return `${option.short ? `-${option.short}, ` : '    '}--${name}${option.value ? ` ${option.value}` : ''}`;
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(32, Math.max(...rows.map(([left]) => left.length)));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
