import { afterEach, describe, expect, test, vi } from 'vitest';
import { fit, ink, paint, table } from '../../../repo/console/print.ts';

const streams = ['stdout', 'stderr'] as const;
const was = streams.map((name) => process[name].isTTY);

afterEach(() => {
  for (const [place, name] of streams.entries()) process[name].isTTY = was[place]!;
  vi.unstubAllEnvs();
});

function terminals(stdout: boolean, stderr: boolean): void {
  process.stdout.isTTY = stdout;
  process.stderr.isTTY = stderr;
  vi.stubEnv('NO_COLOR', '');
}

describe('colours', () => {
  test('go where there is a terminal: ink by stdout, paint by stderr', () => {
    terminals(true, false);

    expect([ink.red('x'), paint.red('x')]).toEqual(['\u001B[31mx\u001B[39m', 'x']);
  });

  test('are left out where NO_COLOR is set', () => {
    terminals(true, true);
    vi.stubEnv('NO_COLOR', '1');

    expect([ink.red('x'), paint.red('x')]).toEqual(['x', 'x']);
  });

  test('take no room in a table', () => {
    terminals(true, false);

    expect(table([[ink.red('ab'), 'c'], ['abc', 'd']])).toBe('\u001B[31mab\u001B[39m   c\nabc  d');
  });
});

describe('a line', () => {
  test.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['abcdef', Number.POSITIVE_INFINITY, 'abcdef'],
  ])('%s on %i columns is %s', (line, width, shown) => {
    expect(fit(line, width)).toBe(shown);
  });
});
