import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readDocument } from '../../../repo/core/document.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { keysAt } from '../../../repo/core/keys.ts';

const Schema = z.strictObject({
  name: z.string(),
  hosts: z.record(z.string(), z.strictObject({ port: z.int().optional(), address: z.string() })).default({}),
  rules: z.array(z.union([z.strictObject({ allow: z.string() }), z.strictObject({ deny: z.string() })])).optional(),
  free: z.record(z.string(), z.string()).optional(),
});

describe('keysAt', () => {
  test.each([
    [[], ['name', 'hosts', 'rules', 'free']],
    [['hosts', 'one'], ['port', 'address']],
    [['rules', 3], ['allow', 'deny']],
    [['free'], undefined],
    [['nowhere', 'at', 'all'], undefined],
  ])('at %j the schema knows %j', (path, keys) => {
    const found = keysAt(Schema, path);

    expect(found).toEqual(keys);
  });
});

test('a misspelt key is told with the nearest one that the schema knows', () => {
  const text = 'name: a\nhosts:\n  one:\n    adress: x\n    address: y\n';

  const read = () => readDocument(Schema, text, 'a.yml');

  expect(read).toThrow(Fault);
  expect(detailsOf(read)).toEqual(['a.yml:4:5  unknown key "adress", did you mean "address"?']);
});

function detailsOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    return (error as Fault).details;
  }
  return [];
}
