import { describe, expect, test } from 'vitest';
import { rpmSpelling } from '../../../repo/package/spelling.ts';
import { relationsOf } from '../../../repo/rpm/rich.ts';

// Debian's is held beside its reader, in test/repo/deb/relation.test.ts.
describe('a relation of an RPM package is written as rpm writes it', () => {
  test.each([
    ['(a)', 'a'],
    ['(a >= 1:2.0-3)', 'a >= 1:2.0-3'],
    ['(a < 1 or b or c)', '(a < 1 or b or c)'],
    ['(a if b)', '(a if b)'],
    ['((a or b) if (c and d > 1))', '((a or b) if (c and d > 1))'],
    ['(python3dist(six) >= 1 with python3dist(six) < 2)', '(python3dist(six) >= 1 with python3dist(six) < 2)'],
    ['(a with b with c)', '(a with b with c)'],
    ['((a with b) without c)', '((a with b) without c)'],
    ['((a without b) if c)', '((a without b) if c)'],
  ])('%s', (text, expected) => {
    expect(relationsOf(text).map(rpmSpelling.relation)).toEqual([expected]);
  });

  test('a condition with an alternative is said in two', () => {
    expect(relationsOf('(a if b else c)').map(rpmSpelling.relation)).toEqual(['(a if b)', '(b or c)']);
  });
});
