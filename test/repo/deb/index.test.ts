import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../repo/core/digest.ts';
import { writeIndexes, writePackages, type Archive } from '../../../repo/deb/index.ts';
import { readPackages } from '../../../repo/deb/packages.ts';
import { poolPath, type Pooled } from '../../../repo/deb/pool.ts';
import { readRelease } from '../../../repo/deb/release.ts';

const archive: Archive = { origin: 'pgark', label: 'pgark', suite: 'stable', codename: 'bookworm', component: 'main', arch: 'amd64', date: new Date('2026-11-22T07:00:00Z'), description: 'pgark-slim-0.1.0.d12.x86_64' };

function pooled(name: string, version: string, more: Partial<Pooled> & { fields?: string } = {}): Pooled {
  const arch = more.arch ?? 'amd64';
  return {
    name, version, arch, size: 100, digest: digestOf(`${name} ${version} ${arch}`),
    stanza: `Package: ${name}\nVersion: ${version}\nArchitecture: ${arch}\n${more.fields ?? ''}Filename: pool/upstream/${name}.deb\nSize: 1\nMD5sum: ${'0'.repeat(32)}\nSHA1: ${'0'.repeat(40)}\nSHA256: ${'0'.repeat(64)}\n`,
    ...more,
  };
}

describe('the path in the pool', () => {
  test.each([
    ['by the first letter', pooled('postgresql-15', '15.14-0+deb12u1'), 'pool/p/postgresql-15/postgresql-15_15.14-0+deb12u1_amd64.deb'],
    ['by four letters for a library', pooled('libpq5', '15.14-0+deb12u1', { fields: 'Source: libpq (15.14-0)\n' }), 'pool/libp/libpq/libpq5_15.14-0+deb12u1_amd64.deb'],
    ['without the epoch', pooled('tzdata', '2:2025b-0~deb12', { arch: 'all' }), 'pool/t/tzdata/tzdata_2025b-0~deb12_all.deb'],
  ])('is made %s', (_how, item, path) => {
    expect(poolPath(item)).toBe(path);
  });

  test.each([
    ['a name', pooled('../../etc', '1')],
    ['a version', pooled('zlib1g', '1/../../../x')],
    ['an architecture', pooled('zlib1g', '1', { arch: '../x' })],
    ['a source', pooled('zlib1g', '1', { fields: 'Source: ../../x\n' })],
  ])('never follows %s out of the pool', (_what, item) => {
    expect(() => poolPath(item)).toThrow(expect.objectContaining({ code: 'untrusted' }));
  });
});

describe('Packages', () => {
  test('keeps the upstream fields and gives its own account of the file', () => {
    const item = pooled('tzdata', '2025b-0', { arch: 'all', fields: 'Depends: debconf (>= 0.5)\nDescription: times\n of day\n .\n and night\nPhased-Update-Percentage: 10\n' });

    expect(writePackages([item])).toBe(
      `Package: tzdata\nVersion: 2025b-0\nArchitecture: all\nDepends: debconf (>= 0.5)\nDescription: times\n of day\n .\n and night\nFilename: pool/t/tzdata/tzdata_2025b-0_all.deb\nSize: 100\nSHA256: ${item.digest}\n`,
    );
  });

  test('is the same whatever the order', () => {
    const items = [pooled('b1', '2'), pooled('a1', '1', { arch: 'all' }), pooled('a1', '1'), pooled('a1', '0')];

    expect(writePackages(items)).toBe(writePackages(items.toReversed()));
  });

  test('is read back as it was meant', () => {
    const items = [pooled('libpq5', '15.14-0', { fields: 'Source: postgresql-15\nMulti-Arch: same\n' }), pooled('postgresql-15', '1:15.14-0')];

    const read = readPackages(Buffer.from(writePackages(items)), 'bundle');

    expect(read.map(({ name, version, url, size, digest }) => ({ name, version, url, size, digest }))).toEqual(
      items.map((item) => ({ name: item.name, version: item.version, url: poolPath(item), size: item.size, digest: item.digest })),
    );
  });

  test.each([
    ['under another name', `Package: tzdata-evil\nVersion: 1\nArchitecture: all\n`, 'it says Package: tzdata-evil'],
    ['in another version', `Package: tzdata\nVersion: 2\nArchitecture: all\n`, 'it says Version: 2'],
    ['under two names, of which one reader takes the first and another the last', `Package: tzdata\nVersion: 1\nArchitecture: all\npackage: libc6\n`, 'it says package: libc6'],
    ['with a second stanza behind it', `Package: tzdata\nVersion: 1\nArchitecture: all\n\nPackage: libc6\nVersion: 1\nArchitecture: all\n`, 'it says Package: libc6'],
    ['with a name that goes on in the next line', `Package: tzdata\n libc6\nVersion: 1\nArchitecture: all\n`, 'it says Package: tzdata\n libc6'],
    ['without a version', `Package: tzdata\nArchitecture: all\n`, 'it has no Version'],
  ])('refuses a package that its stanza holds %s', (_how, stanza, detail) => {
    const item = pooled('tzdata', '1', { arch: 'all', stanza });

    expect(() => writePackages([item])).toThrow(expect.objectContaining({ code: 'untrusted', details: expect.arrayContaining([detail]) }));
  });

  test('refuses two packages that claim one file', () => {
    const items = [pooled('tzdata', '1:2025b'), pooled('tzdata', '2:2025b')];

    expect(() => writePackages(items)).toThrow(/claimed by two packages/);
  });
});

describe('Release', () => {
  test('names both forms of the index, each of which stands under its digest too', () => {
    const files = writeIndexes([pooled('tzdata', '2025b-0')], archive);

    const release = readRelease(files.get('dists/stable/Release') as string, 'Release');

    expect([...release.files.keys()]).toEqual(['main/binary-amd64/Packages', 'main/binary-amd64/Packages.gz']);
    for (const [name, { digest, size }] of release.files) {
      expect(digestOf(files.get(`dists/stable/${name}`)!)).toBe(digest);
      expect(files.get(`dists/stable/main/binary-amd64/by-hash/SHA256/${digest}`)).toBe(files.get(`dists/stable/${name}`));
      expect(Buffer.byteLength(files.get(`dists/stable/${name}`)!)).toBe(size);
    }
    expect(gunzipSync(files.get('dists/stable/main/binary-amd64/Packages.gz') as Uint8Array).toString()).toBe(files.get('dists/stable/main/binary-amd64/Packages'));
  });

  test('has a date, a codename and no end', () => {
    const text = writeIndexes([], archive).get('dists/stable/Release') as string;

    expect(text).toMatch(/^Origin: pgark\nLabel: pgark\nSuite: stable\nCodename: bookworm\nDate: Sun, 22 Nov 2026 07:00:00 UTC\nArchitectures: amd64\nComponents: main\n/);
    expect(text).not.toContain('Valid-Until');
    expect(readRelease(text, 'Release').date).toEqual(archive.date);
  });
});
