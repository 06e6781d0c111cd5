import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../repo/core/fault.ts';
import { exists } from '../../repo/core/files.ts';

/** The files that a deployment cannot do without and that are not there; all of them where there is no vault yet. The key of an authority may be kept elsewhere. */
export async function missingFrom(folder: string): Promise<string[]> {
  const names = ['secrets.json', 'authority.key', 'authority.crt'];
  const there = await Promise.all(names.map((name) => exists(join(folder, name))));
  const missing = names.filter((_, index) => !there[index]);
  return missing.includes('authority.crt') ? missing : missing.filter((name) => name !== 'authority.key');
}

/**
 * A vault that has issued certificates has been whole: what it lacks now was lost, and is not made anew.
 * @throws Fault invalid with the files that were lost
 */
export async function refuseLoss(folder: string): Promise<void> {
  const missing = await missingFrom(folder);
  if (missing.length > 0 && (await issuedIn(folder)) > 0) throw lost(folder, missing, 'and holds certificates that were issued with them');
}

/** New ones would lock out everybody who has the old ones, and the backups could not be read any more. */
export function lost(folder: string, missing: readonly string[], because: string): Fault {
  return new Fault('invalid', `${folder} lacks ${missing.join(', ')}, ${because}`, {
    details: ['new passwords, a new authority and a new passphrase would break the running deployment, and its backups could not be read'],
    hint: `put ${folder} back from a backup`,
  });
}

async function issuedIn(folder: string): Promise<number> {
  try {
    return (await readdir(join(folder, 'issued'))).length;
  } catch (error) {
    if (['ENOENT', 'EACCES'].includes((error as NodeJS.ErrnoException).code!)) return 0;
    throw error;
  }
}
