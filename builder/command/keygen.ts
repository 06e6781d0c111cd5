import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { Fault, faultOn } from '../../repo/core/fault.ts';
import { exists, writeWhole } from '../../repo/core/files.ts';
import type { Secret } from '../../repo/core/secret.ts';
import { makeKey, openSigner } from '../../repo/core/signature.ts';
import { askPassphrase, readPassphrase } from '../../repo/console/passphrase.ts';

/** The names of a key's files in its folder. */
export const keyFiles = { private: 'key', armoured: 'public.asc', binary: 'public.gpg' } as const;

export const keygen: CommandSpec = {
  name: 'keygen',
  about: 'makes the key that bundles are signed with',
  options: {
    out: { value: 'DIR', about: 'the folder for it; it must not hold a key yet' },
    name: { value: 'NAME', about: 'the user id in the key ("pgark bundles")' },
    ed25519: { about: 'an Ed25519 key instead of RSA 4096; EL 8 and FIPS-mode targets cannot read it' },
    passphrase: { about: 'ask for a passphrase to lock it with' },
    'passphrase-file': { value: 'FILE', about: 'lock it with the passphrase on the first line of a file' },
  },
  notes: `writes ${keyFiles.private} (private, mode 0600), ${keyFiles.armoured} and ${keyFiles.binary} (public).
Tell operators the fingerprint over another way than the bundle takes. pgark build takes --key DIR/${keyFiles.private}.`,
  run,
};

async function run(invocation: Invocation): Promise<object> {
  const out = invocation.value('out');
  if (out === undefined || invocation.args.length > 0) throw new Fault('usage', 'a folder for the key is needed', { hint: 'pgark keygen --out DIR' });
  await refuseOld(out);
  const passphrase = await passphraseOf(invocation);
  const kind = invocation.has('ed25519') ? 'ed25519' : 'rsa4096';
  const made = await invocation.progress.step(`making an ${kind === 'ed25519' ? 'Ed25519' : 'RSA 4096'} key`, () => makeKey(kind, invocation.value('name') ?? 'pgark bundles', passphrase));
  const { publicKey } = await openSigner(made.privateKey, passphrase);
  await writeKey(out, made, publicKey);
  const result = { fingerprint: made.fingerprint, private: join(out, keyFiles.private), public: join(out, keyFiles.armoured), keyring: join(out, keyFiles.binary) };
  invocation.print(`${result.private}  private: keep it where only you can read it\n${result.public}  public\nfingerprint  ${made.fingerprint}`);
  return result;
}

async function refuseOld(out: string): Promise<void> {
  for (const name of Object.values(keyFiles)) {
    if (await exists(join(out, name))) throw new Fault('invalid', `${join(out, name)} is there already; a key is never overwritten`, { hint: 'name another folder, or move the old key away' });
  }
}

async function passphraseOf(invocation: Invocation): Promise<Secret | undefined> {
  const file = invocation.value('passphrase-file');
  if (file !== undefined) return readPassphrase(file);
  if (!invocation.has('passphrase')) return undefined;
  if (!invocation.interactive) throw new Fault('usage', 'there is no terminal to ask for a passphrase on', { hint: '--passphrase-file FILE' });
  const [first, again] = [await askPassphrase('passphrase: ', invocation.signal), await askPassphrase('once more: ', invocation.signal)];
  if (first.reveal() !== again.reveal()) throw new Fault('usage', 'the two passphrases differ');
  return first;
}

async function writeKey(out: string, made: { privateKey: string; publicKey: string }, binary: Uint8Array): Promise<void> {
  const place = join(out, keyFiles.private);
  await faultOn(async () => {
    await mkdir(out, { recursive: true, mode: 0o700 });
    // `wx`: even another keygen that runs at this moment is not overwritten.
    await writeFile(place, made.privateKey, { flag: 'wx', mode: 0o600, flush: true });
    await writeWhole(join(out, keyFiles.armoured), made.publicKey);
    await writeWhole(join(out, keyFiles.binary), binary);
  }, (code) => new Fault('invalid', `${out}: the key cannot be written: ${code}`));
}
