import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { digestOf, isDigest } from '../../../repo/core/digest.ts';
import { nearest } from '../../../repo/core/nearest.ts';
import { each } from '../../../repo/core/progress.ts';
import { Secret } from '../../../repo/core/secret.ts';

test('a secret shows itself to nobody who does not ask by name', () => {
  const secret = new Secret('hunter2');

  const seen = [`${secret}`, JSON.stringify({ secret }), inspect(secret), inspect({ deep: { secret } })].join(' ');

  expect(seen).not.toContain('hunter2');
  expect(secret.reveal()).toBe('hunter2');
});

test.each([
  ['pg_verion', 'pg_version'],
  ['pgversion', 'pg_version'],
  ['node_tune', 'node_tune'],
  ['zzzzzz', undefined],
])('%s most likely means %s', (name, expected) => {
  expect(nearest(name, ['pg_version', 'pg_cluster', 'node_tune'])).toBe(expected);
});

test('results stand in the order of the items, whatever ends first', async () => {
  const results = await each([30, 1, 10], 3, async (wait) => {
    await new Promise((resolve) => setTimeout(resolve, wait));
    return wait;
  });

  expect(results).toEqual([30, 1, 10]);
});

test('the first failure stops new starts and is thrown', async () => {
  const started: number[] = [];

  const attempt = each([1, 2, 3, 4], 1, async (item) => {
    started.push(item);
    if (item === 2) throw new Error('two');
  });

  await expect(attempt).rejects.toThrow('two');
  expect(started).toEqual([1, 2]);
});

test('a digest is the SHA-256 in lower case', () => {
  expect(digestOf('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(isDigest(digestOf('x'))).toBe(true);
  expect(isDigest('E3')).toBe(false);
});
