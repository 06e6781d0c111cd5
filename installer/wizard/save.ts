import { access, chmod, constants, copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../../repo/core/fault.ts';
import { exists, writeWhole } from '../../repo/core/files.ts';

export interface Saved {
  inventory: string;
  /** Whether there was something to write. */
  changed: boolean;
  /** The copy of the one that was there before. */
  backup?: string;
}

/** The text of an inventory that is there, or undefined. */
export async function readPrevious(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'EACCES' || code === 'EISDIR') throw unwritable(file, code, error);
    throw error;
  }
}

/**
 * Looks whether an inventory could be written there, before anybody is asked anything.
 * @throws Fault invalid
 */
export async function checkWritable(file: string): Promise<void> {
  try {
    let folder = dirname(file);
    while (!(await exists(folder)) && folder !== dirname(folder)) folder = dirname(folder);
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(file, (error as NodeJS.ErrnoException).code!, error);
  }
}

/** Writes the inventory, 0600. One that was there before is copied to FILE.1.bak, FILE.2.bak … first. */
export async function saveInventory(file: string, text: string): Promise<Saved> {
  const previous = await readPrevious(file);
  if (previous === text) return { inventory: file, changed: false };
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const backup = previous === undefined ? undefined : await keep(file);
    await writeWhole(file, text, 0o600);
    return { inventory: file, changed: true, ...(backup !== undefined && { backup }) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EROFS' || code === 'ENOSPC' || code === 'ENOTDIR') throw unwritable(file, code, error);
    throw error;
  }
}

async function keep(file: string): Promise<string> {
  for (let number = 1; ; number++) {
    const backup = `${file}.${number}.bak`;
    if (await exists(backup)) continue;
    await copyFile(file, backup, constants.COPYFILE_EXCL);
    await chmod(backup, 0o600);
    return backup;
  }
}

const unwritable = (file: string, code: string, cause: unknown): Fault => new Fault('invalid', `${file}: ${reasons[code] ?? code}`, { hint: 'run as root, or give --output FILE', cause });

const reasons: Record<string, string> = { EACCES: 'permission denied', EISDIR: 'is a directory', EROFS: 'the filesystem is read-only', ENOSPC: 'no space left', ENOTDIR: 'its folder is no folder' };
