import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { Fault } from '../core/fault.ts';
import type { Extent, Head } from './head.ts';
import type { Header } from './header.ts';
import { tags } from './tags.ts';

export const hasPayloadDigest = (header: Header): boolean => header.texts(tags.payloadDigest).length > 0;

/**
 * Everything behind the header must have the digest that the header names. There may be a second digest, of the payload
 * unpacked; the first covers every byte that this is made of. @throws Fault untrusted
 */
export async function verifyPayload(path: string, { header, range }: Head, what: string, within?: Extent): Promise<void> {
  if (!hasPayloadDigest(header)) return;
  const algorithm = algorithms[header.number(tags.payloadDigestAlgorithm) ?? sha256];
  if (algorithm === undefined) throw new Fault('untrusted', `${what}: the digest of its payload is of a kind that is not trusted`);
  const hash = createHash(algorithm);
  for await (const chunk of readFrom(path, range.end, within)) hash.update(chunk as Buffer);
  if (hash.digest('hex') !== header.text(tags.payloadDigest)) throw new Fault('untrusted', `${what}: its payload has another digest than its header says`);
}

/** What lies behind the first `from` bytes of a package. */
export function readFrom(path: string, from: number, within?: Extent): Readable {
  if (within === undefined) return createReadStream(path, { start: from, highWaterMark });
  // The end is part of what is read, so that nothing cannot be said.
  return from >= within.size ? Readable.from([]) : createReadStream(path, { start: within.at + from, end: within.at + within.size - 1, highWaterMark });
}

const highWaterMark = 1 << 20;

/** What the digest is by where that is not said, as in packages of rpm 6. */
const sha256 = 8;

/** RFC 4880, 9.4; neither MD5 nor SHA-1. */
const algorithms: Record<number, string> = { 8: 'sha256', 9: 'sha384', 10: 'sha512' };
