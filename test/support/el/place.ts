import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { besideOf, exists } from '../../../repo/core/files.ts';
import { locked } from '../../../vagrant/locked.ts';
import { groundsOfHosts, prune, use } from './prune.ts';

/**
 * A folder that is made beside its place and goes there as a whole, unless it is there. When another process was quicker, its work
 * is as good. Earlier ones of its kind are thrown away once nobody uses them.
 */
export async function inPlace(place: string, kind: RegExp, make: (part: string) => Promise<void>): Promise<void> {
  await locked(`${place}.lock`, async () => ((await exists(place)) ? use(place) : made(place, make)));
  await prune(dirname(place), kind, await groundsOfHosts());
}

async function made(place: string, make: (part: string) => Promise<void>): Promise<void> {
  const part = besideOf(place);
  await mkdir(part, { recursive: true });
  try {
    await make(part);
    await rename(part, place);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}
