import { describe, expect, test } from 'vitest';
import { readSums, writeSums } from '../../../repo/bundle/sums.ts';
import { inMemberOrder, isContained } from '../../../repo/bundle/tree.ts';

describe('the law "contained"', () => {
  test.each(['bundle.json', 'repo/pool/p/postgresql-15/postgresql-15_15.14-0+deb12u1~rc1_amd64.deb', 'repo/Packages/a/alpha-1.0~rc1^git2-2.el9.noarch.rpm', 'a/..b/c'])('%s names a file below', (path) => {
    expect(isContained(path)).toBe(true);
  });

  test.each(['', '/etc/passwd', '../x', 'a/../../x', 'a/..', './x', 'a//b', 'a/', 'a b', 'a\nb', 'a\\b', "a'b", 'a$b', 'ä', `${'a/'.repeat(250)}b`])('%j does not', (path) => {
    expect(isContained(path)).toBe(false);
  });
});

describe('the order of members', () => {
  test('is that of the contract, then that of the bytes', () => {
    const paths = ['sbom/a', 'repo/b', 'repo/B', 'repo/a/z', 'repo/a.z', 'bootstrap', 'keyring.gpg', 'bundle.json'];

    const ordered = inMemberOrder(paths);

    expect(ordered).toEqual(['bundle.json', 'keyring.gpg', 'bootstrap', 'repo/B', 'repo/a.z', 'repo/a/z', 'repo/b', 'sbom/a']);
  });

  test('has no place for a stranger', () => {
    expect(() => inMemberOrder(['bundle.json', 'etc/passwd', 'repo/../x'])).toThrow(expect.objectContaining({ code: 'invalid', details: ['"etc/passwd"', '"repo/../x"'] }));
  });
});

describe('SHA256SUMS', () => {
  const digest = 'a'.repeat(64);

  test('is read as it was written', () => {
    const sums = new Map([['bundle.json', digest], ['repo/pool/x.deb', 'b'.repeat(64)]]);

    expect(readSums(writeSums(sums), 'sums')).toEqual(sums);
  });

  test.each([
    ['a path out of the bundle', `${digest}  ../x\n`],
    ['an absolute path', `${digest}  /etc/passwd\n`],
    ['a path twice', `${digest}  x\n${digest}  x\n`],
    ['one blank', `${digest} x\n`],
    ['capital digits', `${digest.toUpperCase()}  x\n`],
    ['a digest too short', `${digest.slice(1)}  x\n`],
    ['nothing', ''],
  ])('is refused with %s', (_what, text) => {
    expect(() => readSums(text, 'sums')).toThrow(expect.objectContaining({ code: 'untrusted' }));
  });
});
