import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exists } from '../../repo/core/files.ts';
import { demand } from '../execute.ts';
import { locked } from '../locked.ts';
import { cache } from '../places.ts';

export const boxes = join(cache, 'boxes');

/** The private key that opens the boxes made on this machine, and no other: Vagrant's own is known to everybody. */
export const boxKey = join(boxes, 'id_ed25519');

/** Makes the pair once, and answers with the path of its public part. */
export async function publicBoxKey(): Promise<string> {
  const file = `${boxKey}.pub`;
  await locked(`${boxKey}.lock`, async () => {
    if (await exists(file)) return;
    await mkdir(dirname(boxKey), { recursive: true });
    await chmod(dirname(boxKey), 0o700);
    await demand(['sh', '-ec', 'rm -f "$1"; exec ssh-keygen -q -t ed25519 -N "" -C "pgark sandbox" -f "$1"', 'sh', boxKey]);
  });
  return file;
}
