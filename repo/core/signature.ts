import type * as openpgp from 'openpgp';
import { DetachedSigning } from './detached.ts';
import { Fault } from './fault.ts';
import type { Secret } from './secret.ts';

/** Upper-case hexadecimal, 40 digits: the fingerprint of a primary key (RFC 4880, 12.2). */
export type Fingerprint = string;

export interface Signed {
  /** The text that the signature covers; the only text to be read. */
  text: string;
  signer: Fingerprint;
  /** When it was signed. */
  date: Date;
}

/** Reads public keys, armoured or binary, and keeps those with a wanted fingerprint. @throws Fault untrusted when none is left */
export async function readKeys(material: readonly Uint8Array[], wanted: readonly Fingerprint[], what: string): Promise<openpgp.PublicKey[]> {
  const keys = (await Promise.all(material.map(parseKeys))).flat();
  const trusted = keys.filter((key) => wanted.includes(fingerprintOf(key)));
  if (trusted.length > 0) return trusted;
  throw new Fault('untrusted', `${what}: none of the keys at hand has a pinned fingerprint`, {
    details: [`pinned: ${wanted.join(', ')}`, `at hand: ${keys.map(fingerprintOf).join(', ') || 'none'}`],
  });
}

/** The fingerprints of all public keys in a file, armoured or binary. @throws Fault invalid when it holds none */
export async function fingerprintsIn(material: Uint8Array, what: string): Promise<Fingerprint[]> {
  const keys = await parseKeys(material).catch(() => []);
  if (keys.length === 0) throw new Fault('invalid', `${what} holds no public key`);
  return keys.map(fingerprintOf);
}

/** A public key in binary form, in the form that dnf reads. */
export async function armourKey(material: Uint8Array): Promise<string> {
  const { readKey } = await load();
  return (await readKey({ binaryKey: material })).armor();
}

/** Until when each of the keys in a file is valid; undefined for one that does not expire. */
export async function expiriesIn(material: Uint8Array): Promise<Map<Fingerprint, Date | undefined>> {
  const { config, enums } = await load();
  const keys = await parseKeys(material);
  const dates = await Promise.all(keys.map((key) => key.getExpirationTime(undefined, { ...config, ...readingOldKeys(enums) })));
  return new Map(keys.map((key, place) => [fingerprintOf(key), dates[place] instanceof Date ? dates[place] : undefined]));
}

/** Verifies a cleartext-signed document (InRelease; RFC 4880, 7). @throws Fault untrusted */
export async function verifyInline(document: string, keys: readonly openpgp.PublicKey[], what: string): Promise<Signed> {
  const { enums, readCleartextMessage, verify } = await load();
  const message = await readCleartextMessage({ cleartextMessage: document }).catch((cause: unknown) => {
    throw new Fault('untrusted', `${what} carries no readable signature`, { cause });
  });
  const result = await verify({ message, verificationKeys: [...keys], config: readingOldKeys(enums) }).catch(unreadable(what));
  return { text: message.getText(), ...(await firstGood(result.signatures, keys, what)) };
}

/** Verifies a detached signature, armoured or binary. @throws Fault untrusted */
export async function verifyDetached(content: Uint8Array, signature: Uint8Array, keys: readonly openpgp.PublicKey[], what: string): Promise<Omit<Signed, 'text'>> {
  const { createMessage, enums, verify } = await load();
  const parsed = await parseSignature(signature).catch(unreadable(what));
  const message = await createMessage({ binary: content });
  const result = await verify({ message, signature: parsed, verificationKeys: [...keys], config: readingOldKeys(enums) }).catch(unreadable(what));
  return firstGood(result.signatures, keys, what);
}

/** The seam that signs: a key that is ready, and the moment that all its signatures carry. */
export interface Signer {
  fingerprint: Fingerprint;
  /** When the key was made; no signature may be older. */
  created: Date;
  /** The public key in binary form, as gpgv wants its keyring. */
  publicKey: Uint8Array;
  /** An armoured detached signature. Same content, same date: same bytes. */
  detached(content: Uint8Array | string, date: Date): Promise<string>;
  /** Begins a detached signature over content that passes in pieces, however long. */
  begin(): DetachedSigning;
  /** A cleartext-signed document. */
  inline(text: string, date: Date): Promise<string>;
}

/** Opens an armoured private key. @throws Fault invalid for a text that is none, untrusted for a wrong passphrase */
export async function openSigner(armoured: string, passphrase?: Secret): Promise<Signer> {
  const { createCleartextMessage, createMessage, readPrivateKey, sign } = await load();
  const locked = await readPrivateKey({ armoredKey: armoured }).catch((cause: unknown) => {
    throw new Fault('invalid', 'the signing key cannot be read', { hint: 'pgark keygen --out DIR makes one', cause });
  });
  const key = await unlock(locked, passphrase);
  return {
    fingerprint: fingerprintOf(key),
    created: key.getCreationTime(),
    publicKey: key.toPublic().write(),
    detached: async (content, date) => {
      const message = await createMessage({ binary: typeof content === 'string' ? Buffer.from(content) : content });
      return sign({ message, signingKeys: key, date, detached: true, config: reproducible });
    },
    begin: () => new DetachedSigning(key, reproducible),
    inline: async (text, date) => {
      const message = await createCleartextMessage({ text });
      return sign({ message, signingKeys: key, date, config: reproducible });
    },
  };
}

/**
 * Makes a signing key, armoured. RSA 4096 is what EL 8 and FIPS-mode targets read; `ed25519` is made in the form that
 * GnuPG 2.2 reads (the legacy curve identifier; the newer one of RFC 9580 is unknown to it).
 */
export async function makeKey(kind: 'rsa4096' | 'ed25519', name: string, passphrase?: Secret): Promise<{ privateKey: string; publicKey: string; fingerprint: Fingerprint }> {
  const { generateKey, readKey } = await load();
  const made = await generateKey({
    ...(kind === 'rsa4096' ? { type: 'rsa' as const, rsaBits: 4096 } : { type: 'ecc' as const, curve: 'ed25519Legacy' as const }),
    userIDs: [{ name }],
    subkeys: [],
    format: 'armored',
    ...(passphrase && { passphrase: passphrase.reveal() }),
  });
  const key = await readKey({ armoredKey: made.publicKey });
  return { privateKey: made.privateKey, publicKey: made.publicKey, fingerprint: fingerprintOf(key) };
}

export const fingerprintOf = (key: openpgp.Key): Fingerprint => key.getFingerprint().toUpperCase();

// OpenPGP.js adds a random notation to every signature, against fault attacks; a bundle must come out the same twice.
const reproducible: openpgp.PartialConfig = { nonDeterministicSignaturesViaNotation: false, showVersion: false };

// Distribution keys of the last decade carry SHA-1 self-signatures; their fingerprint is pinned, so the self-signature decides nothing.
const readingOldKeys = ({ hash }: typeof openpgp.enums): openpgp.PartialConfig => ({ rejectHashAlgorithms: new Set([hash.md5, hash.ripemd]) });

/** Loaded with the first key: many a command meets none. */
const load = (): Promise<typeof openpgp> => import('openpgp');

async function parseKeys(material: Uint8Array): Promise<openpgp.Key[]> {
  const library = await load();
  const armoured = Buffer.from(material.subarray(0, 27)).toString('latin1') === '-----BEGIN PGP PUBLIC KEY B';
  return armoured ? library.readKeys({ armoredKeys: Buffer.from(material).toString('utf8') }) : library.readKeys({ binaryKeys: material });
}

async function parseSignature(signature: Uint8Array): Promise<openpgp.Signature> {
  const { readSignature } = await load();
  const armoured = signature[0] === 0x2d;
  return armoured ? readSignature({ armoredSignature: Buffer.from(signature).toString('latin1') }) : readSignature({ binarySignature: signature });
}

/** OpenPGP.js throws for a signature whose parts it does not know, before it judges any. */
const unreadable = (what: string) => (cause: unknown): never => {
  throw new Fault('untrusted', `${what}: the signature cannot be read`, { cause });
};

async function unlock(key: openpgp.PrivateKey, passphrase?: Secret): Promise<openpgp.PrivateKey> {
  if (key.isDecrypted()) return key;
  if (!passphrase) throw new Fault('untrusted', 'the signing key is locked with a passphrase', { hint: '--passphrase-file FILE, or a terminal to ask on' });
  const { decryptKey } = await load();
  return decryptKey({ privateKey: key, passphrase: passphrase.reveal() }).catch((cause: unknown) => {
    throw new Fault('untrusted', 'the passphrase does not open the signing key', { cause });
  });
}

async function firstGood(signatures: openpgp.VerifyMessageResult['signatures'], keys: readonly openpgp.PublicKey[], what: string): Promise<Omit<Signed, 'text'>> {
  const reasons: string[] = [];
  for (const each of signatures) {
    try {
      await each.verified;
      const key = keys.find((candidate) => candidate.getKeys(each.keyID).length > 0)!;
      const packet = (await each.signature).packets[0];
      return { signer: fingerprintOf(key), date: packet?.created ?? new Date(0) };
    } catch (error) {
      reasons.push(`key ${await issuerOf(each)}: ${(error as Error).message}`);
    }
  }
  throw new Fault('untrusted', `${what} is not signed by a trusted key`, { details: reasons.length > 0 ? reasons : ['it carries no signature'] });
}

/** The fingerprint of the key that signed, where the signature tells it (RFC 9580, 5.2.3.35); older ones have the last digits alone. */
async function issuerOf({ keyID, signature }: openpgp.VerifyMessageResult['signatures'][number]): Promise<string> {
  const fingerprint = (await signature).packets[0]?.issuerFingerprint;
  return fingerprint ? Buffer.from(fingerprint).toString('hex').toUpperCase() : keyID.toHex().toUpperCase();
}
