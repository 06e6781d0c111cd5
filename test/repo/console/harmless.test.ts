import { describe, expect, test } from 'vitest';
import { printFault } from '../../../repo/console/print.ts';
import { harmless, harmlessInColour } from '../../../repo/console/harmless.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { capture } from '../../support/capture.ts';

describe('text of others', () => {
  test.each([
    ['a sequence that clears the screen', 'a\u001B[2Jb', 'a\\u001b[2Jb'],
    ['a new title of the window', '\u001B]0;t\u0007', '\\u001b]0;t\\u0007'],
    ['the one-byte form of a sequence', '\u009B31m', '\\u009b31m'],
    ['a return to the start of the line', 'bad\rgood', 'bad\\u000dgood'],
    ['a turn of the direction of writing', 'x\u202Egpj', 'x\\u202egpj'],
  ])('is shown with %s spelled out', (_, text, shown) => {
    expect(harmless(text)).toBe(shown);
  });

  test('keeps its lines, tabs and letters of every script', () => {
    const text = 'один\tdeux\n三';

    expect(harmless(text)).toBe(text);
  });

  test('keeps colours where it has them already, and nothing else', () => {
    expect(harmlessInColour('\u001B[31mred\u001B[39m\u001B[2J')).toBe('\u001B[31mred\u001B[39m\\u001b[2J');
  });

  test('reaches nobody raw in an error', async () => {
    const { stderr } = await capture(async () => printFault(new Fault('invalid', 'a\u001B[2J', { details: ['b\u001B[2J'], hint: 'c\u001B[2J' }), false));

    expect(stderr).not.toContain('\u001B[2J');
  });
});
