import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Fault } from '../core/fault.ts';
import type { Head } from './head.ts';
import type { Header } from './header.ts';
import { tags } from './tags.ts';

export const hasPayloadDigest = (header: Header): boolean => header.texts(tags.payloadDigest).length > 0;

/**
 * Everything behind the header must have the digest that the header names. There may be a second digest, of the payload
 * unpacked; the first covers every byte that this is made of. @throws Fault untrusted
 */
export async function verifyPayload(path: string, { header, range }: Head, what: string): Promise<void> {
  if (!hasPayloadDigest(header)) return;
  const algorithm = algorithms[header.number(tags.payloadDigestAlgorithm) ?? 0];
  if (algorithm === undefined) throw new Fault('untrusted', `${what}: the digest of its payload is of a kind that is not trusted`);
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(path, { start: range.end, highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  if (hash.digest('hex') !== header.text(tags.payloadDigest)) throw new Fault('untrusted', `${what}: its payload has another digest than its header says`);
}

/** RFC 4880, 9.4; neither MD5 nor SHA-1. */
const algorithms: Record<number, string> = { 8: 'sha256', 9: 'sha384', 10: 'sha512' };
