import { parseArgs, type ParseArgsConfig } from 'node:util';
import { exitCodes, Fault } from '../core/fault.ts';
import { nearest } from '../core/nearest.ts';
import type { CommandSpec, Invocation, Program } from './command.ts';
import { describeCommand, describeProgram } from './help.ts';
import { paint, printFault } from './print.ts';
import { openProgress } from './progress.ts';

/** Runs one command line and answers with the exit code. */
export async function runProgram(program: Program, argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(program, argv);
  } catch (error) {
    if (!(error instanceof Fault)) {
      process.stderr.write(`${paint.red('bug')}  ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      return exitCodes.bug;
    }
    printFault(error, argv.includes('--json'));
    return error.exitCode;
  }
}

async function dispatch(program: Program, argv: readonly string[]): Promise<number> {
  const [word, ...rest] = argv;
  if (word === '--version' || word === 'version') return show(`${program.name} ${program.version}\n`);
  if (word === undefined || word === '--help' || word === '-h' || (word === 'help' && rest.length === 0)) return show(describeProgram(program));
  if (word === 'help') return show(describeCommand(program, find(program, rest[0]!)));
  const command = find(program, word);
  if (rest.includes('--help') || rest.includes('-h')) return show(describeCommand(program, command));
  return run(command, rest);
}

async function run(command: CommandSpec, argv: readonly string[]): Promise<number> {
  const { values, positionals } = parse(command, argv);
  const json = values['json'] === true;
  const stop = onInterrupt();
  const display = openProgress({ json, quiet: values['quiet'] === true });
  const invocation: Invocation = {
    args: positionals,
    value: (option) => lastOf(values[option]),
    values: (option) => listOf(values[option]),
    has: (option) => values[option] !== undefined,
    progress: display.progress,
    print: (text) => {
      if (!json) process.stdout.write(`${text}\n`);
    },
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    signal: stop,
  };
  try {
    const result = await command.run(invocation);
    if (json && result !== undefined) process.stdout.write(`${JSON.stringify(result)}\n`);
    return (result as { exitCode?: number } | undefined)?.exitCode ?? 0;
  } finally {
    await display.close();
  }
}

function find(program: Program, word: string): CommandSpec {
  const command = program.commands.find((each) => each.name === word);
  if (command) return command;
  const near = nearest(word, program.commands.map((each) => each.name));
  throw new Fault('usage', `there is no command "${word}"${near ? `, did you mean "${near}"?` : ''}`, { hint: `${program.name} --help` });
}

type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

function parse(command: CommandSpec, argv: readonly string[]): { values: Values; positionals: string[] } {
  const options: NonNullable<ParseArgsConfig['options']> = { json: { type: 'boolean' }, quiet: { type: 'boolean', short: 'q' } };
  for (const [name, option] of Object.entries(command.options ?? {})) {
    options[name] = { type: option.value ? 'string' : 'boolean', multiple: option.many ?? false, ...(option.short && { short: option.short }) };
  }
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    return { values: values as Values, positionals };
  } catch (error) {
    throw new Fault('usage', (error as Error).message.split('. ')[0]!, { hint: `pgark ${command.name} --help`, cause: error });
  }
}

function onInterrupt(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => {
    controller.abort(new Fault('usage', 'interrupted'));
    process.once('SIGINT', () => process.exit(130));
  });
  return controller.signal;
}

const listOf = (value: Values[string]): string[] => (value === undefined ? [] : [value].flat().map(String));

const lastOf = (value: Values[string]): string | undefined => listOf(value).at(-1);

function show(text: string): number {
  process.stdout.write(text);
  return 0;
}
