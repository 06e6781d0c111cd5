import { describe, expect, test } from 'vitest';
import type { Capability } from '../../../repo/package/package.ts';
import { oppositesOf, relationsOf } from '../../../repo/rpm/rich.ts';

/** Short for reading: `a|b !c` is "a or b, or no c"; `a+b` is "a with b", `a-b` "a without b". */
const show = (text: string, read = relationsOf): string => read(text).map((relation) => relation.map(shown).join('|')).join(' & ');

function shown({ name, bound, with: both = [], without = [], absent }: Capability): string {
  return `${absent ? '!' : ''}${name}${bound ? bound.op + bound.version : ''}${both.map((each) => `+${shown(each)}`).join('')}${without.map((each) => `-${shown(each)}`).join('')}`;
}

describe('R3 a rich dependency', () => {
  test.each([
    ['(a)', 'a'],
    ['(a and b)', 'a & b'],
    ['(a or b or c)', 'a|b|c'],
    ['(a >= 1:2.0-3 or b)', 'a>=1:2.0-3|b'],
    ['(a if b)', 'a|!b'],
    ['(a if b else c)', 'a|!b & b|c'],
    ['(a if (b or c))', 'a|!b & a|!c'],
    ['(a if (b and c))', 'a|!b|!c'],
    ['((a and b) if (c or d))', 'a|!c & a|!d & b|!c & b|!d'],
    ['((a and b) or c)', 'a|c & b|c'],
    ['(a unless b)', 'a & !b'],
    ['(a unless b else c)', 'a|b & !b|c'],
    ['(a if (a or b))', 'a|!b'],
    ['(python3dist(six) >= 1 with python3dist(six) < 2)', 'python3dist(six)>=1+python3dist(six)<2'],
    ['((a < 1 or a > 1) with a >= 0)', 'a<1+a>=0|a>1+a>=0'],
    ['(a without b)', 'a-b'],
    ['(a without (b or c))', 'a-b-c'],
    ['(a with (b with c))', 'a+b+c'],
    ['(a with (b without c))', 'a+b-c'],
    ['((a with b) without c)', 'a+b-c'],
    ['((pam >= 1.3.1-15) if openssh)', 'pam>=1.3.1-15|!openssh'],
    ['(libdecor-0.so.0()(64bit) if libwayland-client)', 'libdecor-0.so.0()(64bit)|!libwayland-client'],
    ['(glibc-gconv-extra(x86-64) = 2.34-21.el9 if redhat-rpm-config)', 'glibc-gconv-extra(x86-64)=2.34-21.el9|!redhat-rpm-config'],
  ])('%s', (text, expected) => {
    expect(show(text)).toBe(expected);
  });

  test.each(['(a', '(a))', '(a or)', '(a xor b)', '(a or b and c)', '()', '((a and b) with c)', '(a >= )'])('%s is not understood, and nothing satisfies it', (text) => {
    expect(relationsOf(text)).toEqual([[{ name: text }]]);
  });

  test.each([1, 16, 17, 100_000])('R3 %i levels deep is read or not understood, and overflows nothing', (depth) => {
    const text = `${'('.repeat(depth)}a${')'.repeat(depth)}`;

    expect(relationsOf(text)).toEqual([[{ name: depth > 16 ? text : 'a' }]]);
  });
});

test('R3 alternatives that multiply beside each other are read up to a number, and no further', () => {
  const text = (times: number): string => `(a${' with (b or c)'.repeat(times)})`;

  expect(relationsOf(text(5))[0]).toHaveLength(32);
  expect(relationsOf(text(60))).toEqual([[{ name: text(60) }]]);
});

describe('R3 a rich conflict says what must not be there together', () => {
  test.each([
    ['(a or b)', '!a & !b'],
    ['(a and b)', '!a|!b'],
    ['(a unless b)', '!a|b'],
    ['(a if b)', '!a & b'],
    ['(a if b else c)', '!a|!b & !a|!c & b|!c'],
    ['(a < 1 with b)', '!a<1+b'],
    ['(a xor b)', '(a xor b)'],
  ])('%s', (text, expected) => {
    expect(show(text, oppositesOf)).toBe(expected);
  });
});
