import { readFile, writeFile } from 'node:fs/promises';
import { Header } from 'tar';
import { archiveEnd, encodeHeader, padding } from '../../repo/bundle/member.ts';
import { readContent, readMembers } from '../../repo/bundle/read.ts';

/** A member of an archive that is being tampered with. */
export interface Forged {
  path: string;
  content: Buffer;
  mode: number;
  mtime: Date;
  /** Anything but a regular file. */
  type?: 'SymbolicLink' | 'Link' | 'Directory' | 'CharacterDevice' | 'FIFO';
  linkpath?: string;
}

/** Writes a copy of a bundle with other members. */
export async function forge(from: string, to: string, edit: (members: Forged[]) => Forged[]): Promise<string> {
  const members: Forged[] = [];
  for await (const member of readMembers(from)) members.push({ path: member.path, content: await readContent(member), mode: member.mode, mtime: member.mtime });
  const parts = edit(members).flatMap((member) => [headerOf(member), member.content, padding(member.content.length)]);
  await writeFile(to, Buffer.concat([...parts, archiveEnd]));
  return to;
}

/** Writes a copy of a file with one bit turned over, at the first place that holds `near`, `offset` bytes further. */
export async function flip(from: string, to: string, near: string, offset = 0): Promise<string> {
  const content = await readFile(from);
  const place = content.indexOf(near);
  if (place < 0) throw new Error(`${from} does not hold ${JSON.stringify(near)}`);
  content[place + offset]! ^= 1;
  await writeFile(to, content);
  return to;
}

function headerOf(member: Forged): Buffer {
  const { path, content, mode, mtime, type, linkpath } = member;
  if (!type) return encodeHeader({ path, size: content.length, mode, mtime });
  const header = new Header({ path, size: content.length, mode, mtime, type, uid: 0, gid: 0, ...(linkpath && { linkpath }) });
  header.encode();
  return header.block!;
}
