import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { readPlain } from '../../../repo/core/plain.ts';

const folder = resolve(import.meta.dirname, '../../../manifests');
const manifests = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yml')).sort().map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));

/** What the parser of all of YAML makes of it; undefined where it has something to say. */
function readExactly(text: string): unknown {
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true });
  return document.errors.length + document.warnings.length > 0 ? undefined : document.toJS();
}

describe('the law "agreed": what is read here is read as the parser of all of YAML reads it', () => {
  test('every manifest of this project, whole', () => {
    const beyond = manifests.filter(({ text }) => readPlain(text) === undefined).map(({ name }) => name);
    const different = manifests.filter(({ text }) => !isDeepStrictEqual(readPlain(text), readExactly(text))).map(({ name }) => name);

    expect({ beyond, different }).toEqual({ beyond: [], different: [] });
    expect(manifests.length).toBeGreaterThan(50);
  });

  test('pieces of them, with mistakes of every kind', () => {
    const next = random(20261122);
    let read = 0;
    const different: string[] = [];

    for (let round = 0; round < 5000; round++) {
      const text = spoil(piece(manifests[next(manifests.length)]!.text, next), next);
      const plain = readPlain(text);
      if (plain === undefined) continue;
      read++;
      // The order of keys counts too.
      if (JSON.stringify(plain) !== JSON.stringify(readExactly(text))) different.push(text);
    }

    expect(different).toEqual([]);
    expect(read).toBeGreaterThan(500);
  });
});

describe('read', () => {
  test.each([
    ['a: b', { a: 'b' }],
    ["a: 'it''s' # so\nb: \"c # d\"", { a: "it's", b: 'c # d' }],
    ['a: 17\nb: 17.10\nc: true\nd: null\ne: 3.6.4\nf: 14-18', { a: 17, b: 17.1, c: true, d: null, e: '3.6.4', f: '14-18' }],
    ['a:\n- b\n- c: d\n  e: [f, { g: h }]\ni: {}', { a: ['b', { c: 'd', e: ['f', { g: 'h' }] }], i: {} }],
    ['a: [b,\n  c,   # why\n\n  d]\n', { a: ['b', 'c', 'd'] }],
    ['- https://example.org/a#b\n- el pgdg 14-18 1.0', ['https://example.org/a#b', 'el pgdg 14-18 1.0']],
    ['constructor: a\n', { constructor: 'a' }],
  ])('%j', (text, value) => {
    expect(readPlain(text)).toStrictEqual(value);
    expect(readExactly(text)).toStrictEqual(value);
  });
});

describe('left to the other parser', () => {
  test.each([
    ['nothing at all', ''],
    ['a key given twice', 'a: 1\na: 2'],
    ['a key given twice in braces', 'a: { b: 1, b: 2 }'],
    ['a tag', 'a: !vault b'],
    ['an anchor and an alias', 'a: &b c\nd: *b'],
    ['a merge', '<<: { a: b }'],
    ['a block scalar', 'a: |\n  b'],
    ['a scalar on two lines', 'a: b\n  c'],
    ['an escape', 'a: "b\\n"'],
    ['a tab', 'a:\tb'],
    ['a carriage return', 'a: b\r\nc: d'],
    ['a second document', 'a: b\n---\nc: d'],
    ['a key that is no string', 'a: { 1: b }'],
    ['a key with a meaning for objects', '__proto__: { a: b }'],
    ['a number in an unusual spelling', 'a: 0x10'],
    ['a key without a value', 'a:\nb: c'],
    ['brackets that do not end', 'a: [b, c'],
    ['a comma at the end', 'a: [b, ]'],
    ['a colon too many', 'a: b: c'],
    ['a line that stands too far left', '  a: b\nc: d'],
    ['brackets without end', `a: ${'['.repeat(100_000)}`],
    ['text that is no mapping', 'just words'],
  ])('%s', (_, text) => {
    expect(readPlain(text)).toBeUndefined();
  });
});

/** A linear congruential generator: the same pieces and mistakes every time. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

/** Some lines, moved to the left margin. */
function piece(text: string, next: (below: number) => number): string {
  const from = next(text.split('\n').length);
  const lines = text.split('\n').slice(from, from + 1 + next(14));
  const margin = lines[0]!.length - lines[0]!.trimStart().length;
  return lines.map((line) => line.slice(Math.min(margin, line.length - line.trimStart().length))).join('\n');
}

const bits = ['\n', '\n  ', '\n    ', ' ', '  ', ':', ': ', '-', '- ', '#', ' #', '{', '}', '[', ']', ',', ', ', "'", '"', '|', '>', '&a', '*a', '!x', '~', '1', '1.5', '0x1', '1e3', '.5', 'true', 'null', '? ', 'a: ', 'b: 1\n', '%', '@', '`', '\\', '---', '...', 'é', '<<: ', '\t', '(', '/', '+', '='];

/** Takes something out, puts something in, or repeats something, a few times. */
function spoil(text: string, next: (below: number) => number): string {
  let spoilt = text;
  for (let times = next(4); times >= 0; times--) {
    const at = next(spoilt.length + 1);
    const from = next(spoilt.length + 1);
    const kind = next(4);
    if (kind === 0) spoilt = spoilt.slice(0, at) + spoilt.slice(at + 1 + next(3));
    else if (kind === 1) spoilt = spoilt.slice(0, at) + spoilt.slice(from, from + next(12)) + spoilt.slice(at);
    else spoilt = spoilt.slice(0, at) + bits[next(bits.length)] + spoilt.slice(at);
  }
  return spoilt;
}
