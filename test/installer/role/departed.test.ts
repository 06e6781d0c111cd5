import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { departed } from '../../../installer/role/departed.ts';
import { ours } from '../../../installer/role/text.ts';
import { spawn } from '../../../installer/transport/spawn.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'pgark-departed-'));
  await mkdir(join(root, 'etc/systemd/system'), { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

const check = async (): Promise<number> => (await spawn(['env', '-i', 'PATH=/usr/bin:/bin', ...departed('some.service').check.argv.map((word) => word.replace('/etc/', `${root}/etc/`))], '')).code;

test.each([
  ['a unit of ours is in the way', `${ours}\n[Unit]\n`, 1],
  ['a unit that others wrote is none of our business', '[Unit]\n', 0],
  ['an empty file is none of ours', '', 0],
])('%s', async (_fact, text, code) => {
  await writeFile(join(root, 'etc/systemd/system/some.service'), text);

  expect(await check()).toBe(code);
});

test('where there is no unit there is nothing to do', async () => {
  expect(await check()).toBe(0);
});
