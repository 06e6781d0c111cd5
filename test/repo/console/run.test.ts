import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Invocation, Program } from '../../../repo/console/command.ts';
import { runProgram } from '../../../repo/console/run.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { capture } from '../../support/capture.ts';

const program = (run: (invocation: Invocation) => Promise<object | void>): Program => ({
  name: 'pgark',
  version: '1.2.3',
  about: 'a test',
  commands: [
    {
      name: 'build',
      arguments: 'FILE',
      about: 'builds',
      options: { target: { short: 't', value: 'TARGET', many: true, about: 'what for' }, yes: { short: 'y', about: 'do not ask' } },
      run,
    },
  ],
});

const idle = program(async () => {});

const typed = (program: Program, ...argv: string[]) => capture(() => runProgram(program, argv));

describe('a command line', () => {
  test('reaches its command with arguments, values and switches', async () => {
    let seen: unknown;
    const spying = program(async (invocation) => {
      seen = [invocation.args, invocation.values('target'), invocation.value('target'), invocation.has('yes'), invocation.has('json')];
    });

    const { result } = await typed(spying, 'build', 'a.yml', '-t', 'd12', '--target=d13', '-y');

    expect([result, seen]).toEqual([0, [['a.yml'], ['d12', 'd13'], 'd13', true, false]]);
  });

  test('with an argument for a command that takes none is refused, and nothing runs', async () => {
    let ran = false;
    const plan: Program = { ...idle, commands: [{ name: 'plan', about: 'plans', run: async () => void (ran = true) }] };

    const { result, stderr } = await typed(plan, 'plan', 'other.yml');

    expect([result, ran]).toEqual([2, false]);
    expect(stderr).toBe('error  "plan" takes options only, not "other.yml"\nhint   pgark plan --help\n');
  });

  test('with --json prints the result as one object and nothing for people', async () => {
    const talking = program(async (invocation) => {
      invocation.print('hello');
      return { made: 1 };
    });

    const { stdout } = await typed(talking, 'build', '--json');

    expect(stdout).toBe('{"made":1}\n');
  });

  test('answers with the exit code that its result carries', async () => {
    const { result } = await typed(program(async () => ({ exitCode: 10 })), 'build');

    expect(result).toBe(10);
  });

  test('tells about a command when asked for help anywhere in it', async () => {
    const { result, stdout } = await typed(idle, 'build', '--target', 'd12', '--help');

    expect(result).toBe(0);
    expect(stdout).toContain('usage: pgark build FILE [OPTION…]');
    expect(stdout).toContain('-t, --target TARGET');
  });
});

describe('a mistake on the command line', () => {
  test.each([
    [['buil'], 'there is no command "buil", did you mean "build"?', 'pgark --help'],
    [['build', '--tarjet', 'd12'], 'there is no option "--tarjet", did you mean "--target"?', 'pgark build --help'],
    [['build', '-x'], 'there is no option "-x"', 'pgark build --help'],
    [['build', '--target'], '--target needs a value', 'pgark build --help'],
    [['build', '--yes=no'], '--yes takes no value', 'pgark build --help'],
  ])('%j is named, with what to type instead', async (argv, message, hint) => {
    const { result, stderr } = await typed(idle, ...argv);

    expect(result).toBe(2);
    expect(stderr).toBe(`error  ${message}\nhint   ${hint}\n`);
  });
});

describe('a failure', () => {
  const failing = program(async () => {
    throw new Fault('untrusted', 'the file is not signed', { details: ['no signature'], hint: 'sign it' });
  });

  test('is told to people on stderr, and its code is the exit code', async () => {
    const { result, stdout, stderr } = await typed(failing, 'build');

    expect([result, stdout]).toEqual([6, '']);
    expect(stderr).toBe('error  the file is not signed\n       no signature\nhint   sign it\n');
  });

  test('is one object on stdout under --json', async () => {
    const { stdout } = await typed(failing, 'build', '--json');

    expect(JSON.parse(stdout)).toEqual({ error: 'untrusted', message: 'the file is not signed', details: ['no signature'], hint: 'sign it' });
  });

  test('that is no Fault is a bug, with the place where it happened', async () => {
    const broken = program(async () => {
      throw new TypeError('undefined is not a function');
    });

    const { result, stdout, stderr } = await typed(broken, 'build', '--json');

    expect(result).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: 'bug', message: 'TypeError: undefined is not a function' });
    expect(stderr).toContain('run.test.ts');
  });
});

describe('an interrupt', () => {
  const interrupted = async (signal: NodeJS.Signals, ...options: string[]) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../support/sleeper.ts'), 'sleep', ...options], { stdio: 'pipe' });
    const texts = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      texts.stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      texts.stderr += chunk.toString();
      if (texts.stderr === 'asleep\n') child.kill(signal);
    });
    const [code] = (await once(child, 'close')) as [number];
    return { code, ...texts };
  };

  test('lets the command leave things whole, and ends with 130', async () => {
    const { code, stderr } = await interrupted('SIGINT');

    expect(code).toBe(130);
    expect(stderr).toMatch(/^asleep\nstopping.*\nbed made\ninterrupted\n$/);
  });

  test('by SIGTERM ends with 143, as one object under --json', async () => {
    const { code, stdout } = await interrupted('SIGTERM', '--json');

    expect(code).toBe(143);
    expect(JSON.parse(stdout)).toMatchObject({ error: 'interrupted' });
  });
});
