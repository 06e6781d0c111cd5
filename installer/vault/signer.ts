import { join } from 'node:path';
import { Fault } from '../../repo/core/fault.ts';
import { Secret } from '../../repo/core/secret.ts';
import { belongs, checkAuthority, makeAuthority, type KeyPair } from './authority.ts';
import { readOptional, readPrivate } from './folder.ts';
import { isLocked, unlock } from './private-key.ts';

/** The authority as it lies in the vault. Its key may be under a passphrase, or kept elsewhere. */
export interface Authority {
  certificate: string;
  key?: Secret;
}

/** Where the key of an authority is: in the vault as it stands, there under a passphrase, or elsewhere. */
export type Custody = 'open' | 'locked' | 'away';

export const custodyOf = ({ key }: Authority): Custody => (key === undefined ? 'away' : isLocked(key) ? 'locked' : 'open');

/** @throws Fault untrusted when it is not sound; a key without its certificate is a half-done write, and none */
export async function readAuthority(folder: string, now: Date): Promise<Authority | undefined> {
  const key = await readPrivate(join(folder, 'authority.key'));
  const certificate = await readOptional(join(folder, 'authority.crt'));
  if (certificate === undefined) return undefined;
  const authority = { certificate, ...(key !== undefined && { key: new Secret(key) }) };
  const where = join(folder, 'authority.crt');
  checkAuthority(certificate, now, where);
  if (custodyOf(authority) === 'open') belongs(authority as KeyPair, where);
  return authority;
}

export interface Signing {
  folder: string;
  /** Asked for only when something must be signed. */
  passphrase?: () => Promise<Secret>;
  /** Signs with a key of the moment where the real one cannot be used: for a look, of which nothing is kept. */
  makeshift?: boolean;
  now: Date;
}

/**
 * The authority with its key, ready to sign what is wanted.
 * @throws Fault untrusted where its key is not to be had: what would have been signed, and what to do
 */
export async function signer(authority: Authority, wanted: readonly string[], signing: Signing): Promise<KeyPair> {
  const { certificate, key } = authority;
  const path = join(signing.folder, 'authority.key');
  if (key !== undefined && !isLocked(key)) return { certificate, key };
  if (signing.makeshift) return makeAuthority('of the moment', signing.now);
  if (key === undefined) throw absent(path, wanted);
  if (signing.passphrase === undefined) throw new Fault('untrusted', `${path} is under a passphrase, and ${tell(wanted)} must be issued`, { details: wanted, hint: '--ca-passphrase-file FILE' });
  const opened = { certificate, key: unlock(key, await signing.passphrase(), path) };
  belongs(opened, path);
  return opened;
}

const tell = (wanted: readonly string[]): string => (wanted.length === 1 ? 'a certificate' : `${wanted.length} certificates`);

const absent = (path: string, wanted: readonly string[]): Fault =>
  new Fault('untrusted', `the key of the authority is not in the vault, and ${tell(wanted)} must be issued`, {
    details: wanted,
    hint: `put it back as ${path} (mode 0600), run the command again, then take it away: pgark ca offline --to FILE`,
  });

