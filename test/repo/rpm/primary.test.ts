import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Package } from '../../../repo/package/package.ts';
import { readPrimary, streamPrimary } from '../../../repo/rpm/primary.ts';

const digest = 'c'.repeat(64);
const stanza = `<package type="rpm">
  <name>postgresql17-server</name>
  <arch>x86_64</arch>
  <version epoch="1" ver="17.5" rel="3PGDG.rhel9"/>
  <checksum type="sha256" pkgid="YES">${digest}</checksum>
  <summary>Der Server für PostgreSQL &lt;17&gt;</summary>
  <size package="7000000" installed="29000001" archive="29100000"/>
  <location href="Packages/postgresql17-server-17.5-3PGDG.rhel9.x86_64.rpm"/>
  <format>
    <rpm:license>PostgreSQL</rpm:license>
    <rpm:provides>
      <rpm:entry name="postgresql17-server" flags="EQ" epoch="1" ver="17.5" rel="3PGDG.rhel9"/>
      <rpm:entry name="postgresql-server"/>
    </rpm:provides>
    <rpm:requires>
      <rpm:entry name="/bin/sh" pre="1"/>
      <rpm:entry name="/bin/sh"/>
      <rpm:entry name="postgresql17(x86-64)" flags="EQ" epoch="0" ver="17.5" rel="3PGDG.rhel9"/>
      <rpm:entry name="rpmlib(PayloadIsZstd)" flags="LE" epoch="0" ver="5.4.18" rel="1"/>
      <rpm:entry name="(a &gt;= 1 or b)"/>
    </rpm:requires>
    <rpm:conflicts><rpm:entry name="rival" flags="LT" ver="2"/></rpm:conflicts>
    <rpm:obsoletes><rpm:entry name="old" flags="LE" epoch="0" ver="1"/></rpm:obsoletes>
    <rpm:recommends><rpm:entry name="docs"/><rpm:entry name="(lang if base)"/></rpm:recommends>
    <rpm:suggests><rpm:entry name="tuner"/></rpm:suggests>
    <rpm:supplements><rpm:entry name="(base and lang)"/><rpm:entry name="desktop"/><rpm:entry name="(a if b)"/></rpm:supplements>
    <rpm:enhances><rpm:entry name="monitor"/></rpm:enhances>
    <file>/usr/bin/postgres</file>
    <file type="dir">/etc/postgres &amp; co</file>
  </format>
</package>`;

const index = (count: number, ...packages: string[]): Buffer => Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="${count}">
${packages.join('\n')}
</metadata>
`);
const read = (content: Buffer) => readPrimary(content, { source: 'pgdg/common', priority: 10 });

describe('a package of a primary.xml', () => {
  const [item] = read(index(1, stanza));

  test('has its name, version and architecture', () => {
    expect([item!.name, item!.version, item!.arch, item!.source, item!.repositoryPriority]).toEqual(['postgresql17-server', '1:17.5-3PGDG.rhel9', 'x86_64', 'pgdg/common', 10]);
  });

  test('has its file, with size and digest', () => {
    expect([item!.url, item!.size, item!.installed, item!.digest]).toEqual(['Packages/postgresql17-server-17.5-3PGDG.rhel9.x86_64.rpm', 7000000, 28321, digest]);
  });

  test('provides what it says, and itself without a word', () => {
    expect(item!.provides).toEqual([{ name: 'postgresql-server' }]);
  });

  test('requires each thing once, and nothing of rpm itself', () => {
    expect(item!.requires).toEqual([
      [{ name: '/bin/sh' }],
      [{ name: 'postgresql17(x86-64)', bound: { op: '=', version: '17.5-3PGDG.rhel9' } }],
      [{ name: 'a', bound: { op: '>=', version: '1' } }, { name: 'b' }],
    ]);
  });

  test('conflicts, obsoletes and recommends', () => {
    expect(item!.conflicts).toEqual([{ name: 'rival', bound: { op: '<', version: '2' } }]);
    expect(item!.obsoletes).toEqual([{ name: 'old', bound: { op: '<=', version: '1' } }]);
    expect(item!.recommends).toEqual([[{ name: 'docs' }], [{ name: 'lang' }, { name: 'base', absent: true }]]);
  });

  test('R8 R3: a rich conflict is a conflict where one thing alone must not be there, else a requirement', () => {
    const rich = stanza.replace('<rpm:entry name="rival" flags="LT" ver="2"/>', '<rpm:entry name="(rival or foe)"/><rpm:entry name="(x and y)"/><rpm:entry name="(z unless base)"/><rpm:entry name="(p with q)"/>');

    const [bound] = read(index(1, rich));

    expect(bound!.conflicts).toEqual([{ name: 'rival' }, { name: 'foe' }, { name: 'p', with: [{ name: 'q' }] }]);
    expect(bound!.requires.slice(3)).toEqual([[{ name: 'x', absent: true }, { name: 'y', absent: true }], [{ name: 'z', absent: true }, { name: 'base' }]]);
  });

  test('suggests, supplements and enhances, the latter by entries that may be of several parts', () => {
    expect(item!.suggests).toEqual([[{ name: 'tuner' }]]);
    expect(item!.supplements).toEqual([[[{ name: 'base' }], [{ name: 'lang' }]], [[{ name: 'desktop' }]]]);
    expect(item!.enhances).toEqual([[[{ name: 'monitor' }]]]);
  });

  test('has the files that are listed', () => {
    expect(item!.files).toEqual(['/usr/bin/postgres', '/etc/postgres & co']);
  });

  test('goes out as it came in', () => {
    expect(item!.stanza).toBe(stanza);
  });
});

describe('a primary.xml', () => {
  test('of no packages is read', () => {
    expect(read(index(0))).toEqual([]);
  });

  test.each([
    ['that holds fewer packages than it says', index(2, stanza), 'holds 1 packages and says 2'],
    ['that ends within a package', Buffer.from(index(1, stanza).toString().split('</package>')[0]!), 'ends within a package'],
    ['with a comment', index(1, stanza, `<!-- ${stanza} -->`), 'comments or CDATA'],
    ['with a package without a version', index(1, stanza.replace(/<version.*\/>/, '')), 'postgresql17-server has no version'],
    ['with a package outside the repository', index(1, stanza.replace('Packages/', '../')), 'lies outside the repository'],
    ['with a package at another address', index(1, stanza.replace('<location ', '<location xml:base="https://example.org" ')), 'lies outside the repository'],
    ['that is something else', Buffer.from('<html></html>'), 'its primary.xml is none'],
  ])('%s is refused', (_, content, message) => {
    expect(() => read(content)).toThrow(expect.objectContaining({ code: 'invalid', message: expect.stringContaining(message) }));
  });

  test('with a package that has another digest than SHA-256 is refused when that is asked for', () => {
    const [item] = read(index(1, stanza.replace('type="sha256"', 'type="sha"')));

    expect(() => item!.digest).toThrow('postgresql17-server has no SHA-256 but a digest of the kind sha');
  });
});

describe('a primary.xml in pieces', () => {
  const content = index(2, stanza, stanza.replaceAll('postgresql17-server', 'größer').replace('"1" ver="17.5"', '"0" ver="18~rc1"'));
  const cut = async function* (size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < content.length; at += size) yield Uint8Array.from(content.subarray(at, at + size));
  };
  const told = (packages: readonly Package[]): unknown[] =>
    packages.map((item) => [item.name, item.version, item.arch, item.url, item.size, item.digest, item.provides, item.requires, item.conflicts, item.obsoletes, item.recommends, item.supplements, item.files, item.stanza]);

  test.each([1, 2, 3, 7, 64, 1000, 100_000])('of %d bytes says the same as in one', async (size) => {
    const packages = await streamPrimary(cut(size), () => content, { source: 'pgdg/common', priority: 10 });

    expect(told(packages)).toEqual(told(read(content)));
  });

  test('is unpacked once more for any number of stanzas at a time, and for nothing else', async () => {
    let times = 0;
    const again = (): Uint8Array => {
      times++;
      return content;
    };
    const packages = await streamPrimary(cut(64), again, { source: 'pgdg/common', priority: 10 });
    packages.forEach((item) => [item.provides, item.requires, item.files, item.digest]);
    expect(times).toBe(0);

    expect(packages.map((item) => item.stanza)).toEqual(read(content).map((item) => item.stanza));

    expect(times).toBe(1);
  });

  test('without an end to one of its texts is refused before that fills the memory', async () => {
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      yield content.subarray(0, 300);
      for (;;) yield Buffer.alloc(1 << 20, 'a');
    };

    await expect(streamPrimary(endless(), () => content, { source: 'pgdg/common', priority: 10 })).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('holds a text of more than') });
  });
});

const corpus = join(import.meta.dirname, '../../../../shared/corpus/el9/appstream/repodata');

// Without ../shared there is no real repodata to read.
describe.skipIf(!existsSync(corpus))('the whole AppStream of CentOS Stream 9', () => {
  let packages: Package[];

  // Not while tests are collected, which is done of skipped ones too.
  beforeAll(() => {
    packages = readPrimary(gunzipSync(readFileSync(join(corpus, readdirSync(corpus).find((name) => name.endsWith('primary.xml.gz'))!))), { source: 'centos/appstream', priority: 99 });
  });

  test('is read to the last package and the last relation', () => {
    const count = (list: (item: (typeof packages)[number]) => readonly unknown[]): number => packages.reduce((sum, item) => sum + list(item).length, 0);

    expect(packages).toHaveLength(17_649);
    expect([count((item) => item.obsoletes!), count((item) => item.conflicts), count((item) => item.files!)]).toEqual([5845, 1622, 36_204]);
  });

  test('has no relation that is not understood', () => {
    const strange = packages.flatMap((item) => item.requires).filter((relation) => relation.some((each) => each.name.startsWith('(')));

    expect(strange).toEqual([]);
  });
});
