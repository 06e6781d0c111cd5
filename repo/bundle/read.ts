import { createReadStream } from 'node:fs';
import { Fault } from '../core/fault.ts';
import { blockSize, decodeHeader, padding, type Member } from './member.ts';

export interface ReadMember extends Member {
  /** To be read before the next member is asked for; what is left unread is passed over. */
  content(): AsyncGenerator<Buffer>;
}

/**
 * The members of a bundle's tar, in one pass over the file.
 * @throws Fault invalid when the file cannot be read or ends too early, untrusted when it is not laid out as pgark does
 */
export async function* readMembers(path: string): AsyncGenerator<ReadMember> {
  const cursor = new Cursor(path);
  try {
    for (;;) {
      const member = await decodeHeader((size) => cursor.take(size), path);
      if (!member) return await expectEnd(cursor, path);
      const rest = { size: member.size };
      yield { ...member, content: () => cursor.stream(rest) };
      for await (const chunk of cursor.stream(rest)) void chunk;
      await expectZeros(cursor, padding(member.size).length, `${path}: the padding after ${member.path}`);
    }
  } finally {
    cursor.close();
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
  if (!(await cursor.ended())) throw new Fault('untrusted', `${path} goes on after its end`);
}

async function expectZeros(cursor: Cursor, size: number, what: string): Promise<void> {
  if ((await cursor.take(size)).some((byte) => byte !== 0)) throw new Fault('untrusted', `${what} is not empty`);
}

/** A place in a file that is read from its beginning to its end. */
class Cursor {
  readonly #path: string;
  readonly #stream: ReturnType<typeof createReadStream>;
  readonly #chunks: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);
  #position = 0;

  constructor(path: string) {
    this.#path = path;
    this.#stream = createReadStream(path, { highWaterMark: 1 << 20 });
    this.#chunks = this.#stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
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
      if (this.#held.length === 0 && !(await this.#fill())) throw new Fault('invalid', `${this.#path} ends too early: after ${this.#position} bytes`, { hint: 'it was not copied whole; compare its size with the one it was copied from' });
      const part = this.#held.subarray(0, rest.size);
      this.#held = this.#held.subarray(part.length);
      this.#position += part.length;
      rest.size -= part.length;
      yield part;
    }
  }

  async ended(): Promise<boolean> {
    return this.#held.length === 0 && !(await this.#fill());
  }

  close(): void {
    this.#stream.destroy();
  }

  async #fill(): Promise<boolean> {
    try {
      const { value, done } = await this.#chunks.next();
      if (done === true) return false;
      this.#held = value;
      return true;
    } catch (cause) {
      throw new Fault('invalid', `${this.#path} cannot be read: ${(cause as Error).message}`, { cause });
    }
  }
}
