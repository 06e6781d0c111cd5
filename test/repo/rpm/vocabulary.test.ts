import { expect, test } from 'vitest';
import { bytesOf, Vocabulary } from '../../../repo/rpm/vocabulary.ts';

const all = (vocabulary: Vocabulary, texts: readonly string[]): number[] => texts.map((text) => vocabulary.number(bytesOf(Buffer.from(`_${text}`)), 1, text.length + 1));

test('equal texts have one number, and all others another', () => {
  const texts = Array.from({ length: 100_000 }, (_, place) => `<rpm:entry name="library-${place % 40_000}"/>`);
  const vocabulary = new Vocabulary();

  const numbers = all(vocabulary, texts);

  expect(new Set(numbers).size).toBe(40_000);
  expect(texts.every((text, place) => vocabulary.text(numbers[place]!) === text)).toBe(true);
});

test.each([4, 5, 6, 7, 8, 9])('texts of %d characters are told apart by any of them', (length) => {
  const texts = ['a'.repeat(length), ...Array.from({ length }, (_, place) => `${'a'.repeat(place)}b${'a'.repeat(length - place - 1)}`)];

  expect(new Set(all(new Vocabulary(), texts)).size).toBe(length + 1);
});

test('what followed once is known again where the next tag begins, and only there', () => {
  const vocabulary = new Vocabulary();
  all(vocabulary, ['<one/>', '<two/>', '<one/>']);

  expect(vocabulary.again(bytesOf(Buffer.from('<two/>.')), 0)).toBe(-1);
  expect(vocabulary.again(bytesOf(Buffer.from('<two/>')), 0)).toBe(-1);
  expect(vocabulary.again(bytesOf(Buffer.from('<two/><')), 0)).toBe(6);
  expect(vocabulary.text(vocabulary.last)).toBe('<two/>');
});
