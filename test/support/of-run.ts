import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { besideOf, exists } from '../../repo/core/files.ts';
import { isAlive } from '../../repo/core/process.ts';
import { cache } from '../../vagrant/places.ts';
import { locked } from '../../vagrant/locked.ts';

/** A folder that is made once in a run of tests, whichever of its processes is first, and is gone when a later run looks. */
export async function ofRun(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const runs = join(cache, 'runs');
  // The process of vitest itself, which has those of the test files.
  const folder = join(runs, String(process.ppid), name);
  await mkdir(join(folder, '..'), { recursive: true });
  await locked(`${folder}.lock`, async () => {
    if (await exists(folder)) return;
    for (const other of await readdir(runs)) if (!isAlive(Number(other))) await rm(join(runs, other), { recursive: true, force: true });
    const part = besideOf(folder);
    await mkdir(part);
    await make(part);
    await rename(part, folder);
  });
  return folder;
}
