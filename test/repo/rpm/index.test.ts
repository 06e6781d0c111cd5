import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../repo/core/digest.ts';
import { readHead } from '../../../repo/rpm/head.ts';
import { type Indexed, writeIndexes } from '../../../repo/rpm/index.ts';
import { listingOf } from '../../../repo/rpm/listing.ts';
import { metadataOf } from '../../../repo/rpm/metadata.ts';
import { poolPath } from '../../../repo/rpm/pool.ts';
import { readPrimary } from '../../../repo/rpm/primary.ts';
import { readRepomd } from '../../../repo/rpm/repomd.ts';
import { stanzaOf } from '../../../repo/rpm/stanza.ts';
import { tags } from '../../../repo/rpm/tags.ts';
import { claimOf, fileOf, headerOf, int32, structureOf, text } from './package.fixture.ts';

const archive = { date: new Date('2026-01-02T03:04:05Z') };

const file = fileOf(structureOf(tags.headerRegion, headerOf()));
const alpha: Indexed = { ...claimOf(file), listing: listingOf(readHead(file, 'alpha'), 'alpha') };

/** A package without an upstream entry. */
function made(name: string, release: string): Indexed {
  const own = fileOf(structureOf(tags.headerRegion, headerOf({ [tags.name]: text(name), [tags.release]: text(release), [tags.epoch]: int32(0) })));
  const head = readHead(own, name);
  const known = { digest: digestOf(own), size: own.length };
  return { name, version: `1.0-${release}`, arch: 'noarch', ...known, stanza: stanzaOf(metadataOf(head, name), known), listing: listingOf(head, name) };
}

const unpacked = (indexes: ReadonlyMap<string, string | Uint8Array>, name: string): string => gunzipSync(indexes.get([...indexes.keys()].find((path) => path.endsWith(`-${name}.gz`))!)!).toString('utf8');

test('what is written is read again: repomd.xml names the indexes, primary.xml the packages', async () => {
  const indexes = await writeIndexes([made('beta', '1'), alpha], archive);

  const { files, date } = readRepomd(indexes.get('repodata/repomd.xml') as string, 'it');
  const primary = files.get('primary')!;
  const packages = readPrimary(gunzipSync(indexes.get(primary.path)!), { source: 'it', priority: 99 });
  expect(date).toEqual(archive.date);
  expect([...files.values()].map(({ path, digest, size }) => [digestOf(indexes.get(path)!), indexes.get(path)!.length].join() === [digest, size].join())).toEqual([true, true, true]);
  expect(packages.map(({ name, version, url, digest }) => [name, version, url, digest])).toEqual([
    ['alpha', '1:1.0-2.el9', 'Packages/a/alpha-1.0-2.el9.noarch.rpm', alpha.digest],
    ['beta', '1.0-1', 'Packages/b/beta-1.0-1.noarch.rpm', expect.any(String)],
  ]);
});

test('an upstream entry stays as it was but for its path', async () => {
  const primary = unpacked(await writeIndexes([alpha], archive), 'primary.xml');

  expect(primary).toContain(alpha.stanza.replace(/<location.*?>/, '<location href="Packages/a/alpha-1.0-2.el9.noarch.rpm"/>'));
});

test('files and changelogs are those of the header', async () => {
  const indexes = await writeIndexes([alpha], archive);

  expect(unpacked(indexes, 'filelists.xml')).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<filelists xmlns="http://linux.duke.edu/metadata/filelists" packages="1">
<package pkgid="${alpha.digest}" name="alpha" arch="noarch">
  <version epoch="1" ver="1.0" rel="2.el9"/>
  <file>/etc/alpha</file>
  <file type="dir">/usr/share/alpha</file>
  <file type="ghost">/var/alpha/log &amp; more</file>
</package>
</filelists>
`);
  expect(unpacked(indexes, 'other.xml')).toContain(`  <changelog author="A &lt;a@a&gt;" date="100">- first</changelog>
  <changelog author="B &lt;b@b&gt;" date="200">- second</changelog>
`);
});

test('the same packages in another order give the same bytes', async () => {
  const packages = [alpha, made('beta', '1'), made('beta', '2')];

  expect(await writeIndexes(packages.toReversed(), archive)).toEqual(await writeIndexes(packages, archive));
});

test('modules are named where there are any', async () => {
  const indexes = await writeIndexes([alpha], { ...archive, modules: '---\ndocument: modulemd\n' });

  expect(indexes.get('repodata/repomd.xml')).toContain('<data type="modules">');
  expect(unpacked(indexes, 'modules.yaml')).toBe('---\ndocument: modulemd\n');
});

test('two packages in one place are refused', async () => {
  const other = { ...alpha, version: '2:1.0-2.el9' };

  await expect(writeIndexes([alpha, other], archive)).rejects.toMatchObject({ code: 'invalid', message: 'Packages/a/alpha-1.0-2.el9.noarch.rpm is claimed by two packages' });
});

describe('an entry that was edited is not written', () => {
  test.each([
    ['of another name', (stanza: string) => stanza.replace('<name>alpha', '<name>omega'), 'it says name: omega'],
    ['of another version', (stanza: string) => stanza.replace('ver="1.0" rel="2.el9"/>\n  <c', 'ver="1.1" rel="2.el9"/>\n  <c'), 'it says version: 1:1.1-2.el9'],
    ['of another file', (stanza: string) => stanza.replace(alpha.digest, 'f'.repeat(64)), `it says checksum: ${'f'.repeat(64)}`],
    ['of another size', (stanza: string) => stanza.replace(/size package="\d+"/, 'size package="1"'), 'it says size: 1'],
    ['with two paths', (stanza: string) => stanza.replace('<format>', '<location href="/etc"/><format>'), 'it does not have one location'],
    ['with two names', (stanza: string) => stanza.replace('<format>', '<name>omega</name><format>'), 'it does not have one name'],
    ['with a package behind it', (stanza: string) => `${stanza}<package type="rpm"></package>`, 'it does not have one package'],
    ['with an end before its end', (stanza: string) => stanza.replace('<format>', '</package><format>'), 'it is not the one element that an entry is'],
    ['with a comment', (stanza: string) => stanza.replace('<format>', '<!-- <format> -->'), 'it is not the one element that an entry is'],
  ])('%s', async (_, edit, detail) => {
    const attempt = writeIndexes([{ ...alpha, stanza: edit(alpha.stanza) }], archive);

    await expect(attempt).rejects.toMatchObject({ code: 'untrusted', details: expect.arrayContaining([detail]) as string[] });
  });
});

describe('no name leads out of the pool', () => {
  test.each([['../evil', '1-1', 'noarch'], ['.evil', '1-1', 'noarch'], ['evil', '1/../..-1', 'noarch'], ['evil', '1', 'noarch'], ['evil', '1-1', '../x']])('%s %s %s', (name, version, arch) => {
    expect(() => poolPath({ name, version, arch })).toThrow('cannot be given a path in the pool');
  });
});
