import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { Fault } from '../core/fault.ts';
import { type Keys, verifyOfAnyVersion } from '../core/legacy.ts';
import type { Signed } from '../core/signature.ts';
import type { Extent, Head } from './head.ts';
import { hasPayloadDigest, readFrom } from './payload.ts';
import { signatureTags } from './tags.ts';

/**
 * Verifies the signatures that a package carries; one by a trusted key is enough. That over the header is what counts, since
 * the header holds the digest of the payload; where rpm was too old to write that, it takes the one over both.
 * @throws Fault untrusted
 */
export async function verifyHeader(path: string, head: Head, keys: Keys, what: string, within?: Extent): Promise<Omit<Signed, 'text'>> {
  const { header, signed } = head;
  checkDigests(head, what);
  if (hasPayloadDigest(header)) return firstGood(signed, headerSignatures(head), keys, what);
  const both = wholeSignatures(head);
  if (both.length === 0) throw unsigned(what, headerSignatures(head).length > 0 ? 'its header is signed, but nothing in it vouches for what the package contains' : 'it carries no signature');
  return firstGood(await buffer(readFrom(path, head.range.start, within)), both, keys, what);
}

/**
 * They prove nothing, since nothing signs them; but rpm on the target refuses what they do not fit. That of MD5, over the whole
 * file, is left to it: the file is by SHA-256 the one that upstream published.
 */
function checkDigests({ signature, signed }: Head, what: string): void {
  const said = [[signature.text(signatureTags.sha256), 'sha256'], [signature.text(signatureTags.sha1), 'sha1']] as const;
  const wrong = said.some(([digest, algorithm]) => digest !== undefined && digest !== createHash(algorithm).update(signed).digest('hex'));
  if (wrong) throw new Fault('untrusted', `${what}: its header has another digest than it says`);
}

/** RSA; DSA and the elliptic curves share a tag; rpm 6 has a tag for all. */
function headerSignatures({ signature }: Head): Buffer[] {
  const several = signature.texts(signatureTags.openpgp).map((text) => Buffer.from(text, 'base64'));
  return [...several, ...[signatureTags.rsaHeader, signatureTags.dsaHeader].flatMap((tag) => signature.bytes(tag) ?? [])];
}

const wholeSignatures = ({ signature }: Head): Buffer[] => [signatureTags.rsaWhole, signatureTags.dsaWhole].flatMap((tag) => signature.bytes(tag) ?? []);

async function firstGood(content: Buffer, signatures: readonly Buffer[], keys: Keys, what: string): Promise<Omit<Signed, 'text'>> {
  const reasons: string[] = [];
  for (const each of signatures) {
    try {
      return await verifyOfAnyVersion(content, each, keys, what);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      reasons.push(...(error.details.length > 0 ? error.details : [error.message]));
    }
  }
  throw unsigned(what, ...(reasons.length > 0 ? reasons : ['it carries no signature']));
}

const unsigned = (what: string, ...details: string[]): Fault => new Fault('untrusted', `${what} is not signed by a trusted key`, { details });
