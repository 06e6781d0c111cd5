import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../../repo/core/fault.ts';
import { entriesOf, writeEntry } from '../../../repo/rpm/entry.ts';
import { readHead, readHeadOf } from '../../../repo/rpm/head.ts';
import { metadataOf } from '../../../repo/rpm/metadata.ts';
import { dependencyTags, tags } from '../../../repo/rpm/tags.ts';
import { fileOf, headerOf, int32, structureOf, text, texts, type Value } from './package.fixture.ts';

const build = (change: Record<number, Value | undefined> = {}): Buffer => fileOf(structureOf(tags.headerRegion, headerOf(change)));
const read = (file: Buffer) => metadataOf(readHead(file, 'it'), 'it');

test('a header tells everything about its package', () => {
  const metadata = read(build());

  expect(metadata).toMatchObject({ name: 'alpha', epoch: 1, version: '1.0', release: '2.el9', arch: 'noarch', summary: 'A <small> package', payload: { compressor: 'zstd' } });
  expect(metadata.files).toEqual([{ path: '/etc/alpha', kind: 'file' }, { path: '/usr/share/alpha', kind: 'dir' }, { path: '/var/alpha/log & more', kind: 'ghost' }]);
  expect(metadata.changelogs).toEqual([{ date: 200, author: 'B <b@b>', text: '- second' }, { date: 100, author: 'A <a@a>', text: '- first' }]);
  expect(metadata.dependencies.requires.map(({ name }) => name)).toContain('rpmlib(FileDigests)');
});

test('what a repository shows of the requirements leaves out rpm, the package itself and the lower versions of the C library', () => {
  expect(entriesOf(read(build()), 'requires').map(writeEntry)).toEqual([
    '<rpm:entry name="/bin/sh" pre="1"/>',
    '<rpm:entry name="shadow-utils" flags="GE" epoch="0" ver="4.5" pre="1"/>',
    '<rpm:entry name="libc.so.6(GLIBC_ABI_DT_RELR)(64bit)"/>',
    '<rpm:entry name="libc.so.6(GLIBC_2.34)(64bit)"/>',
  ]);
});

test('no more of a file is read than its head takes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pgark-rpm-'));
  const long = build({ [tags.description]: text('x'.repeat(200_000)) });
  await writeFile(join(folder, 'long.rpm'), long);
  await writeFile(join(folder, 'short.rpm'), long.subarray(0, 150_000));

  expect(metadataOf(readHeadOf(join(folder, 'long.rpm'), 'it'), 'it').description).toHaveLength(200_000);
  expect(() => readHeadOf(join(folder, 'short.rpm'), 'it')).toThrow('it ends within its header');
  await rm(folder, { recursive: true });
});

describe('is no package to be read', () => {
  const whole = build();
  const { range } = readHead(whole, 'it');
  const patched = (at: number, value: number): Buffer => {
    const copy = Buffer.from(whole);
    copy.writeInt32BE(value, at);
    return copy;
  };
  const cases: [string, Buffer, RegExp][] = [
    ['a text', Buffer.from('<html>'.repeat(100)), /no RPM package/],
    ['an empty file', Buffer.alloc(0), /no RPM package/],
    ['a source package', Buffer.concat([whole.subarray(0, 6), Buffer.from([0, 1]), whole.subarray(8)]), /source package/],
    ['a file cut off', whole.subarray(0, range.end - 1), /ends within its header/],
    ['a header without a magic', patched(range.start, 0), /no header/],
    ['reserved bytes that are not zero', patched(range.start + 4, 1), /no header/],
    ['more entries than rpm takes', patched(range.start + 8, 0x10000), /a header of 65536 entries/],
    ['more bytes than rpm takes', patched(range.start + 12, 0x10000000), /bytes is none/],
    ['a region with another tag', patched(range.start + 16, 62), /region/],
    ['a region whose trailer is outside', patched(range.start + 24, 0x7fffffff), /region/],
    ['a region that leaves out entries', patched(range.end - 8, -16), /region/],
    ['an entry of an unknown type', patched(range.start + 36, 10), /entry of the tag 100/],
    ['an entry outside', patched(range.start + 40, 0x00ffffff), /entry of the tag 100/],
    ['an entry with a negative count', patched(range.start + 44, -1), /entry of the tag 100/],
    ['two entries over one value', patched(range.start + 56, 0), /entry of the tag 1000/],
    ['two entries of one tag', patched(range.start + 64, 1000), /entry of the tag 1000/],
    ['a package without a name', build({ [tags.name]: undefined }), /has no name/],
    ['a name that is a number', build({ [tags.name]: int32(1) }), /the tag 1000 has the type 4/],
    ['files without directories', build({ [tags.dirNames]: texts('/') }), /directory that its header does not name/],
    ['as many names as versions but one', build({ [dependencyTags.provides.version]: texts('1') }), /provides of its header/],
  ];

  test.each(cases)('%s', (_, file, message) => {
    expect(() => read(file)).toThrow(message);
    expect(() => read(file)).toThrow(Fault);
  });
});

test('mutated packages are read or refused, quickly', () => {
  const whole = build();
  const { range } = readHead(whole, 'it');
  let seed = 20260101;
  const random = (below: number): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % below;
  const begin = performance.now();
  const strange: unknown[] = [];
  let readable = 0;

  for (let round = 0; round < 4000; round++) {
    const copy = Buffer.from(whole);
    for (let change = random(4); change >= 0; change--) copy[random(range.end)] = random(3) === 0 ? [0, 0x7f, 0x80, 0xff][random(4)]! : random(256);
    try {
      const metadata = read(random(8) === 0 ? copy.subarray(0, random(copy.length)) : copy);
      entriesOf(metadata, 'requires').map(writeEntry);
      readable++;
    } catch (error) {
      if (!(error instanceof Fault)) strange.push(error);
    }
  }

  expect(strange).toEqual([]);
  expect(readable).toBeGreaterThan(100);
  expect(performance.now() - begin).toBeLessThan(10_000);
});
