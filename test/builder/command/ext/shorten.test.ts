import { expect, test } from 'vitest';
import { shortenMajors, shortenTargets } from '../../../../builder/command/ext/shorten.ts';

test.each([
  [[], ''],
  [['17'], '17'],
  [['14', '15', '16', '17'], '14-17'],
  [['13', '15', '16', '18'], '13,15-16,18'],
])('majors %j are %s', (majors, text) => {
  expect(shortenMajors(majors)).toBe(text);
});

test('a release goes by its own name where all its architectures are there', () => {
  const all = ['d12.x86_64', 'd12.aarch64', 'el9.x86_64', 'el9.aarch64'];

  expect(shortenTargets(['d12.x86_64', 'd12.aarch64', 'el9.aarch64'], all)).toEqual(['d12', 'el9.aarch64']);
});
