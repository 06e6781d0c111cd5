import { describe, expect, test } from 'vitest';
import { parseCapability, RelationReader } from '../../../repo/deb/relation.ts';
import { debianSpelling } from '../../../repo/package/spelling.ts';

describe('a relation field', () => {
  test('is a list of clauses of alternatives', () => {
    const relations = new RelationReader().relations('libc6 (>= 2.36), awk | mawk (<< 2),\n python3:any');

    expect(relations).toEqual([
      [{ name: 'libc6', bound: { op: '>=', version: '2.36' } }],
      [{ name: 'awk' }, { name: 'mawk', bound: { op: '<', version: '2' } }],
      [{ name: 'python3', arch: 'any' }],
    ]);
  });

  test('prints as it was written', () => {
    const [relation] = new RelationReader().relations('a:any (>= 1) | b (<< 2) | c (= 3) | d (>> 4) | e (<= 5)');

    expect(debianSpelling.relation(relation!)).toBe('a:any (>= 1) | b (<< 2) | c (= 3) | d (>> 4) | e (<= 5)');
  });

  test('takes a single < or > for "or equal", as policy 7.1 says', () => {
    expect(parseCapability('a (< 1)').bound?.op).toBe('<=');
    expect(parseCapability('a (> 1)').bound?.op).toBe('>=');
  });

  test('needs no blanks and minds no surplus ones', () => {
    expect(parseCapability('a(>=1)')).toEqual(parseCapability('a  ( >=  1 )'));
  });

  test('shares equal clauses', () => {
    const reader = new RelationReader();

    expect(reader.relations('libc6 (>= 2.36)')[0]).toBe(reader.relations('x, libc6 (>= 2.36)')[1]);
  });

  test.each(['a (>= )', 'a (1)', 'a b', '(= 1)', 'a (>= 1) junk', 'a | | b'])('refuses %s', (field) => {
    expect(() => new RelationReader().relations(field)).toThrow(/is not a relation/);
  });

  test('refuses alternatives among conflicts', () => {
    expect(() => new RelationReader().capabilities('a | b')).toThrow(/alternatives/);
  });
});
