import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { jsonSchemas } from '../../../builder/manifest/schemas.ts';
import { violations } from '../../support/json-schema.ts';

const manifests = resolve(import.meta.dirname, '../../../manifests');
const kinds: Readonly<Record<string, string>> = { sources: 'source', components: 'module', extensions: 'category', bundles: 'bundle', baselines: 'baseline' };

const files = [
  ...['distros', 'groups'].map((name) => ({ file: `${name}.yml`, schema: `schema/${name}.json`, name })),
  ...Object.entries(kinds).flatMap(([folder, name]) => readdirSync(join(manifests, folder)).filter((file) => file.endsWith('.yml')).sort().map((file) => ({ file: `${folder}/${file}`, schema: `../schema/${name}.json`, name }))),
];

const schemas = jsonSchemas();
const read = (path: string): string => readFileSync(join(manifests, path), 'utf8');
const check = (name: string, value: unknown): string[] => violations(JSON.parse(schemas.get(`${name}.json`)!) as Record<string, unknown>, value);

describe('the JSON Schemas for editors', () => {
  test('are those that the manifests are read with; "npm run schemas" writes them anew', () => {
    const written = readdirSync(join(manifests, 'schema')).sort().map((name) => [name, read(`schema/${name}`)]);

    expect(written).toEqual([...schemas].toSorted());
  });

  test('are the same bytes every time', () => {
    expect([...jsonSchemas()]).toEqual([...schemas]);
  });

  test.each(files)('are named by $file in its first line, and accept it', ({ file, schema, name }) => {
    const text = read(file);

    expect(text.split('\n', 1)[0]).toBe(`# yaml-language-server: $schema=${schema}`);
    expect(check(name, parse(text))).toEqual([]);
  });

  test.each([
    ['a misspelt key', 'groups: { x: { abuot: x, about: x } }', 'groups', '/groups/x/abuot: unknown key'],
    ['a missing key', 'groups: { x: { components: [a] } }', 'groups', '/groups/x: without about'],
    ['an unquoted version', "name: x\nversion: 17.10\nabout: x\nsources: [debian]\ntargets: [d12]\npg: ['17']\n", 'bundle', '/version: not of type string'],
    ['an unquoted major', "name: x\nversion: '1'\nabout: x\nsources: [debian]\ntargets: [d12]\npg: [17]\n", 'bundle', '/pg/0: not of type string'],
    ['a value that is none of those known', "name: x\nversion: '1'\nabout: x\nsources: [debian]\ntargets: [d12]\nmissing: ignore\n", 'bundle', '/missing: not one of error, warn, skip'],
    ['a row that is not one', 'category: x\nabout: x\nextensions: { a: { about: x, license: MIT, language: C, published: [d12 pgdg 18] } }\n', 'category', '/extensions/a/published/0: does not match '],
  ])('find %s', (_what, text, name, mistake) => {
    expect(check(name, parse(text))).toEqual([expect.stringContaining(mistake)]);
  });

  test('say of what is written by hand what it is for', () => {
    const bundle = JSON.parse(schemas.get('bundle.json')!) as { properties: Record<string, { description?: string }> };

    expect(Object.entries(bundle.properties).filter(([, { description }]) => description === undefined)).toEqual([]);
  });
});
