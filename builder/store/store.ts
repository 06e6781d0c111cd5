import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isDigest, type Digest } from '../../repo/core/digest.ts';
import { Fault, faultOn } from '../../repo/core/fault.ts';
import { exists, writeWhole } from '../../repo/core/files.ts';
import { FileIncoming, type Incoming } from './incoming.ts';

/**
 * Blobs by their SHA-256, below one folder: `blobs/ab/abcd…` for what is whole and verified, `partial/` for what is on its way,
 * `names/` for documents that carry their own signature. Any number of processes may use one store at the same time.
 */
export interface Store {
  readonly folder: string;
  /** Where a blob lies, or will lie. */
  pathOf(digest: Digest): string;
  /** Whether the whole blob is there. */
  has(digest: Digest): Promise<boolean>;
  /** The content, verified once more. @throws Fault untrusted when it was altered; the damaged file is removed */
  read(digest: Digest): Promise<Buffer>;
  /** Keeps a content under its own digest. */
  put(content: Uint8Array): Promise<Digest>;
  /** Begins, or takes up again, a blob of this size. */
  begin(digest: Digest, size: number): Promise<Incoming>;
  /** Forgets a blob. */
  drop(digest: Digest): Promise<void>;
  /** A document that is not named by its digest and verifies itself; undefined when there is none. */
  recall(name: string): Promise<Buffer | undefined>;
  remember(name: string, content: Uint8Array): Promise<void>;
}

/** `$XDG_CACHE_HOME/pgark`, or `~/.cache/pgark` (XDG base directory specification). */
export function storeFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'pgark');
}

/** Opens a store, and makes its folders when they are not there. @throws Fault invalid */
export async function openStore(folder: string): Promise<Store> {
  await faultOn(
    () => Promise.all(['blobs', 'partial', 'names'].map((name) => mkdir(join(folder, name), { recursive: true }))),
    (code) => new Fault('invalid', `the store cannot be made in ${folder}: ${code}`, { hint: '--store DIR names another folder' }),
  );
  return new FolderStore(folder);
}

class FolderStore implements Store {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  pathOf(digest: Digest): string {
    if (!isDigest(digest)) throw new Error(`not a digest: ${digest}`);
    return join(this.folder, 'blobs', digest.slice(0, 2), digest);
  }

  async has(digest: Digest): Promise<boolean> {
    return exists(this.pathOf(digest));
  }

  async read(digest: Digest): Promise<Buffer> {
    const content = await readFile(this.pathOf(digest));
    if (createHash('sha256').update(content).digest('hex') === digest) return content;
    await this.drop(digest);
    throw new Fault('untrusted', `the blob ${digest} in the store was altered; it has been removed`, { hint: 'run the command again, it will be fetched anew' });
  }

  async put(content: Uint8Array): Promise<Digest> {
    const digest = createHash('sha256').update(content).digest('hex');
    if (!(await this.has(digest))) await writeWhole(this.pathOf(digest), content);
    return digest;
  }

  async begin(digest: Digest, size: number): Promise<Incoming> {
    const incoming = new FileIncoming(this.pathOf(digest), join(this.folder, 'partial'), digest, size);
    await incoming.open();
    return incoming;
  }

  async drop(digest: Digest): Promise<void> {
    await rm(this.pathOf(digest), { force: true });
  }

  async recall(name: string): Promise<Buffer | undefined> {
    return readFile(this.#named(name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return undefined;
    });
  }

  async remember(name: string, content: Uint8Array): Promise<void> {
    await writeWhole(this.#named(name), content);
  }

  #named(name: string): string {
    return join(this.folder, 'names', encodeURIComponent(name).replaceAll('.', '%2E'));
  }
}
