import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Fault } from './fault.ts';

/** Writes beside `path`, syncs, then renames: the old file or the new one is there, never half of one. */
export async function writeWhole(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = besideOf(path);
  try {
    const file = await open(beside, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    // open(2) applies the umask; the mode asked for is the mode given.
    await chmod(beside, mode);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** A name in the same folder, hence on the same filesystem, that nobody else uses. */
export function besideOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.part`);
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Reads a file the user named; a missing or unreadable one is a Fault that names it. `hint` is for one that is missing. */
export async function readGiven(path: string, hint?: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    const way = code === 'EACCES' ? 'run as root, or as its owner' : code === 'ENOENT' ? hint : undefined;
    throw new Fault('invalid', `${path}: ${readingErrors[code] ?? code}`, { ...(way && { hint: way }), cause: error });
  }
}

const readingErrors: Record<string, string> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
};
