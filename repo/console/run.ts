import { exitCodes, Fault } from '../core/fault.ts';
import type { CommandSpec, Invocation, Program } from './command.ts';
import { find } from './find.ts';
import { harmlessInColour } from './harmless.ts';
import { describeCommand, describeFamily, describeProgram } from './help.ts';
import { watchInterrupts, type Interrupts } from './interrupt.ts';
import { parse, type Parsed } from './parse.ts';
import { printBug, printFault, printInterrupted } from './print.ts';
import { openProgress, type Display } from './progress.ts';

/** Runs one command line and answers with the exit code. */
export async function runProgram(program: Program, argv: readonly string[]): Promise<number> {
  const json = argv.includes('--json');
  const interrupts = watchInterrupts();
  forgiveClosedPipes();
  try {
    return await dispatch(program, argv, interrupts);
  } catch (error) {
    if (interrupts.signal.aborted) {
      printInterrupted(json);
      return interrupts.exitCode();
    }
    if (error instanceof Fault) {
      printFault(error, json);
      return error.exitCode;
    }
    printBug(error, json);
    return exitCodes.bug;
  } finally {
    interrupts.ignore();
  }
}

async function dispatch(program: Program, argv: readonly string[], interrupts: Interrupts): Promise<number> {
  const [word, ...words] = argv;
  if (word === '--version' || word === 'version') return show(`${program.name} ${program.version}\n`);
  if (word === undefined || word === '--help' || word === '-h' || (word === 'help' && words.length === 0)) return show(describeProgram(program));
  const found = find(program, word === 'help' ? words : argv);
  if (found.kind === 'family') return show(describeFamily(program, found.name));
  const command = 'load' in found.command ? await found.command.load() : found.command;
  if (word === 'help' || asksForHelp(found.rest)) return show(describeCommand(program, command));
  return run(command, parse(program, command, found.rest), interrupts);
}

function asksForHelp(words: readonly string[]): boolean {
  const given = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  return given.includes('--help') || given.includes('-h');
}

async function run(command: CommandSpec, parsed: Parsed, interrupts: Interrupts): Promise<number> {
  const json = parsed.has('json');
  const display = openProgress({ json, quiet: parsed.has('quiet') });
  const result = await command.run(invocation(parsed, json, display, interrupts));
  if (json && result !== undefined) process.stdout.write(`${JSON.stringify(result)}\n`);
  return (result as { exitCode?: number } | undefined)?.exitCode ?? 0;
}

function invocation(parsed: Parsed, json: boolean, display: Display, interrupts: Interrupts): Invocation {
  return {
    args: parsed.args,
    value: parsed.value,
    values: parsed.values,
    has: parsed.has,
    progress: display.progress,
    print: (text) => {
      if (!json) display.defer(() => process.stdout.write(`${harmlessInColour(text)}\n`));
    },
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    signal: interrupts.signal,
  };
}

/** Who reads our output may leave early (`| head`); the work goes on. */
function forgiveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.listenerCount('error') > 0) continue;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return;
      // There is nowhere left to say it when it is standard error itself.
      if (stream === process.stdout) process.stderr.write(`error  what was to be said cannot be written: ${error.code}\n`);
      process.exit(exitCodes.invalid);
    });
  }
}

function show(text: string): number {
  process.stdout.write(text);
  return 0;
}
