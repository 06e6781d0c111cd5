import { describe, expect, test } from 'vitest';
import { changeOf, needsOf } from '../../../builder/check/needs.ts';
import { readPackages } from '../../../repo/deb/packages.ts';
import { readPrimary } from '../../../repo/rpm/primary.ts';
import { makePackage } from '../../support/archive.ts';
import { makeRpm, primaryOf } from '../../support/repository.ts';

describe('what a package depends on, in one line', () => {
  test('has the names alone, each once, in order', () => {
    const [item] = readPackages(Buffer.from(makePackage('one', { 'Pre-Depends': 'zlib1g', Depends: 'libc6 (>= 2.36), libc6 (<< 3), python3:any | python3-minimal (>= 3.11)' }).stanza), 'a/b');

    expect(needsOf(item!)).toBe('libc6 python3|python3-minimal zlib1g');
  });

  test('has libraries by their sonames, and nothing that rpm asks of itself', () => {
    const requires = ['libc.so.6(GLIBC_2.34)(64bit)', 'libc.so.6()(64bit)', 'rtld(GNU_HASH)', 'rpmlib(CompressedFileNames) <= 3.0.4-1', '/bin/sh', 'perl(Foo::Bar)', 'postgresql17-server >= 17.1'];
    const [item] = readPrimary(Buffer.from(primaryOf([makeRpm('one_17', '1-1', 'x86_64', { requires }).stanza])), { source: 'a/b', priority: 99 });

    expect(needsOf(item!)).toBe('/bin/sh libc.so.6 perl(Foo::Bar) postgresql17-server');
  });

  test('changes by what came and what went', () => {
    expect(changeOf('libc6 libfoo1', 'libc6 libfoo2 python3|pypy')).toEqual({ came: ['libfoo2', 'python3|pypy'], went: ['libfoo1'] });
  });
});
