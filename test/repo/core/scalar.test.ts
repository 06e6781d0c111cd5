import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { beyond } from '../../../repo/core/cursor.ts';
import { meaningOf } from '../../../repo/core/scalar.ts';

const scalars = ['a', '17', '0', '017', '-17', '+17', '17.', '17.10', '.5', '1e3', '1.5E-3', '0x1F', '0o17', '0b1', '1_000', '14-18', '3.6.4', '1.2.', 'true', 'True', 'TRUE', 'yes', 'on', 'null', 'Null', '.inf', '-.Inf', '.NaN', '.nano', '9E9', '9E9F', '12345678901234567890', '1.123456789', '2026-11-22'];

test.each(scalars)('%s is what YAML says, or left to its parser', (scalar) => {
  let meaning: unknown = beyond;
  try {
    meaning = meaningOf(scalar);
  } catch (error) {
    expect(error).toBe(beyond);
  }

  if (meaning !== beyond) expect(meaning).toBe(parse(scalar));
});

test('whole numbers, fractions, truths and words are read', () => {
  expect(['17', '17.10', 'true', 'null', '3.6.4', 'yes'].map(meaningOf)).toEqual([17, 17.1, true, null, '3.6.4', 'yes']);
});
