import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { compressionOf, decompress, decompressing, decompressQuickly, isQuick } from '../../repo/core/compression.ts';
import { digestOf, type Digest } from '../../repo/core/digest.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { RepomdFile } from '../../repo/rpm/repomd.ts';
import { fetchBlob, readFetched } from './fetch.ts';
import { under } from './mirror.ts';
import type { DrawnRepository } from './repomd.ts';
import type { Index, Upstream } from './upstream.ts';
import { nameOf } from './verify.ts';

/** A file that a verified repomd.xml names, unpacked. */
export interface Read {
  content: Buffer;
  index: Index;
}

/** Reads an index: from the store, or fetched. What upstream names no unpacked digest for is kept as it came. @throws Fault */
export async function readIndex(file: RepomdFile, drawn: DrawnRepository, upstream: Upstream): Promise<Read> {
  const content = await obtainIndex(file, drawn, upstream);
  return { content, index: { path: unpackedPath(file), size: content.length, digest: digestOf(content) } };
}

/**
 * Reads an index piece by piece, for one that is too large to be held: what is made of the pieces counts only if they were those
 * that repomd.xml names. It is kept as it came. @throws Fault
 */
export async function streamIndex<T>(file: RepomdFile, drawn: DrawnRepository, upstream: Upstream, act: (pieces: AsyncIterable<Uint8Array>, what: string) => Promise<T>): Promise<{ result: T; index: Index }> {
  const what = `${nameOf(drawn)}: ${file.path}`;
  const limit = readable(file, largestStreamed, what);
  await fetchIndex(file, drawn, upstream);
  const { pieces, sum } = tally(decompressing(await upstream.store.read(file.digest), compressionOf(file.path), limit, what));
  const result = await act(pieces, what);
  const { size, digest } = sum();
  if (file.open && (digest !== file.open.digest || size !== (file.open.size ?? size))) throw unlike(what);
  return { result, index: { path: unpackedPath(file), size, digest } };
}

/** What was streamed once more, for a part of it: from the store, verified anew. Undefined for what cannot be had without waiting. */
export function rereader({ path, digest }: RepomdFile, { store }: Upstream): (() => Uint8Array) | undefined {
  const compression = compressionOf(path);
  if (!isQuick(compression)) return undefined;
  return () => {
    const packed = readFileSync(store.pathOf(digest));
    if (digestOf(packed) !== digest) throw new Fault('untrusted', `the blob ${digest} in the store was altered`, { hint: 'run the command again, it will be fetched anew' });
    return decompressQuickly(packed, compression);
  };
}

/** The same pieces; once they are through, what they add up to. */
function tally(given: AsyncIterable<Uint8Array>): { pieces: AsyncIterable<Uint8Array>; sum(): { size: number; digest: Digest } } {
  const hash = createHash('sha256');
  let size = 0;
  async function* seen(): AsyncGenerator<Uint8Array> {
    for await (const piece of given) {
      hash.update(piece);
      size += piece.length;
      yield piece;
    }
  }
  return { pieces: seen(), sum: () => ({ size, digest: hash.digest('hex') }) };
}

/** A lock names indexes unpacked. */
const unpackedPath = ({ path }: RepomdFile): string => path.replace(/\.(gz|xz|zst|bz2)$/, '');

const unlike = (what: string): Fault => new Fault('untrusted', `${what} unpacks to something else than its repomd.xml names`);

/** More than any index that exists, less than a string can hold. */
const largest = 500_000_000;

/** Four times as much, for what is not held. */
const largestStreamed = 4 * largest;

async function obtainIndex(file: RepomdFile, drawn: DrawnRepository, upstream: Upstream): Promise<Buffer> {
  const { store } = upstream;
  if (file.open && (await store.has(file.open.digest))) return store.read(file.open.digest);
  const what = `${nameOf(drawn)}: ${file.path}`;
  const limit = readable(file, largest, what);
  await fetchIndex(file, drawn, upstream);
  const packed = await readFetched(store, file.digest);
  if (!packed) return obtainIndex(file, drawn, upstream);
  const content = await decompress(packed, compressionOf(file.path), limit, what);
  if (!file.open || file.open.digest === file.digest) return content;
  if (digestOf(content) !== file.open.digest || content.length !== (file.open.size ?? content.length)) throw unlike(what);
  await store.put(content);
  await store.drop(file.digest);
  return content;
}

/** To how many bytes a file may unpack. */
function readable({ path, size, open }: RepomdFile, most: number, what: string): number {
  if (!/\.(xml|yaml)(\.(gz|xz|zst|bz2))?$/.test(path)) throw new Fault('invalid', `${what} is packed in a way that is not read`, { details: ['gzip, xz, zstd and bzip2 are'] });
  const limit = open?.size ?? most;
  if (Math.max(limit, size) > most) throw new Fault('invalid', `${what} is larger than ${most} bytes`);
  return limit;
}

async function fetchIndex(file: RepomdFile, drawn: DrawnRepository, { http, store, mirrors, patience }: Upstream): Promise<void> {
  if (await store.has(file.digest)) return;
  if (!http) throw new Fault('fetch', `${nameOf(drawn)}: the index ${file.path} is not in the store`, { hint: 'run once without --offline' });
  const { archive, path } = drawn.suite;
  await fetchBlob(http, store, { url: mirrors.addressOf(archive, under(path, file.path)), size: file.size, digest: file.digest, source: nameOf(drawn) }, patience);
}
