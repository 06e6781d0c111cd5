import { describe, expect, test } from 'vitest';
import type { Capability } from '../../../repo/package/package.ts';
import { relationsOf } from '../../../repo/rpm/rich.ts';

/** Short for reading: `a|b !c` is "a or b, or no c"; `a+b` is "a with b", `a-b` "a without b". */
const show = (text: string): string => relationsOf(text).map((relation) => relation.map(shown).join('|')).join(' & ');

function shown({ name, bound, with: both = [], without = [], absent }: Capability): string {
  return `${absent ? '!' : ''}${name}${bound ? bound.op + bound.version : ''}${both.map((each) => `+${shown(each)}`).join('')}${without.map((each) => `-${shown(each)}`).join('')}`;
}

describe('a rich dependency', () => {
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
    ['(python3dist(six) >= 1 with python3dist(six) < 2)', 'python3dist(six)>=1+python3dist(six)<2'],
    ['((a < 1 or a > 1) with a >= 0)', 'a<1+a>=0|a>1+a>=0'],
    ['(a without b)', 'a-b'],
    ['((pam >= 1.3.1-15) if openssh)', 'pam>=1.3.1-15|!openssh'],
    ['(libdecor-0.so.0()(64bit) if libwayland-client)', 'libdecor-0.so.0()(64bit)|!libwayland-client'],
    ['(glibc-gconv-extra(x86-64) = 2.34-21.el9 if redhat-rpm-config)', 'glibc-gconv-extra(x86-64)=2.34-21.el9|!redhat-rpm-config'],
  ])('%s', (text, expected) => {
    expect(show(text)).toBe(expected);
  });

  test.each(['(a', '(a))', '(a or)', '(a xor b)', '(a or b and c)', '()', '((a and b) with c)', '(a >= )'])('%s is not understood, and nothing satisfies it', (text) => {
    expect(relationsOf(text)).toEqual([[{ name: text }]]);
  });
});
