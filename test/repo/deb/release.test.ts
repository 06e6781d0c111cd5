import { describe, expect, test } from 'vitest';
import { readRelease } from '../../../repo/deb/release.ts';

const digest = 'a'.repeat(64);
const text = `Origin: Debian
Suite: oldstable
Version: 12.15
Codename: bookworm
Date: Sat, 11 Jul 2026 10:16:37 UTC
Valid-Until: Sat, 18 Jul 2026 10:16:37 UTC
Acquire-By-Hash: yes
No-Support-for-Architecture-all: Packages
Architectures: all amd64 arm64
Components: main contrib
MD5Sum:
 ${'b'.repeat(32)} 17 main/binary-amd64/Packages
SHA256:
 ${digest} 50060337 main/binary-amd64/Packages
 ${digest}        0 contrib/binary-amd64/Packages.xz
`;

describe('a Release', () => {
  test('says what its suite is and which files it has', () => {
    const release = readRelease(text, 'debian/bookworm');

    expect(release).toMatchObject({ suite: 'oldstable', codename: 'bookworm', version: '12.15', byHash: true, architectures: ['all', 'amd64', 'arm64'], components: ['main', 'contrib'], separateAll: false });
    expect([release.date, release.validUntil]).toEqual([new Date('2026-07-11T10:16:37Z'), new Date('2026-07-18T10:16:37Z')]);
    expect([...release.files]).toEqual([
      ['main/binary-amd64/Packages', { digest, size: 50_060_337 }],
      ['contrib/binary-amd64/Packages.xz', { digest, size: 0 }],
    ]);
  });

  test.each([
    ['separate when it has them and says nothing', (it: string) => it.replace(/No-Support.*\n/, ''), true],
    ['in every index when it says so', (it: string) => it, false],
    ['in every index when it does not list the architecture', (it: string) => it.replace(/No-Support.*\n/, '').replace('all amd64', 'amd64'), false],
  ])('has packages of architecture all %s', (_what, change, separate) => {
    expect(readRelease(change(text), 'x').separateAll).toBe(separate);
  });

  test('without an end is valid without end', () => {
    expect(readRelease(text.replace(/Valid-Until.*\n/, ''), 'x').validUntil).toBeUndefined();
  });

  test.each([
    ['a date', text.replace(/Date: .*\n/, ''), 'x has no Date'],
    ['a readable date', text.replace('11 Jul', '11 Yul'), 'x: Date "Sat, 11 Yul 2026 10:16:37 UTC" is no date'],
    ['SHA-256 digests', text.slice(0, text.indexOf('SHA256:')), 'x lists no SHA-256 digests'],
    ['readable digests', text.replace(digest, 'abc'), 'x: a line of its SHA256 field cannot be read'],
  ])('without %s is not trusted', (_what, changed, message) => {
    expect(() => readRelease(changed, 'x')).toThrow(message);
  });
});
