import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Invocation } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { exists, readGiven } from '../../repo/core/files.ts';
import { keyPolicies, lintKeys } from '../../repo/core/lint.ts';
import type { Progress } from '../../repo/core/progress.ts';
import { openSigner, type Signer } from '../../repo/core/signature.ts';
import type { Target } from '../../repo/package/target.ts';
import { keyFiles } from './keygen.ts';
import { askPassphrase, readPassphrase } from '../../repo/console/passphrase.ts';

/** `$XDG_CONFIG_HOME/pgark`, or `~/.config/pgark`: where a key lies that need not be named. */
export function keyFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'pgark');
}

/**
 * The key that `--key` names, or the one in its default place. There is no unsigned bundle: without a key nothing is built.
 * @throws Fault usage without a key, untrusted when it stays locked
 */
export async function openKey(invocation: Invocation): Promise<Signer> {
  const armoured = (await readGiven(await placeOf(invocation), 'pgark keygen --out DIR makes a key')).toString('utf8');
  const file = invocation.value('passphrase-file');
  if (file !== undefined) return openSigner(armoured, await readPassphrase(file));
  try {
    return await openSigner(armoured);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'untrusted' || !invocation.interactive) throw error;
    return openSigner(armoured, await askPassphrase('passphrase of the signing key: ', invocation.signal));
  }
}

/**
 * Refuses a key that rpm on the target cannot import: dnf imports the key of the index into it too. What else there is to be
 * said against the key is told. @throws Fault invalid
 */
export async function expectTaken({ fingerprint, publicKey }: Pick<Signer, 'fingerprint' | 'publicKey'>, { format, release }: Pick<Target, 'format' | 'release'>, progress: Progress): Promise<void> {
  const policy = keyPolicies[release as keyof typeof keyPolicies];
  if (format === 'deb' || policy === undefined) return;
  const concerns = await lintKeys(publicKey, policy, new Date(), fingerprint);
  const fatal = concerns.find(({ kind }) => kind === 'refused' || kind === 'short');
  if (fatal) throw new Fault('invalid', `the key ${fingerprint} cannot sign for ${policy.name}: ${fatal.sentence}`, { hint: 'pgark keygen --out DIR makes a key that every target takes' });
  for (const { sentence } of concerns) progress.warn(`the key ${fingerprint}, which signs the bundle: ${sentence}`);
}

async function placeOf(invocation: Invocation): Promise<string> {
  const given = invocation.value('key');
  if (given !== undefined) return given;
  const usual = join(keyFolder(), keyFiles.private);
  if (await exists(usual)) return usual;
  throw new Fault('usage', 'a bundle is signed, and there is no key to sign it with', { hint: `pgark keygen --out ${keyFolder()}, or --key FILE` });
}
