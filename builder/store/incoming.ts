import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, open, readdir, readFile, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Digest } from '../../repo/core/digest.ts';
import { Fault } from '../../repo/core/fault.ts';
import { isAlive } from '../../repo/core/process.ts';

/** A blob on its way in. It counts only once `finish` has seen all of it. */
export interface Incoming {
  /** How many bytes are there. */
  readonly size: number;
  /** What the server called the version of the file that these bytes are of, for If-Range. */
  readonly validator: string | undefined;
  /** @throws Fault untrusted when there is more than the size promised */
  append(chunk: Uint8Array): Promise<void>;
  /** Throws away what is there and begins anew, now of this version of the file. */
  restart(validator?: string): Promise<void>;
  /** Verifies digest and size and puts the blob in its place; answers whether it was good. What was bad is thrown away. */
  finish(): Promise<boolean>;
  /** Lets go; what is there stays for the next attempt. */
  close(): Promise<void>;
}

/** Writes to a file of its own, `<digest>.<process>.<random>`; what a dead process left of the same blob is copied, never shared. */
export class FileIncoming implements Incoming {
  size = 0;
  validator: string | undefined;
  readonly #place: string;
  readonly #folder: string;
  readonly #digest: Digest;
  readonly #whole: number;
  #path = '';
  #file: FileHandle | undefined;
  #hash = createHash('sha256');

  constructor(place: string, folder: string, digest: Digest, whole: number) {
    [this.#place, this.#folder, this.#digest, this.#whole] = [place, folder, digest, whole];
  }

  async open(): Promise<void> {
    this.#path = join(this.#folder, `${this.#digest}.${process.pid}.${randomUUID().slice(0, 8)}.part`);
    inUse.add(this.#path);
    await this.#adopt();
    this.#file = await open(this.#path, 'a+', 0o644);
    await this.#rehash();
  }

  async append(chunk: Uint8Array): Promise<void> {
    if (this.size + chunk.length > this.#whole) {
      await this.restart();
      throw new Fault('untrusted', `the file is larger than the ${this.#whole} bytes that its index names`);
    }
    await this.#file!.appendFile(chunk);
    this.#hash.update(chunk);
    this.size += chunk.length;
  }

  async restart(validator?: string): Promise<void> {
    await this.#file!.truncate(0);
    this.#hash = createHash('sha256');
    this.size = 0;
    this.validator = validator;
    await (validator === undefined ? rm(`${this.#path}.version`, { force: true }) : writeFile(`${this.#path}.version`, validator));
  }

  async finish(): Promise<boolean> {
    const good = this.size === this.#whole && this.#hash.digest('hex') === this.#digest;
    if (good) await this.#file!.sync();
    await this.close();
    if (good) {
      await chmod(this.#path, 0o644);
      await mkdir(dirname(this.#place), { recursive: true });
      await rename(this.#path, this.#place);
    }
    await this.#sweep();
    return good;
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
    inUse.delete(this.#path);
  }

  /** Takes a copy of the longest leftover of this blob that nobody writes to. */
  async #adopt(): Promise<void> {
    let longest: { path: string; size: number } | undefined;
    for (const path of await this.#leftovers()) {
      const size = (await sizeOf(path)) ?? 0;
      if (size > (longest?.size ?? 0) && size <= this.#whole) longest = { path, size };
    }
    if (!longest) return;
    await copyFile(longest.path, this.#path, constants.COPYFILE_FICLONE).catch(unlessAbsent(undefined));
    this.validator = (await readFile(`${longest.path}.version`, 'utf8').catch(unlessAbsent(undefined))) || undefined;
    if (this.validator !== undefined) await writeFile(`${this.#path}.version`, this.validator);
    await removeBoth(longest.path);
  }

  async #rehash(): Promise<void> {
    for await (const chunk of this.#file!.createReadStream({ start: 0, autoClose: false, highWaterMark: 1 << 20 })) {
      this.#hash.update(chunk as Buffer);
      this.size += (chunk as Buffer).length;
    }
  }

  async #leftovers(): Promise<string[]> {
    const names = await readdir(this.#folder);
    return names
      .filter((name) => name.startsWith(`${this.#digest}.`) && name.endsWith('.part'))
      .sort()
      .map((name) => join(this.#folder, name))
      .filter(isAbandoned);
  }

  /** Nothing of this blob is needed any more, be it good or bad. */
  async #sweep(): Promise<void> {
    for (const path of [this.#path, ...(await this.#leftovers())]) await removeBoth(path);
  }
}

async function removeBoth(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(`${path}.version`, { force: true });
}

/** The size of a file, undefined when there is none. */
async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(({ size }) => size, unlessAbsent(undefined));
}

/** The paths that this very process writes to. */
const inUse = new Set<string>();

function isAbandoned(path: string): boolean {
  const pid = Number(basename(path).split('.')[1]);
  return pid === process.pid ? !inUse.has(path) : !isAlive(pid);
}

function unlessAbsent<T>(otherwise: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code !== 'ENOENT') throw error;
    return otherwise;
  };
}
