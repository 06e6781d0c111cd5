import { describe, expect, test } from 'vitest';
import { readRepomd } from '../../../repo/rpm/repomd.ts';

const digest = 'a'.repeat(64);
const open = 'b'.repeat(64);
const primary = `<data type="primary">
    <checksum type="sha256">${digest}</checksum>
    <open-checksum type="sha256">${open}</open-checksum>
    <location href="repodata/${digest}-primary.xml.gz"/>
    <timestamp>1736761560</timestamp>
    <size>100</size>
    <open-size>900</open-size>
  </data>`;

const repomd = (...data: string[]): string => `<?xml version="1.0" encoding="UTF-8"?>
<repomd xmlns="http://linux.duke.edu/metadata/repo" xmlns:rpm="http://linux.duke.edu/metadata/rpm">
  <revision>9-stream</revision>
  ${data.join('\n  ')}
</repomd>
`;

const read = (text: string) => readRepomd(text, 'rocky/baseos');

describe('a repomd.xml', () => {
  test('names its files by type, packed and unpacked', () => {
    const { revision, files } = read(repomd(primary));

    expect(revision).toBe('9-stream');
    expect([...files]).toEqual([['primary', { path: `repodata/${digest}-primary.xml.gz`, size: 100, digest, open: { size: 900, digest: open } }]]);
  });

  test('is as old as the newest of its files', () => {
    const later = primary.replace('primary"', 'group"').replace('1736761560', '1736761570.75');

    const { date } = read(repomd(primary, later));

    expect(date.toISOString()).toBe('2025-01-13T09:46:10.000Z');
  });

  test('may name files that are not packed, and comments count for nothing', () => {
    const { files } = read(repomd(`<!-- ${primary.replaceAll('primary', 'hidden')} -->`, primary.replace(/<open-checksum.*?<\/open-checksum>/, '').replaceAll('"', "'")));

    expect([...files.values()].map((file) => file.open)).toEqual([undefined]);
    expect([...files.keys()]).toEqual(['primary']);
  });

  test('proves nothing by other digests than SHA-256', () => {
    const { files } = read(repomd(primary.replace('<checksum type="sha256"', '<checksum type="sha"')));

    expect(files.size).toBe(0);
  });

  test.each([
    ['a path that climbs', primary.replace('repodata/', '../../etc/'), 'lies outside the repository'],
    ['an absolute path', primary.replace('repodata/', '/etc/'), 'lies outside the repository'],
    ['another address', primary.replace('repodata/', 'https://example.org/'), 'lies outside the repository'],
    ['another base', primary.replace('<location ', '<location xml:base="https://example.org/" '), 'lies outside the repository'],
    ['no size', primary.replace(/<size>.*<\/size>/, ''), 'has no size'],
    ['no time', primary.replace(/<timestamp>.*<\/timestamp>/, ''), 'does not say when it was made'],
    ['CDATA', primary.replace('100', '<![CDATA[100]]>'), 'entities or CDATA'],
  ])('with %s is not trusted', (_, data, message) => {
    const reading = () => read(repomd(data));

    expect(reading).toThrow(expect.objectContaining({ code: 'untrusted', message: expect.stringContaining(message) }));
  });

  test('that is something else is not trusted', () => {
    expect(() => read('<html></html>')).toThrow(expect.objectContaining({ code: 'untrusted' }));
  });
});
