import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkWritable } from '../../../installer/wizard/save.ts';

let folder: string;

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'pgark-save-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('an inventory can be written into a folder that is yet to be made', async () => {
  await expect(checkWritable(join(folder, 'new', 'deeper', 'pgark.yml'))).resolves.toBeUndefined();
});

test.each([['taken', 'pgark.yml'], ['taken', 'deeper', 'pgark.yml']])('where it cannot be written, nobody is asked anything: %s/%s', async (...names) => {
  writeFileSync(join(folder, 'taken'), '');
  const file = join(folder, ...names);

  await expect(checkWritable(file)).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining(`${file}: `), hint: 'run as root, or give --output FILE' });
});
