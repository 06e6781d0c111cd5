import { describe, expect, test } from 'vitest';
import { beyond, Cursor } from '../../../repo/core/cursor.ts';

describe('a cursor', () => {
  test('goes to the next line that says something, and knows how far in it stands', () => {
    const cursor = new Cursor('# why\n\n   \n  # more\n  a\n');

    cursor.nextLine();
    expect([cursor.next, cursor.indent]).toEqual(['a', 2]);
    cursor.match(/a/y);
    cursor.nextLine();
    expect(cursor.indent).toBe(-1);
  });

  test.each([
    ['', true],
    ['   ', true],
    [' # why', true],
    ['# why', false],
    [' b', false],
  ])('knows whether a line is over: %j', (rest, isOver) => {
    const cursor = new Cursor(`a${rest}\nnext`);
    cursor.match(/a/y);

    expect(cursor.isLineOver()).toBe(isOver);
  });

  test('goes no further when a pattern does not match, or brackets reach too far left', () => {
    const cursor = new Cursor('a\n  b\n');

    expect(() => cursor.match(/b/y)).toThrow(expect.toSatisfy((error) => error === beyond));
    cursor.match(/a/y);
    expect(() => cursor.skipBlank(2)).toThrow(expect.toSatisfy((error) => error === beyond));
  });
});
