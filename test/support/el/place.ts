import { mkdir, rename, rm } from 'node:fs/promises';
import { besideOf, exists } from '../../../repo/core/files.ts';

/** A folder that is made beside its place and goes there as a whole, unless it is there. When another process was quicker, its work is as good. */
export async function inPlace(place: string, make: (part: string) => Promise<void>): Promise<void> {
  if (await exists(place)) return;
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
