import { describe, expect, test } from 'vitest';
import { Secret } from '../../../repo/core/secret.ts';
import { shell, type Command } from '../../../installer/transport/command.ts';
import { quote } from '../../../installer/transport/quote.ts';
import { readFrames, words, writeScript } from '../../../installer/transport/script.ts';
import { spawn } from '../../../installer/transport/spawn.ts';

const boundary = '--frame-1';

const run = async (commands: Command[], after: 'go on' | 'stop at a failure' = 'go on') =>
  readFrames(await spawn(['env', '-i', 'sh', '-s'], writeScript(commands, boundary, after)), boundary, commands);

describe('a script', () => {
  test('answers for every command, whatever its exit code', async () => {
    const answers = await run([{ argv: shell('echo out; echo err >&2; exit 3') }, { argv: ['true'] }, { argv: ['no-such-program'] }]);

    expect(answers.map((each) => each.code)).toEqual([3, 0, 127]);
    expect(answers[0]).toMatchObject({ stdout: 'out\n', stderr: 'err\n' });
  });

  test('stops at the first that fails, when asked to', async () => {
    const answers = await run([{ argv: ['true'] }, { argv: ['false'] }, { argv: ['true'] }], 'stop at a failure');

    expect(answers.map((each) => each.code)).toEqual([0, 1]);
  });

  test('passes every argument through the shell as it is', async () => {
    const hard = ["it's", '$HOME `id` $(id)', 'a\nb', '', '*', '~', '-n', '\\', '"', 'é ü 漢', '#no', 'a=b', '!x'];
    const answers = await run([{ argv: shell('for each; do printf "%s\\0" "$each"; done', ...hard) }]);

    expect(answers[0]!.stdout.split('\0').slice(0, -1)).toEqual(hard);
  });

  test('hands over standard input byte for byte', async () => {
    const text = `no newline at the end\0 ${boundary}\n${boundary}\n'$x' ${'long '.repeat(50_000)}`;
    const answers = await run([{ argv: ['cat'], stdin: text }, { argv: ['cat'] }, { argv: ['cat'], stdin: '' }]);

    expect(answers[0]!.stdout).toBe(text.replaceAll('x', 'x'));
    expect(answers.slice(1).map((each) => each.stdout)).toEqual(['', '']);
  });

  test('keeps an output without a final newline as it is', async () => {
    const answers = await run([{ argv: ['printf', 'a'] }, { argv: ['printf', 'b\n\n'] }]);

    expect(answers.map((each) => each.stdout)).toEqual(['a', 'b\n\n']);
  });

  test('ends a command that takes too long and says so', async () => {
    const answers = await run([{ argv: ['sleep', '20'], timeout: 0.2 }, { argv: ['true'] }]);

    expect(answers[0]).toMatchObject({ code: 124, stderr: 'sleep was ended after 0.2 s\n' });
    expect(answers[1]!.code).toBe(0);
  });

  test('gives the environment that was asked for and nothing of the caller', async () => {
    const answers = await run([{ argv: shell('echo "$A|$PWD|$LC_ALL"; env | grep -c ^npm_ || true'), env: { A: "it's" } }]);

    expect(answers[0]!.stdout).toBe("it's|/|C.UTF-8\n0\n");
  });

  test('shows a secret only inside the encoded input', () => {
    const script = writeScript([{ argv: ['psql'], stdin: new Secret('hunter2') }], boundary, 'go on');

    expect(script).not.toContain('hunter2');
    expect(script).toContain(Buffer.from('hunter2').toString('base64'));
  });
});

test('a command as another user gets that user\'s home', () => {
  expect(words({ argv: ['psql', '-c', 'select 1'], as: 'postgres', env: { PGPORT: '5432' }, timeout: 5 })).toBe(
    "HOME=~postgres USER=postgres LOGNAME=postgres PGPORT=5432 timeout -k 10 5 runuser -u postgres -- psql -c 'select 1'",
  );
});

test('a user name that a shell could read differently is refused', () => {
  expect(() => words({ argv: ['id'], as: 'x; reboot' })).toThrow('not the name of a user');
});

test('a word is quoted the POSIX way', () => {
  expect(["it's", 'plain-1.2/x', ''].map(quote)).toEqual(["'it'\\''s'", 'plain-1.2/x', "''"]);
});
