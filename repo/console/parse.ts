import { parseArgs, type ParseArgsConfig } from 'node:util';
import { Fault } from '../core/fault.ts';
import { nearest } from '../core/nearest.ts';
import type { CommandSpec, Invocation, Option, Program } from './command.ts';
import { everywhere } from './help.ts';

export type Parsed = Pick<Invocation, 'args' | 'value' | 'values' | 'has'>;

type Values = { [option: string]: string | boolean | (string | boolean)[] | undefined };

/** The command line against what the command knows. @throws Fault usage */
export function parse(program: Program, command: CommandSpec, argv: readonly string[]): Parsed {
  const known: Record<string, Option> = { ...everywhere, ...command.options };
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const [name, option] of Object.entries(known)) {
    options[name] = { type: option.value ? 'string' : 'boolean', multiple: option.many ?? false, ...(option.short && { short: option.short }) };
  }
  const hint = `${program.name} ${command.name} --help`;
  const { values, positionals } = read(argv, options, (error) => new Fault('usage', explain(error, Object.keys(known)), { hint, cause: error }));
  if (command.arguments === undefined && positionals.length > 0) throw new Fault('usage', `"${command.name}" takes options only, not ${positionals.map((each) => `"${each}"`).join(', ')}`, { hint });
  return lookup(values, positionals);
}

function read(argv: readonly string[], options: NonNullable<ParseArgsConfig['options']>, faultOf: (error: NodeJS.ErrnoException) => Fault): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw faultOf(error as NodeJS.ErrnoException);
  }
}

function lookup(values: Values, args: readonly string[]): Parsed {
  const listOf = (option: string): string[] => (values[option] === undefined ? [] : [values[option]].flat().map(String));
  return { args, value: (option) => listOf(option).at(-1), values: listOf, has: (option) => values[option] !== undefined };
}

/** Node.js tells what is wrong in a sentence with quotes, and then gives advice on programming. */
function explain(error: NodeJS.ErrnoException, known: readonly string[]): string {
  const option = /'(?:-\w, )?(--?[^\s'=]+)/.exec(error.message)?.[1] ?? '';
  switch (error.code) {
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION': {
      const near = option.startsWith('--') ? nearest(option.slice(2), known) : undefined;
      return `there is no option "${option}"${near ? `, did you mean "--${near}"?` : ''}`;
    }
    case 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE':
      return error.message.includes('does not take') ? `${option} takes no value` : `${option} needs a value`;
    default:
      throw error;
  }
}
