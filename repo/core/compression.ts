import { promisify } from 'node:util';
import { constants, createGunzip, createZstdDecompress, gunzip, gunzipSync, gzip, type ZlibOptions, zstdDecompress, zstdDecompressSync, type ZstdOptions } from 'node:zlib';
import { unbzip2 } from './bzip2.ts';
import { Fault } from './fault.ts';

/** How a file is packed, said as the ending of its name. */
export type Compression = 'plain' | 'gz' | 'xz' | 'zst' | 'bz2';

const endings: Record<string, Compression> = { '.gz': 'gz', '.xz': 'xz', '.zst': 'zst', '.bz2': 'bz2' };

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
    throw faultOf(cause, limit, what);
  }
}

/** The same piece by piece, for what is larger than should be held at once. Whoever leaves off reading ends it. @throws Fault untrusted, naming `what` */
export async function* decompressing(content: Uint8Array, compression: Compression, limit: number, what: string): AsyncGenerator<Uint8Array> {
  try {
    yield* atMost(streams[compression](content), limit);
  } catch (cause) {
    throw faultOf(cause, limit, what);
  }
}

/** Those that are unpacked without waiting for it. */
export type Quick = keyof typeof quick;

export const isQuick = (compression: Compression): compression is Quick => compression in quick;

/** Unpacks what has been unpacked before, and is known to be good. */
export const decompressQuickly = (content: Uint8Array, compression: Quick): Uint8Array => quick[compression](content);

const quick = { plain: (content: Uint8Array) => content, gz: (content: Uint8Array) => gunzipSync(content), zst: (content: Uint8Array) => zstdDecompressSync(content) };

function faultOf(cause: unknown, limit: number, what: string): Fault {
  if (cause instanceof Fault) return cause;
  if (isTooMuch(cause)) return new Fault('untrusted', `${what} unpacks to more than the ${limit} bytes that its index names`, { cause });
  return new Fault('untrusted', `${what} cannot be unpacked: ${(cause as Error).message}`, { cause });
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
  xz: (content, limit) => gather(streams.xz(content), limit),
  bz2: (content, limit) => gather(streams.bz2(content), limit),
};

const streams: Record<Compression, (content: Uint8Array) => AsyncIterable<Uint8Array>> = {
  async *plain(content) {
    yield content;
  },
  gz: (content) => createGunzip({ chunkSize }).end(content),
  zst: (content) => createZstdDecompress({ chunkSize }).end(content),
  xz: unxz,
  bz2: unbzip2,
};

const chunkSize = 1 << 18;

async function* unxz(content: Uint8Array): AsyncGenerator<Uint8Array> {
  const { default: xz } = await import('xz-decompress');
  yield* new xz.XzReadableStream(new Blob([content as Uint8Array<ArrayBuffer>]).stream());
}

async function gather(pieces: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const kept: Uint8Array[] = [];
  for await (const piece of atMost(pieces, limit)) kept.push(piece);
  return Buffer.concat(kept);
}

/** Ends the stream at once that goes beyond its limit, so that a bomb is never unpacked to its end. */
async function* atMost(pieces: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const piece of pieces) {
    size += piece.length;
    if (size > limit) throw tooMuch;
    yield piece;
  }
}
