import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, type Digest } from '../core/digest.ts';
import { Fault, faultOn } from '../core/fault.ts';
import { besideOf, writeWhole } from '../core/files.ts';
import type { Signer } from '../core/signature.ts';
import { archiveEnd, encodeHeader, padding } from './member.ts';
import { members } from './paths.ts';
import { writeSums } from './sums.ts';
import { inMemberOrder, type FileTree, type TreeFile } from './tree.ts';

export interface Packing {
  /** The name of the bundle: the folder that its members stand in, and the file's name less `.tar`. */
  id: string;
  tree: FileTree;
  /** The moment that all members and signatures carry. */
  created: Date;
  signer: Signer;
  /** The path of a blob in the store. */
  blobPath(digest: Digest): string;
  /** The folder that the three files go to. */
  out: string;
  signal?: AbortSignal;
}

export interface Packed {
  path: string;
  signature: string;
  bootstrap: string;
  size: number;
}

/**
 * Writes `ID.tar`, `ID.tar.asc` and a readable copy of `bootstrap`. The same tree, moment and key give the same bytes,
 * whatever the clock, the umask, the locale and the order of the tree.
 */
export async function pack(packing: Packing): Promise<Packed> {
  const { id, out } = packing;
  const tree = await signTree(packing);
  await faultOn(() => mkdir(out, { recursive: true }), (code) => new Fault('invalid', `${out}: the folder cannot be made: ${writingErrors[code] ?? code}`));
  const path = join(out, `${id}.tar`);
  const beside = besideOf(path);
  try {
    const { size, signature } = await writeTar(beside, tree, packing);
    await writeWhole(`${path}.asc`, signature);
    await rename(beside, path);
    const bootstrap = join(out, members.bootstrap);
    await writeWhole(bootstrap, contentOf(tree.get(members.bootstrap)), 0o755);
    return { path, signature: `${path}.asc`, bootstrap, size };
  } catch (error) {
    throw explainWriting(error, out);
  } finally {
    await rm(beside, { force: true });
  }
}

/** The tree in its final order, with the list of digests and its signature at the head. */
async function signTree({ tree, signer, created }: Packing): Promise<FileTree> {
  const paths = inMemberOrder(tree.keys());
  const sums = writeSums(new Map(paths.map((path) => [path, digestOfFile(tree.get(path)!)])));
  return new Map<string, TreeFile>([
    [members.sums, { content: sums }],
    [members.signature, { content: await signer.detached(sums, created) }],
    ...paths.map((path): [string, TreeFile] => [path, tree.get(path)!]),
  ]);
}

/** One pass: what is written to the file is what the detached signature covers. */
async function writeTar(path: string, tree: FileTree, packing: Packing): Promise<{ size: number; signature: string }> {
  const signing = packing.signer.begin();
  const file = await open(path, 'wx', 0o644);
  let size = 0;
  try {
    for await (const chunk of tarChunks(tree, packing)) {
      packing.signal?.throwIfAborted();
      const writing = file.writeFile(chunk);
      signing.update(chunk);
      await writing;
      size += chunk.length;
    }
    await file.chmod(0o644);
    await file.sync();
    return { size, signature: await signing.finish(packing.created) };
  } finally {
    await file.close();
  }
}

async function* tarChunks(tree: FileTree, { id, created, blobPath }: Packing): AsyncGenerator<Uint8Array> {
  for (const [path, file] of tree) {
    const size = sizeOf(file);
    yield encodeHeader({ path: `${id}/${path}`, size, mode: file.executable ? 0o755 : 0o644, mtime: created });
    if ('content' in file) yield contentOf(file);
    else yield* blobChunks(blobPath(file.blob), file);
    yield padding(size);
  }
  yield archiveEnd;
}

/** A blob's name and place are only the store's word: what goes into the archive is what the signed list says, or there is no archive. */
async function* blobChunks(path: string, { blob, size }: { blob: Digest; size: number }): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let seen = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    seen += chunk.length;
    hash.update(chunk);
    yield chunk;
  }
  const hint = 'remove that file and build again; it will be fetched anew';
  if (seen !== size) throw new Fault('invalid', `${path} holds ${seen} bytes instead of ${size}`, { hint });
  if (hash.digest('hex') !== blob) throw new Fault('untrusted', `${path} is not what its name says: it was altered in the store`, { hint });
}

function explainWriting(error: unknown, out: string): unknown {
  const reason = writingErrors[(error as NodeJS.ErrnoException).code ?? ''];
  return reason === undefined ? error : new Fault('invalid', `${out}: ${reason}`, { cause: error });
}

const writingErrors: Record<string, string> = {
  ENOSPC: 'no space left for the bundle',
  EDQUOT: 'no space left for the bundle',
  EACCES: 'permission denied',
  EROFS: 'is on a read-only filesystem',
};

const digestOfFile = (file: TreeFile): Digest => ('blob' in file ? file.blob : digestOf(file.content));

const sizeOf = (file: TreeFile): number => ('blob' in file ? file.size : Buffer.byteLength(file.content));

function contentOf(file: TreeFile | undefined): Uint8Array {
  if (!file || 'blob' in file) throw new Error('a small file of the bundle is not at hand');
  return Buffer.from(file.content as string);
}
