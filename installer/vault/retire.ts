import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDocument } from '../../repo/core/document.ts';
import { writeWhole } from '../../repo/core/files.ts';
import { readSecrets } from './folder.ts';

/** What nobody in the deployment needs any more. */
export interface Retiring {
  secrets: readonly string[];
  certificates: readonly string[];
  /** The name of the file that keeps the secrets: backups that are kept cannot be read without theirs. */
  stamp: string;
}

/**
 * Takes secrets out of a vault and keeps them in `retired/STAMP.json`; certificates go with their keys. What is not there is passed over.
 * Answers with the file, where there is one.
 */
export async function retire(folder: string, { secrets, certificates, stamp }: Retiring): Promise<string | undefined> {
  const kept = await readSecrets(join(folder, 'secrets.json'));
  const going = [...kept].filter(([name]) => secrets.includes(name));
  const file = join(folder, 'retired', `${stamp}.json`);
  if (going.length > 0) {
    await mkdir(join(folder, 'retired'), { recursive: true, mode: 0o700 });
    await writeWhole(file, spelt(going), 0o600);
    await writeWhole(join(folder, 'secrets.json'), spelt([...kept].filter(([name]) => !secrets.includes(name))), 0o600);
  }
  for (const name of certificates) for (const kind of ['key', 'crt']) await rm(join(folder, 'issued', `${name}.${kind}`), { force: true });
  return going.length > 0 ? file : undefined;
}

const spelt = (secrets: readonly (readonly [string, { reveal(): string }])[]): string => writeDocument(Object.fromEntries(secrets.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, secret]) => [name, secret.reveal()])));
