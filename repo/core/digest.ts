import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A SHA-256, 64 lower-case hexadecimal digits. */
export type Digest = string;

export const isDigest = (text: string): text is Digest => /^[0-9a-f]{64}$/.test(text);

export function digestOf(content: string | Uint8Array): Digest {
  return createHash('sha256').update(content).digest('hex');
}

/** Reads the whole file once. Throws the system's error when it cannot be read. */
export async function digestFile(path: string): Promise<{ digest: Digest; size: number }> {
  const meter = new DigestMeter();
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), meter, async function (source) {
    for await (const chunk of source) void chunk;
  });
  return { digest: meter.digest, size: meter.size };
}

/** Passes bytes through and knows, at the end, how many there were and their digest. */
export class DigestMeter extends Transform {
  size = 0;
  #hash = createHash('sha256');
  #digest: Digest | undefined;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.size += chunk.length;
    this.#hash.update(chunk);
    done(null, chunk);
  }

  /** To be asked only after the stream has ended. */
  get digest(): Digest {
    return (this.#digest ??= this.#hash.digest('hex'));
  }
}
