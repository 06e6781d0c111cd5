import { describe, expect, test } from 'vitest';
import type { CommandEntry, CommandSpec, Program } from '../../../repo/console/command.ts';
import { runProgram } from '../../../repo/console/run.ts';
import { capture } from '../../support/capture.ts';

const loaded: string[] = [];

const entry = (name: string, words?: string): CommandEntry => ({
  name,
  ...(words !== undefined && { arguments: words }),
  about: `about ${name}`,
  load: async (): Promise<CommandSpec> => {
    loaded.push(name);
    return { name, ...(words !== undefined && { arguments: words }), about: `about ${name}`, run: async ({ args }) => ({ ran: name, args }) };
  },
});

const program: Program = { name: 'pgark', version: '1', about: 'a test', commands: [entry('lock', 'FILE'), entry('ext list'), entry('ext info', 'NAME')], elsewhere: [{ name: 'demo', about: 'elsewhere' }] };

const typed = async (...argv: string[]) => {
  loaded.length = 0;
  return { ...(await capture(() => runProgram(program, argv))), loaded: [...loaded] };
};

describe('a command', () => {
  test.each([
    [['lock', 'a'], { ran: 'lock', args: ['a'] }],
    [['ext', 'info', 'postgis'], { ran: 'ext info', args: ['postgis'] }],
  ])('of one word or of two is found, and loaded alone: %j', async (words, expected) => {
    const { result, stdout, loaded } = await typed(...words, '--json');

    expect([result, JSON.parse(stdout)]).toEqual([0, expected]);
    expect(loaded).toEqual([expected.ran]);
  });

  test.each([[['ext', 'info', '--help']], [['help', 'ext', 'info']]])('of two words tells about itself: %j', async (words) => {
    const { result, stdout, loaded } = await typed(...words);

    expect([result, loaded]).toEqual([0, ['ext info']]);
    expect(stdout).toContain('usage: pgark ext info NAME [OPTION…]\n');
  });
});

describe('nothing is loaded', () => {
  test.each([[[]], [['--help']], [['help']], [['--version']]])('for %j', async (words) => {
    const { result, stdout, loaded } = await typed(...words);

    expect([result, loaded]).toEqual([0, []]);
    expect(stdout).toContain('pgark 1');
  });

  test.each([[['ext']], [['ext', '--help']], [['ext', '-h']], [['help', 'ext']]])('for %j, which lists the commands that begin so', async (words) => {
    const { result, stdout, loaded } = await typed(...words);

    expect([result, loaded]).toEqual([0, []]);
    expect(stdout).toBe('usage: pgark ext COMMAND [OPTION…]\n\n  ext list       about ext list\n  ext info NAME  about ext info\n\npgark help ext COMMAND tells about one of them.\n');
  });

  test.each([
    [['lokc'], 'there is no command "lokc", did you mean "lock"?', 'pgark --help'],
    [['nothing'], 'there is no command "nothing"', 'pgark --help'],
    [['loc'], 'there is no command "loc", did you mean "lock"?', 'pgark --help'],
    [['dem'], 'there is no command "dem", did you mean "demo"?', 'pgark --help'],
    [['ex', 'list'], 'there is no command "ex", did you mean "ext"?', 'pgark --help'],
    [['ext', 'lis'], 'there is no command "ext lis", did you mean "ext list"?', 'pgark ext --help'],
    [['ext', 'nonsense'], 'there is no command "ext nonsense"', 'pgark ext --help'],
    [['help', 'ext', 'inf'], 'there is no command "ext inf", did you mean "ext info"?', 'pgark ext --help'],
  ])('for %j, which is a mistake', async (words, message, hint) => {
    const { result, stderr, loaded } = await typed(...words);

    expect([result, loaded]).toEqual([2, []]);
    expect(stderr).toBe(`error  ${message}\nhint   ${hint}\n`);
  });
});
