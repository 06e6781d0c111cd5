import { Header, Pax } from 'tar';
import { Fault } from '../core/fault.ts';

/** One file as the archive states it. A bundle holds regular files only; folders come into being with what they hold. */
export interface Member {
  path: string;
  size: number;
  mode: number;
  mtime: Date;
}

export const blockSize = 512;

/** The blocks before the content: POSIX ustar, and a pax header before it where the path does not fit into ustar's fields. */
export function encodeHeader(member: Member): Buffer {
  const header = new Header({ ...member, type: 'File', uid: 0, gid: 0, uname: 'root', gname: 'root' });
  header.encode();
  if (!header.needPax) return header.block!;
  return Buffer.concat([new Pax({ path: member.path }).encode(), header.block!]);
}

/** The zero bytes that fill the last block of the content. */
export const padding = (size: number): Buffer => Buffer.alloc((blockSize - (size % blockSize)) % blockSize);

/** Two empty blocks end an archive (POSIX pax, "ustar Interchange Format"). */
export const archiveEnd = Buffer.alloc(2 * blockSize);

/**
 * Reads the header at the cursor; undefined at the archive's end. Only what `encodeHeader` writes is read: where two readers
 * could understand two things by the same bytes, there is nothing for them to differ about.
 * @throws Fault untrusted for any other header
 */
export async function decodeHeader(take: (size: number) => Promise<Buffer>, what: string): Promise<Member | undefined> {
  const first = await take(blockSize);
  if (first.every((byte) => byte === 0)) return undefined;
  const extended = typeOf(first) === 'x' ? await readPax(first, take, what) : undefined;
  const block = extended ? await take(blockSize) : first;
  const header = new Header(block);
  const member: Member = { path: extended?.path ?? header.path ?? '', size: header.size ?? -1, mode: header.mode ?? -1, mtime: header.mtime ?? new Date(0) };
  if (typeOf(block) !== '0') throw new Fault('untrusted', `${what} holds ${JSON.stringify(member.path)}, which is a ${header.type ?? 'member of unknown kind'}, not a regular file`);
  const written = Buffer.concat(extended ? [extended.raw, block] : [block]);
  if (member.size < 0 || !encodeHeader(member).equals(written)) throw new Fault('untrusted', `${what}: the header of ${JSON.stringify(member.path)} is not one that pgark writes`);
  return member;
}

const typeOf = (block: Buffer): string => String.fromCharCode(block[156]!);

async function readPax(block: Buffer, take: (size: number) => Promise<Buffer>, what: string): Promise<{ path: string; raw: Buffer }> {
  const size = new Header(block).size ?? 0;
  if (size > 4096) throw new Fault('untrusted', `${what} holds an extended header of ${size} bytes`);
  const body = await take(size + padding(size).length);
  return { path: Pax.parse(body.subarray(0, size).toString('utf8')).path ?? '', raw: Buffer.concat([block, body]) };
}
