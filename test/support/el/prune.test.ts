import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prune } from './prune.ts';

const now = Date.parse('2026-01-02T12:00:00Z');
const kind = /^el9-\d$/;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-prune-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Folders that were used so many minutes ago, and what is left of them. */
async function left(minutes: Readonly<Record<string, number>>, grounds: readonly string[] = []): Promise<string[]> {
  for (const [name, ago] of Object.entries(minutes)) {
    await mkdir(join(folder, name, 'root'), { recursive: true });
    await writeFile(join(folder, name, 'root/file'), '');
    await utimes(join(folder, name), now / 1000, now / 1000 - ago * 60);
  }
  await prune(folder, kind, grounds.map((name) => join(folder, name)), now);
  return readdir(folder).then((names) => names.toSorted());
}

test('the two that were used last stay', async () => {
  expect(await left({ 'el9-1': 500, 'el9-2': 300, 'el9-3': 400, 'el9-4': 900 })).toEqual(['el9-2', 'el9-3']);
});

test('whatever was used within an hour stays', async () => {
  expect(await left({ 'el9-1': 10, 'el9-2': 30, 'el9-3': 59, 'el9-4': 61 })).toEqual(['el9-1', 'el9-2', 'el9-3']);
});

test('what a host lies on stays', async () => {
  expect(await left({ 'el9-1': 500, 'el9-2': 300, 'el9-3': 900, 'el9-4': 900 }, ['el9-4/root', 'el9-33/root'])).toEqual(['el9-1', 'el9-2', 'el9-4']);
});

test('what was never finished goes, once nobody can be at it any more', async () => {
  expect(await left({ '.el9-1.0123abcd.part': 300, '.el9-2.0123abcd.part': 30, '.other.0123abcd.part': 300 })).toEqual(['.el9-2.0123abcd.part', '.other.0123abcd.part']);
});

test('folders of another kind stay', async () => {
  expect(await left({ 'bookworm-1': 900, 'el9-1.lock': 900, 'el9-1': 900, 'el9-2': 900, 'bookworm-2': 900, 'bookworm-3': 900 })).toEqual(['bookworm-1', 'bookworm-2', 'bookworm-3', 'el9-1', 'el9-1.lock', 'el9-2']);
});
