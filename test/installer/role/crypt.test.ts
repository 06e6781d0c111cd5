import { describe, expect, test } from 'vitest';
import { cryptSha512, saltOf } from '../../../installer/role/crypt.ts';
import { Secret } from '../../../repo/core/secret.ts';

// Made with `openssl passwd -6 -salt SALT PASSWORD`; the first is an example of the specification.
const sums = [
  ['Hello world!', 'saltstring', '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1'],
  ['a', 'abcdefghijklmnop', '$6$abcdefghijklmnop$5IETrK7DfmBLCcDDd2uUkHSMDWAJF6Icsj01AxgOg03tQ1u38QhUaKCWDwYi/e/EJYW.XtfPCzI7EG7M7zlvZ.'],
  ['0123456789'.repeat(7), './AZaz09', '$6$./AZaz09$3dkCXwNbqAa5JPSzaKgONa3GXY3Mctd2VY8PVB7BCtd/2EJEx8aQIVA6pNGhGqrDzXsQjQEHXDXbucSKJQC4v0'],
] as const;

describe('a password sum', () => {
  test.each(sums)('of "%s" with salt "%s" is what crypt(3) says', (password, salt, sum) => {
    const made = cryptSha512(new Secret(password), salt);

    expect(made.reveal()).toBe(sum);
  });

  test('is a secret itself', () => {
    const made = cryptSha512(new Secret('x'), 'salt');

    expect(String(made)).toBe('••••');
  });
});

describe('a salt', () => {
  test('is the same for the same secret and use, another for another use', () => {
    const secret = new Secret('seed');

    expect(saltOf(secret, 'portal')).toMatch(/^[./0-9A-Za-z]{16}$/);
    expect(saltOf(secret, 'portal')).toBe(saltOf(secret, 'portal'));
    expect(saltOf(secret, 'portal')).not.toBe(saltOf(secret, 'haproxy'));
  });
});
