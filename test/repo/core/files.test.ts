import { mkdtemp, readdir, readFile, rm, stat, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Fault } from '../../../repo/core/fault.ts';
import { readGiven, writeWhole } from '../../../repo/core/files.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-files-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('a file is written whole, with the mode asked for', async () => {
  const path = join(folder, 'deep', 'file');

  await writeWhole(path, 'text', 0o640);

  expect(await readFile(path, 'utf8')).toBe('text');
  expect((await stat(path)).mode & 0o777).toBe(0o640);
});

test('a write that fails leaves the old state and nothing beside it', async () => {
  const path = join(folder, 'taken');
  await mkdir(path);
  await writeFile(join(path, 'inside'), '');

  const attempt = writeWhole(path, 'text');

  await expect(attempt).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['taken']);
});

test('a missing file that the user named is a fault that names it', async () => {
  const attempt = readGiven(join(folder, 'absent.yml'), 'pgark configure');

  await expect(attempt).rejects.toBeInstanceOf(Fault);
  await expect(attempt).rejects.toMatchObject({ code: 'invalid', hint: 'pgark configure', message: expect.stringContaining('absent.yml: no such file') });
});

test('advice for a missing file is not given for one that is there', async () => {
  const attempt = readGiven(folder, 'pgark configure');

  await expect(attempt).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('is a directory'), hint: undefined });
});
