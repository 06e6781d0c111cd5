/** The same numbers for the same seed: below a limit. */
export type Roll = (below: number) => number;

/** mulberry32: small, and without the short cycles of its low bits that a plain congruence has. */
export function roller(seed: number): Roll {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A document changed in one to four places; `phrases` are what its readers may stumble over. The same for the same seed. */
export function mutate(content: Buffer, seed: number, phrases: readonly Buffer[]): Buffer {
  const roll = roller(seed);
  let changed: Buffer = Buffer.from(content);
  for (let times = 1 + roll(4); times > 0; times--) changed = changes[roll(changes.length)]!(changed, roll, phrases);
  return changed;
}

type Change = (content: Buffer, roll: Roll, phrases: readonly Buffer[]) => Buffer;

const changes: readonly Change[] = [flip, flip, overwrite, truncate, remove, repeat, move, insert, insert, insert, replace];

function flip(content: Buffer, roll: Roll): Buffer {
  for (let times = 1 + roll(8); times > 0 && content.length > 0; times--) content[roll(content.length)]! ^= 1 << roll(8);
  return content;
}

const telling = [0x00, 0x09, 0x0a, 0x20, 0x22, 0x26, 0x27, 0x28, 0x29, 0x2d, 0x2f, 0x3a, 0x3c, 0x3d, 0x3e, 0x7f, 0x80, 0xc0, 0xff];

function overwrite(content: Buffer, roll: Roll): Buffer {
  for (let times = 1 + roll(4); times > 0 && content.length > 0; times--) content[roll(content.length)] = telling[roll(telling.length)]!;
  return content;
}

function truncate(content: Buffer, roll: Roll): Buffer {
  return content.subarray(0, roll(3) === 0 ? roll(content.length + 1) : Math.max(0, content.length - roll(200)));
}

function remove(content: Buffer, roll: Roll): Buffer {
  const { from, to } = chunk(content, roll);
  return Buffer.concat([content.subarray(0, from), content.subarray(to)]);
}

function repeat(content: Buffer, roll: Roll): Buffer {
  const { from, to } = chunk(content, roll);
  return Buffer.concat([content.subarray(0, to), ...Array.from({ length: 1 + roll(3) }, () => content.subarray(from, to)), content.subarray(to)]);
}

function move(content: Buffer, roll: Roll): Buffer {
  const { from, to } = chunk(content, roll);
  return splice(remove(content, () => 0), roll, content.subarray(from, to));
}

function insert(content: Buffer, roll: Roll, phrases: readonly Buffer[]): Buffer {
  return splice(content, roll, phrases[roll(phrases.length)]!);
}

/** Puts a phrase in the place of what stands between two quotes, two tags or two ends of lines. */
function replace(content: Buffer, roll: Roll, phrases: readonly Buffer[]): Buffer {
  const [begin, end] = ([['"', '"'], ['>', '<'], [': ', '\n']] as const)[roll(3)]!;
  const from = content.indexOf(begin, roll(content.length + 1));
  const to = from < 0 ? -1 : content.indexOf(end, from + begin.length);
  if (to < 0) return content;
  return Buffer.concat([content.subarray(0, from + begin.length), phrases[roll(phrases.length)]!, content.subarray(to)]);
}

/** At a place where something begins, more often than anywhere. */
function splice(content: Buffer, roll: Roll, piece: Buffer): Buffer {
  const anywhere = roll(content.length + 1);
  const mark = [0x3c, 0x22, 0x0a, 0x3e][roll(4)]!;
  const at = roll(4) === 0 ? anywhere : Math.max(0, content.indexOf(mark, anywhere));
  return Buffer.concat([content.subarray(0, at), piece, content.subarray(at)]);
}

function chunk(content: Buffer, roll: Roll): { from: number; to: number } {
  const from = roll(content.length + 1);
  return { from, to: Math.min(content.length, from + roll([8, 100, 2000][roll(3)]!)) };
}

const times = (text: string, count: number): string => text.repeat(count);

/** What XML allows, or nearly, and repodata has not; and what is larger than anything in it. */
export const xmlPhrases: readonly Buffer[] = [
  '<!-- -->', '<!--', '-->', '<![CDATA[', ']]>', '<?xml version="1.1"?>', '<?x', '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>', '&d;', '&#0;', '&#x0;', '&#xD800;', '&#x110000;', `&#${times('9', 400)};`, `&#${times('1', 100_000)}`,
  '&amp', '&nbsp;', '"', "'", '<', '>', '/>', '</', '=', '\0', '\r\n', '﻿', '<package type="rpm">', '<package>', '</package>', '<metadata packages="1">', '</metadata>', '<metadata>', '<repomd>', '</repomd>', '<data type="primary">', '</data>', '<name/>', '<name></name>', '<arch>',
  '<version/>', '<location href="../../x"/>', '<location xml:base="file:///" href="x"/>', '<checksum type="md5">', '<rpm:entry name="x"/>', '<rpm:entry name=""/>', '<rpm:entry flags="EQ" name="x"/>', '<rpm:entry flags="XX" ver="1" name="x"/>', '<rpm:requires>', '</rpm:requires>', '<rpm:conflicts>',
  '(a or b)', '(a xor b)', '(a if (b and c) else (d or e))', times('(', 20_000), `(${times('a or ', 5000)}a)`, `(a${times(' with (b or c)', 60)})`, `(${times('(a and b) or ', 40)}c)`, `(x if (${times('(a or b) and ', 40)}c))`, '-1', 'NaN', '1e400', times('9', 40), times('1:', 50), times('~', 2000), times('a.', 2000),
  times('<a>', 20_000), times('<data >', 20_000), times('<group>', 20_000), times('<package type="rpm">', 2000), times('<update >', 5000), times('<package >', 5000), `<x ${times('y', 300_000)}`, `<rpm:entry name="${times('z', 300_000)}"/>`, `<version ${times('a="b" ', 20_000)}/>`, times(' ', 200_000), times('<!', 5000), times('&amp;', 20_000),
].map((text) => Buffer.from(text)).concat([Buffer.from([0xff, 0xfe]), Buffer.from([0xc0, 0x80]), Buffer.from([0xed, 0xa0, 0x80]), Buffer.alloc(1000), Buffer.alloc(1000, 0xff)]);

/** The same for YAML. */
export const yamlPhrases: readonly Buffer[] = [
  '---\n', '...\n', '--- |\n', '%YAML 1.3\n---\n', '&a ', '*a', '*b', '&a [*a, *a]', 'x: &a [&b [&c [x, x, x, x, x, x, x, x], *c, *c, *c, *c, *c, *c, *c, *c], *b, *b, *b, *b, *b, *b, *b, *b]\ny: [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n', '<<: *a\n', '? x\n', '? [a]\n: b\n', '!!binary x', '!!map', '!x ', '\t', '\0',
  '﻿', "'", '"', '|', '>', '- ', ': ', ':', '#', '{', '}', '[', ']', 'null', '~', '2', '3', 'document: modulemd\n', 'document: modulemd-defaults\n', 'version: 3\n', 'data:\n', 'data: []\n', 'name:\n', 'stream: 1\n', 'rpms: x\n', 'dependencies: x\n', 'requires: []\n', '__proto__: x\n', '  __proto__:\n    rpms: [x]\n', 'constructor: x\n',
  times('[', 5000), times('{', 5000), times('- ', 5000), times('? ', 2000), times('a: ', 2000), times('- x\n', 5000), times('---\n', 5000), times('x', 300_000), times(' ', 200_000), times('*a ', 5000), times('&a ', 2000), times('\n', 100_000), times('"', 10_000),
].map((text) => Buffer.from(text)).concat([Buffer.from([0xff, 0xfe]), Buffer.from([0xed, 0xa0, 0x80]), Buffer.alloc(1000)]);
