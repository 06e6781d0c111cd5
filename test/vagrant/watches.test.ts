import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silent } from '../../repo/core/progress.ts';
import { allowWatches } from '../../vagrant/watches.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-watches-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function allowing(before: string): Promise<{ after: string; warnings: string[] }> {
  const file = join(folder, 'max_user_instances');
  const warnings: string[] = [];
  await writeFile(file, before);

  await allowWatches({ ...silent, warn: (text) => warnings.push(text) }, file);

  return { after: await readFile(file, 'utf8'), warnings };
}

test('a machine that allows too few watches allows enough, and it is told', async () => {
  const { after, warnings } = await allowing('128\n');

  expect(after).toBe('1024\n');
  expect(warnings).toEqual(['fs.inotify.max_user_instances of this machine was 128, too few for containers; it is 1024 until the next boot']);
});

test('a machine that allows more stays as it is, and nothing is told', async () => {
  expect(await allowing('8192\n')).toEqual({ after: '8192\n', warnings: [] });
});
