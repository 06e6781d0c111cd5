import { describe, expect, test } from 'vitest';
import { readPackages } from '../../../repo/deb/packages.ts';

const digest = 'a'.repeat(64);

const libfoo = `Package: libfoo
Source: foo (1.0-1)
Version: 1.0-1+b2
Installed-Size: 97
Maintainer: José Müller <j@example.org>
Architecture: amd64
Multi-Arch: same
Pre-Depends: libc6 (>= 2.36)
Depends: libbar (= 1.0-1) | libbaz,
 libqux
Recommends: foo-doc
Provides: libfoo1 (= 1.0)
Conflicts: oldfoo
Breaks: foo (<< 1)
Essential: yes
Priority: required
Filename: pool/main/f/foo/libfoo_1.0-1+b2_amd64.deb
Size: 1234
SHA256: ${digest}
Description: foo – with a dash
 Version: 9.9, said inside a folded line`;

const bare = (fields: string): string => `Package: bare\nVersion: 1\nArchitecture: all\n${fields}`;
const read = (text: string) => readPackages(Buffer.from(text), 'debian/bookworm');

describe('a Packages index', () => {
  test('is read field by field', () => {
    const [item] = read(`${libfoo}\n`);

    expect(item).toMatchObject({
      name: 'libfoo',
      version: '1.0-1+b2',
      arch: 'amd64',
      multiArch: 'same',
      essential: true,
      protected: false,
      priority: 'required',
      source: 'debian/bookworm',
      url: 'pool/main/f/foo/libfoo_1.0-1+b2_amd64.deb',
      size: 1234,
      installed: 97,
      digest,
    });
    expect(item!.requires.map((relation) => relation.map(({ name }) => name))).toEqual([['libc6'], ['libbar', 'libbaz'], ['libqux']]);
    expect(item!.recommends).toEqual([[{ name: 'foo-doc' }]]);
    expect(item!.provides).toEqual([{ name: 'libfoo1', bound: { op: '=', version: '1.0' } }]);
    expect(item!.conflicts.map(({ name }) => name)).toEqual(['oldfoo', 'foo']);
  });

  test('gives its stanzas back byte for byte', () => {
    const [first, second] = read(`\n${libfoo}\n\n\n${bare('Filename: a\nSize: 1')}`);

    expect(first!.stanza).toBe(libfoo);
    expect(second!.stanza).toBe(bare('Filename: a\nSize: 1'));
  });

  test('spells field names in any case', () => {
    const [item] = read('package: a\nVERSION: 1\narchitecture: all\nfilename: x\nsize: 3\n');

    expect([item!.name, item!.version, item!.size]).toEqual(['a', '1', 3]);
  });

  test('tells Protected and the older Important from Essential', () => {
    const items = ['Protected: yes', 'Important: yes', 'Essential: yes'].map((field) => read(bare(`${field}\nFilename: x`))[0]!);

    expect(items.map((item) => [item.essential, item.protected])).toEqual([
      [false, true],
      [false, true],
      [true, false],
    ]);
  });

  test('is empty when there is nothing in it', () => {
    expect(read('')).toEqual([]);
    expect(read('\n\n')).toEqual([]);
  });

  test.each([
    ['Package: a\nArchitecture: all\nFilename: x', /a has no Version/],
    ['Package: a\nVersion: 1\nArchitecture: all', /a has no Filename/],
    [bare('Filename: /etc/passwd'), /outside the archive/],
    [bare('Filename: pool/../../x'), /outside the archive/],
  ])('is refused when a stanza is amiss: %j', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test('names the package whose relation cannot be read', () => {
    const [item] = read(bare('Filename: x\nDepends: b (1)'));

    expect(() => item!.requires).toThrow('debian/bookworm: bare Depends: "b (1)" is not a relation to a package');
  });

  test('refuses a digest that is none', () => {
    const [item] = read(bare('Filename: x\nSHA256: 123'));

    expect(() => item!.digest).toThrow(/not a digest/);
  });
});
