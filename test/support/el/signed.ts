import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { demand } from '../../../vagrant/execute.ts';

export interface Signing {
  /** The public half, armoured. */
  key: string;
  fingerprint: string;
  /** Holds the secret half, unprotected: nobody but a test trusts it. */
  keyring: string;
}

/** A key of its own, as gpg makes it and rpm reads it. */
export async function makeKey(folder: string, owner = 'EL-like test <test@el.invalid>'): Promise<Signing> {
  const { keyring, key } = keyFiles(folder);
  await mkdir(keyring, { mode: 0o700 });
  const env = { GNUPGHOME: keyring };
  await demand(['gpg', '--batch', '--quiet', '--passphrase', '', '--quick-generate-key', owner, 'rsa3072', 'sign', 'never'], { env });
  const listed = await demand(['gpg', '--batch', '--with-colons', '--list-keys'], { env });
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listed)![1]!;
  await demand(['gpg', '--batch', '--armor', '--output', key, '--export', fingerprint], { env });
  await demand(['gpgconf', '--kill', 'all'], { env });
  return { key, fingerprint, keyring };
}

export const keyFiles = (folder: string): Pick<Signing, 'key' | 'keyring'> => ({ key: join(folder, 'RPM-GPG-KEY-test'), keyring: join(folder, 'gnupg') });

/** Signs every package of a folder, and the repository that is made of them. */
export async function publish(repository: string, signing: Signing): Promise<void> {
  const files = (await readdir(repository)).filter((file) => file.endsWith('.rpm')).toSorted();
  if (files.length > 0) await sign(files.map((file) => join(repository, file)), signing);
  await index(repository, signing);
}

export async function sign(files: readonly string[], { fingerprint, keyring }: Signing): Promise<void> {
  const env = { GNUPGHOME: keyring };
  await demand(['rpmsign', '--addsign', '--define', `_gpg_name ${fingerprint}`, '--define', '__gpg /usr/bin/gpg', '--define', `_gpg_path ${keyring}`, ...files], { env });
  await demand(['gpgconf', '--kill', 'all'], { env });
}

/** The metadata anew, and its signature. */
export async function index(repository: string, { fingerprint, keyring }: Signing): Promise<void> {
  const env = { GNUPGHOME: keyring };
  await demand(['createrepo_c', '--quiet', '--no-database', repository]);
  await demand(['gpg', '--batch', '--yes', '--local-user', fingerprint, '--armor', '--detach-sign', join(repository, 'repodata/repomd.xml')], { env });
  await demand(['gpgconf', '--kill', 'all'], { env });
}
