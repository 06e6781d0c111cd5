import { createHash } from 'node:crypto';
import { digestOf } from '../../../repo/core/digest.ts';
import type { Signer } from '../../../repo/core/signature.ts';
import { dependencyTags, signatureTags, tags } from '../../../repo/rpm/tags.ts';
import { readSignature } from 'openpgp';

/** A value of a header as it is written: the type decides. */
export type Value = { type: 'int16' | 'int32'; numbers: number[] } | { type: 'text' | 'translated' | 'texts'; texts: string[] } | { type: 'bytes'; bytes: Buffer };

export const text = (...texts: string[]): Value => ({ type: 'text', texts });
export const texts = (...each: string[]): Value => ({ type: 'texts', texts: each });
export const int32 = (...numbers: number[]): Value => ({ type: 'int32', numbers });

export const payload = Buffer.from('whatever a package contains');

/** What the header of a small package says; `change` adds to it, or takes away. */
export function headerOf(change: Record<number, Value | undefined> = {}): Record<number, Value | undefined> {
  return {
    100: texts('C'),
    [tags.name]: text('alpha'),
    [tags.version]: text('1.0'),
    [tags.release]: text('2.el9'),
    [tags.epoch]: int32(1),
    [tags.summary]: { type: 'translated', texts: ['A <small> package'] },
    [tags.arch]: text('noarch'),
    [tags.size]: int32(8),
    [tags.sourceRpm]: text('alpha-1.0-2.el9.src.rpm'),
    [dependencyTags.provides.name]: texts('alpha', 'alpha-api'),
    [dependencyTags.provides.flags]: int32(8, 8),
    [dependencyTags.provides.version]: texts('1:1.0-2.el9', '3'),
    [dependencyTags.requires.name]: texts('/bin/sh', '/etc/alpha', 'alpha-api', 'libc.so.6()(64bit)', 'libc.so.6(GLIBC_2.34)(64bit)', 'libc.so.6(GLIBC_2.4)(64bit)', 'libc.so.6(GLIBC_ABI_DT_RELR)(64bit)', 'rpmlib(FileDigests)', 'shadow-utils'),
    [dependencyTags.requires.flags]: int32(0x500, 0, 8, 0, 0, 0, 0, 0x0100000a, 0x20c),
    [dependencyTags.requires.version]: texts('', '', '3', '', '', '', '', '4.6.0-1', '4.5'),
    [tags.fileModes]: { type: 'int16', numbers: [0x81a4, 0x41ed, 0x81a4] },
    [tags.fileFlags]: int32(1, 0, 0x40),
    [tags.dirIndexes]: int32(0, 1, 2),
    [tags.baseNames]: texts('alpha', 'alpha', 'log & more'),
    [tags.dirNames]: texts('/etc/', '/usr/share/', '/var/alpha/'),
    [tags.changelogTime]: int32(200, 100),
    [tags.changelogName]: texts('B <b@b>', 'A <a@a>'),
    [tags.changelogText]: texts('- second', '- first'),
    [tags.payloadCompressor]: text('zstd'),
    [tags.payloadDigest]: texts(createHash('sha256').update(payload).digest('hex')),
    [tags.payloadDigestAlgorithm]: int32(8),
    ...change,
  };
}

/** The metadata entry of that package, as createrepo_c would write it. */
export function stanzaOf(file: Uint8Array): string {
  return `<package type="rpm">
  <name>alpha</name>
  <arch>noarch</arch>
  <version epoch="1" ver="1.0" rel="2.el9"/>
  <checksum type="sha256" pkgid="YES">${digestOf(file)}</checksum>
  <size package="${file.length}" installed="8" archive="0"/>
  <location xml:base="https://example.org/x" href="a/alpha.rpm"/>
  <format>
    <rpm:provides>
      <rpm:entry name="alpha" flags="EQ" epoch="1" ver="1.0" rel="2.el9"/>
      <rpm:entry name="alpha-api" flags="EQ" epoch="0" ver="3"/>
    </rpm:provides>
    <rpm:requires>
      <rpm:entry name="/bin/sh" pre="1"/>
      <rpm:entry name="shadow-utils" flags="GE" epoch="0" ver="4.5" pre="1"/>
      <rpm:entry name="libc.so.6(GLIBC_2.34)(64bit)"/>
    </rpm:requires>
    <file>/etc/alpha</file>
  </format>
</package>`;
}

export const claimOf = (file: Uint8Array) => ({ name: 'alpha', version: '1:1.0-2.el9', arch: 'noarch', size: file.length, digest: digestOf(file), stanza: stanzaOf(file) });

/** Binds a header into a file; `signing` are the entries of the signature header. */
export function fileOf(header: Buffer, signing: Record<number, Value> = { [signatureTags.sha256]: text(digestOf(header)) }): Buffer {
  const lead = Buffer.alloc(96);
  lead.writeUInt32BE(0xedabeedb, 0);
  lead.writeUInt8(3, 4);
  lead.writeUInt16BE(5, 78);
  const signature = structureOf(tags.signatureRegion, signing);
  return Buffer.concat([lead, signature, Buffer.alloc((8 - (signature.length % 8)) % 8), header, payload]);
}

/** A whole package, its header signed. */
export async function signedFile(signer: Signer, date: Date, header = structureOf(tags.headerRegion, headerOf())): Promise<Buffer> {
  return fileOf(header, { [signatureTags.rsaHeader]: { type: 'bytes', bytes: await binarySignature(signer, header, date) }, [signatureTags.sha256]: text(digestOf(header)) });
}

export async function binarySignature(signer: Signer, content: Uint8Array, date: Date): Promise<Buffer> {
  return Buffer.from((await readSignature({ armoredSignature: await signer.detached(content, date) })).write() as Uint8Array);
}

/** A header structure, its region over all of it. */
export function structureOf(region: number, values: Record<number, Value | undefined>): Buffer {
  const entries = Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== undefined);
  const rows: Buffer[] = [];
  const parts: Buffer[] = [];
  let size = 0;
  for (const [tag, value] of entries) {
    const { type, width } = forms[value.type];
    const gap = (width - (size % width)) % width;
    const content = bytesOf(value);
    rows.push(row(Number(tag), type, size + gap, 'texts' in value ? value.texts.length : content.length / width));
    parts.push(Buffer.alloc(gap), content);
    size += gap + content.length;
  }
  const trailer = row(region, 7, -16 * (rows.length + 1), 16);
  const preamble = Buffer.alloc(16);
  preamble.write('8eade80100000000', 'hex');
  preamble.writeUInt32BE(rows.length + 1, 8);
  preamble.writeUInt32BE(size + 16, 12);
  return Buffer.concat([preamble, row(region, 7, size, 16), ...rows, ...parts, trailer]);
}

const forms = { int16: { type: 3, width: 2 }, int32: { type: 4, width: 4 }, text: { type: 6, width: 1 }, bytes: { type: 7, width: 1 }, texts: { type: 8, width: 1 }, translated: { type: 9, width: 1 } };

function bytesOf(value: Value): Buffer {
  if ('texts' in value) return Buffer.from(value.texts.map((each) => `${each}\0`).join(''));
  if ('bytes' in value) return value.bytes;
  const { width } = forms[value.type];
  const content = Buffer.alloc(width * value.numbers.length);
  value.numbers.forEach((number, place) => content.writeUIntBE(number, place * width, width));
  return content;
}

function row(...numbers: [number, number, number, number]): Buffer {
  const content = Buffer.alloc(16);
  numbers.forEach((number, place) => content.writeInt32BE(number, place * 4));
  return content;
}
