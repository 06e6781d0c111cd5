import { type FileHandle, open } from 'node:fs/promises';
import { Fault } from '../core/fault.ts';
import { blockSize, decodeHeader, padding, type Member } from './member.ts';

export interface ReadMember extends Member {
  /** Where in the file its content begins. */
  at: number;
  /** To be read before the next member is asked for; what is left unread is passed over. */
  content(): AsyncGenerator<Buffer>;
}

/**
 * The members of a bundle's tar, in one pass over the file.
 * @throws Fault invalid when the file cannot be read or ends too early, untrusted when it is not laid out as pgark does
 */
export async function* readMembers(path: string): AsyncGenerator<ReadMember> {
  const cursor = await Cursor.open(path);
  try {
    for (;;) {
      const member = await decodeHeader((size) => cursor.take(size), path);
      if (!member) return await expectEnd(cursor, path);
      const rest = { size: member.size };
      yield { ...member, at: cursor.position, content: () => cursor.stream(rest) };
      cursor.skip(rest.size);
      await expectZeros(cursor, padding(member.size).length, `${path}: the padding after ${member.path}`);
    }
  } finally {
    await cursor.close();
  }
}

/** The whole content of a small member. @throws Fault untrusted above `limit` bytes */
export async function readContent(member: ReadMember, limit = 256 << 20): Promise<Buffer> {
  if (member.size > limit) throw new Fault('untrusted', `${member.path} claims ${member.size} bytes, more than such a file has`);
  const chunks: Buffer[] = [];
  for await (const chunk of member.content()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function expectEnd(cursor: Cursor, path: string): Promise<void> {
  await expectZeros(cursor, blockSize, `${path}: the end`);
  if (!cursor.ended) throw new Fault('untrusted', `${path} goes on after its end`);
}

async function expectZeros(cursor: Cursor, size: number, what: string): Promise<void> {
  if ((await cursor.take(size)).some((byte) => byte !== 0)) throw new Fault('untrusted', `${what} is not empty`);
}

/** A place in a file that is read from its beginning to its end; what is passed over is not read. */
class Cursor {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #size: number;
  /** Read already, from `#position` on. */
  #held: Buffer = Buffer.alloc(0);
  #position = 0;

  private constructor(path: string, file: FileHandle, size: number) {
    this.#path = path;
    this.#file = file;
    this.#size = size;
  }

  static async open(path: string): Promise<Cursor> {
    return unreadable(path, async () => {
      const file = await open(path);
      return new Cursor(path, file, (await file.stat()).size);
    });
  }

  get position(): number {
    return this.#position;
  }

  get ended(): boolean {
    return this.#position === this.#size;
  }

  /** Exactly `size` bytes. */
  async take(size: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.stream({ size })) parts.push(part);
    return Buffer.concat(parts);
  }

  /** The bytes that are left of `rest.size`, which counts down as they pass. */
  async *stream(rest: { size: number }): AsyncGenerator<Buffer> {
    while (rest.size > 0) {
      if (this.#held.length === 0) await this.#fill(rest.size);
      const part = this.#held.subarray(0, rest.size);
      this.skip(part.length);
      rest.size -= part.length;
      yield part;
    }
  }

  skip(size: number): void {
    if (this.#position + size > this.#size) throw this.#short();
    this.#held = this.#held.subarray(size);
    this.#position += size;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** A header and what follows it are read at once, but not what may be passed over. */
  async #fill(wanted: number): Promise<void> {
    const size = Math.min(Math.max(wanted, least), most, this.#size - this.#position);
    if (size === 0) throw this.#short();
    const { bytesRead, buffer } = await unreadable(this.#path, () => this.#file.read(Buffer.allocUnsafe(size), 0, size, this.#position));
    if (bytesRead === 0) throw this.#short();
    this.#held = buffer.subarray(0, bytesRead);
  }

  #short(): Fault {
    return new Fault('invalid', `${this.#path} ends too early: after ${this.#size} bytes`, { hint: 'it was not copied whole; compare its size with the one it was copied from' });
  }
}

const least = 1 << 14;
const most = 1 << 20;

async function unreadable<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw new Fault('invalid', `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
