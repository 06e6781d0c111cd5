import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openDocument, readDocument, spell } from '../../../repo/core/document.ts';
import { Fault } from '../../../repo/core/fault.ts';

const Schema = z.strictObject({ version: z.string(), hosts: z.record(z.string(), z.strictObject({ port: z.int() })) });

const detailsOf = (text: string): readonly string[] => {
  try {
    readDocument(Schema, text, 'a.yml');
  } catch (error) {
    if (error instanceof Fault) return error.details;
    throw error;
  }
  return [];
};

test('every mistake is told at once, with its place', () => {
  const text = 'version: 17.10\nhosts:\n  a: { port: x }\n  b: { prot: 1, port: 2 }\n';

  const details = detailsOf(text);

  expect(details.map((line) => line.split('  ')[0])).toEqual(['a.yml:1:10', 'a.yml:3:14', 'a.yml:4:8']);
  expect(details[2]).toContain('unknown key "prot"');
});

test('an unquoted version is a number, and the reader is told where', () => {
  expect(detailsOf('version: 17.10\nhosts: {}\n')[0]).toMatch(/^a\.yml:1:10 {2}version: .*expected string/);
});

test('a key given twice is an error, since one would be lost', () => {
  expect(detailsOf('version: "1"\nversion: "2"\nhosts: {}\n')[0]).toMatch(/^a\.yml:2:1 /);
});

test('text that is no YAML is refused with its place', () => {
  expect(detailsOf('version: "1\n')[0]).toMatch(/^a\.yml:/);
});

test('an empty document is reported, not crashed on', () => {
  expect(detailsOf('').length).toBe(2);
});

test('where several forms are possible, the mistake is looked for in the one that was begun', () => {
  const forms = z.strictObject({ of: z.union([z.string(), z.strictObject({ about: z.string(), names: z.array(z.string()) })], 'a text, or an object') });
  const mistakesIn = (text: string) => {
    const result = forms.safeParse(openDocument(text, 'x.yml').value);
    return result.error!.issues.flatMap((issue) => openDocument(text, 'x.yml').explain(forms, issue)).map(spell);
  };

  expect(mistakesIn('of: { abot: x, about: x, names: [a, 1.0] }')).toEqual(['x.yml:1:37  of.names.1: expected string, which takes quotes: "1.0"', 'x.yml:1:7  unknown key "abot", did you mean "about"?']);
  expect(mistakesIn('of: 1')).toEqual(['x.yml:1:5  of: a text, or an object']);
});

test('what is missing is called missing, and one of few words is guessed', () => {
  const schema = z.strictObject({ about: z.string('a sentence'), missing: z.enum(['error', 'warn']) });

  const read = (): unknown => readDocument(schema, 'missing: wran\n', 'a.yml');

  expect(read).toThrow(expect.objectContaining({ details: ['a.yml:1:1  about: is missing', expect.stringMatching(/^a\.yml:1:10 {2}missing: .*did you mean "warn"\?$/)] }));
});

test('aliases that stand for more and more of themselves are refused', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]', ...['b', 'c', 'd', 'e'].map((name, place) => `${name}: &${name} [${Array(9).fill(`*${'abcd'[place]}`).join(', ')}]`)].join('\n');

  expect(() => openDocument(bomb, 'a.yml')).toThrow('a.yml cannot be read');
});

describe('an open document', () => {
  const document = openDocument('a:\n  b: [1, 17.10]\n', 'x.yml');

  test('knows where values and keys stand', () => {
    expect(document.valueAt(['a', 'b', 1])).toEqual({ file: 'x.yml', line: 2, column: 10 });
    expect(document.keyAt(['a', 'b'])).toEqual({ file: 'x.yml', line: 2, column: 3 });
  });

  test('says that a number has lost its quotes', () => {
    const schema = z.array(z.string());
    const { issues } = schema.safeParse([' ', 17.1]).error!;

    expect(issues.flatMap((issue) => document.explain(schema, issue, ['a', 'b'])).map(spell)).toEqual(['x.yml:2:10  b.1: expected string, which takes quotes: "17.10"']);
  });

  test('takes no value with a tag that nobody knows', () => {
    expect(() => openDocument('password: !vault secret\n', 'x.yml')).toThrow('x.yml cannot be read');
  });
});
