import { promisify } from 'node:util';
import { constants, gunzip, gzip, type ZlibOptions, zstdDecompress, type ZstdOptions } from 'node:zlib';
import { Fault } from './fault.ts';

/** How a file is packed, said as the ending of its name. */
export type Compression = 'plain' | 'gz' | 'xz' | 'zst';

const endings: Record<string, Compression> = { '.gz': 'gz', '.xz': 'xz', '.zst': 'zst' };

/** `main/binary-amd64/Packages.xz` → `xz`. */
export function compressionOf(path: string): Compression {
  return endings[/\.[a-z0-9]+$/.exec(path)?.[0] ?? ''] ?? 'plain';
}

/**
 * Unpacks to at most `limit` bytes, the size that a signed index promises; more is a decompression bomb.
 * @throws Fault untrusted, naming `what`
 */
export async function decompress(content: Uint8Array, compression: Compression, limit: number, what: string): Promise<Buffer> {
  try {
    const plain = await unpack[compression](content, limit);
    if (plain.length > limit) throw tooMuch;
    return plain;
  } catch (cause) {
    if (isTooMuch(cause)) throw new Fault('untrusted', `${what} unpacks to more than the ${limit} bytes that its index names`, { cause });
    throw new Fault('untrusted', `${what} cannot be unpacked: ${(cause as Error).message}`, { cause });
  }
}

/** A gzip file that is the same whenever it is made: no name, no time (RFC 1952, 2.3; zlib writes neither). */
export async function compress(content: Uint8Array): Promise<Buffer> {
  return promisify<Uint8Array, ZlibOptions, Buffer>(gzip)(content, { level: constants.Z_BEST_COMPRESSION });
}

const tooMuch = new Error('more than expected');

const isTooMuch = (cause: unknown): boolean => cause === tooMuch || (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';

const unpack: Record<Compression, (content: Uint8Array, limit: number) => Promise<Buffer>> = {
  plain: async (content) => Buffer.from(content.buffer, content.byteOffset, content.byteLength),
  gz: (content, limit) => promisify<Uint8Array, ZlibOptions, Buffer>(gunzip)(content, { maxOutputLength: Math.max(1, limit) }),
  zst: (content, limit) => promisify<Uint8Array, ZstdOptions, Buffer>(zstdDecompress)(content, { maxOutputLength: Math.max(1, limit) }),
  xz: unxz,
};

async function unxz(content: Uint8Array, limit: number): Promise<Buffer> {
  const { default: xz } = await import('xz-decompress');
  const parts: Uint8Array[] = [];
  let size = 0;
  // Breaking out of the loop cancels the stream, so that a bomb is never unpacked to its end.
  for await (const part of new xz.XzReadableStream(new Blob([content as Uint8Array<ArrayBuffer>]).stream())) {
    size += part.length;
    if (size > limit) throw tooMuch;
    parts.push(part);
  }
  return Buffer.concat(parts, size);
}
