import { constants, createPublicKey, verify } from 'node:crypto';
import type * as openpgp from 'openpgp';
import { Fault } from './fault.ts';
import { fingerprintOf, type readKeys, type Signed, verifyDetached } from './signature.ts';

/** Public keys that were accepted by their fingerprints. */
export type Keys = Awaited<ReturnType<typeof readKeys>>;

/**
 * Verifies a detached binary signature of any version. EPEL 8 and others sign packages with version 3 (RFC 4880, 5.2.2), which
 * OpenPGP.js has given up; the key has to be as good as for any other. @throws Fault untrusted
 */
export async function verifyOfAnyVersion(content: Uint8Array, signature: Uint8Array, keys: Keys, what: string): Promise<Omit<Signed, 'text'>> {
  const old = oldSignatureIn(Buffer.from(signature.buffer, signature.byteOffset, signature.byteLength));
  return old === undefined ? verifyDetached(content, signature, keys, what) : verifyOld(content, old, keys, what);
}

/** A signature packet of version 3. */
interface OldSignature {
  /** What is hashed after the content: the type and the time. */
  trailer: Buffer;
  date: Date;
  keyId: string;
  keyAlgorithm: number;
  hashAlgorithm: number;
  value: Buffer;
}

async function verifyOld(content: Uint8Array, old: OldSignature, keys: Keys, what: string): Promise<Omit<Signed, 'text'>> {
  const refuse = (reason: string): never => {
    throw new Fault('untrusted', `${what} is not signed by a trusted key`, { details: [`key ${old.keyId.toUpperCase()}: ${reason}`] });
  };
  const hash = hashes[old.hashAlgorithm] ?? refuse('its signature is made with a hash that is not trusted');
  if (old.trailer[0] !== binaryDocument || !rsa.has(old.keyAlgorithm)) refuse('its signature is of a kind that is not read');
  const key = keys.find((each) => each.getKeys().some((part) => part.getKeyID().toHex() === old.keyId)) ?? refuse('it is none of the trusted keys');
  const part = await signingPart(key, old).catch((error: unknown) => refuse((error as Error).message));
  const { n, e } = part.keyPacket.publicParams as unknown as Record<'n' | 'e', Uint8Array>;
  const size = n.length - n.findIndex((byte) => byte !== 0);
  if (size < shortest || old.value.length > size) refuse('it is too short, or not the one that signed');
  const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'RSA', n: base64(n), e: base64(e) } });
  const good = verify(hash, Buffer.concat([content, old.trailer]), { key: publicKey, padding: constants.RSA_PKCS1_PADDING }, Buffer.concat([Buffer.alloc(size - old.value.length), old.value]));
  if (!good) refuse('the signature is not one over this content');
  return { signer: fingerprintOf(key), date: old.date };
}

/** The key or subkey that signed, if it could sign when it did. */
async function signingPart(key: openpgp.Key, { keyId, date }: OldSignature): Promise<openpgp.Key | openpgp.Subkey> {
  const part = key.getKeys().find((each) => each.getKeyID().toHex() === keyId)!;
  return key.getSigningKey(part.getKeyID(), date);
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** RFC 4880, 9.4; neither MD5 nor SHA-1. */
const hashes: Record<number, string> = { 8: 'sha256', 9: 'sha384', 10: 'sha512', 11: 'sha224' };
const rsa: ReadonlySet<number> = new Set([1, 3]);
const binaryDocument = 0;
/** 2,048 bits. */
const shortest = 256;

/** Undefined when it is of another version, or no signature at all; then others say so. */
function oldSignatureIn(content: Buffer): OldSignature | undefined {
  const body = bodyOf(content);
  if (body === undefined || body.length < 21 || body[0] !== 3 || body[1] !== 5) return undefined;
  const bits = body.readUInt16BE(19);
  const value = body.subarray(21);
  if (value.length !== Math.ceil(bits / 8)) return undefined;
  return {
    trailer: body.subarray(2, 7),
    date: new Date(body.readUInt32BE(3) * 1000),
    keyId: body.toString('hex', 7, 15),
    keyAlgorithm: body[15]!,
    hashAlgorithm: body[16]!,
    value,
  };
}

/** The one packet, a signature, in the form of its time (RFC 4880, 4.2.1). */
function bodyOf(content: Buffer): Buffer | undefined {
  const tag = content[0] ?? 0;
  if ((tag & 0xfc) !== 0x88 || (tag & 3) === 3) return undefined;
  const width = 1 << (tag & 3);
  if (content.length < 1 + width) return undefined;
  const length = content.readUIntBE(1, width);
  return content.length === 1 + width + length ? content.subarray(1 + width) : undefined;
}
