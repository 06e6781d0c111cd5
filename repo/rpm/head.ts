import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { Fault } from '../core/fault.ts';
import { type Header, headerLength, type HeaderKind, preambleLength, readHeader } from './header.ts';
import { tags } from './tags.ts';

/** Everything of an RPM file but its payload. */
export interface Head {
  /** Signs nothing by itself, and is signed by nothing. */
  signature: Header;
  header: Header;
  /** Where in the file the header lies, which is what is signed; the payload follows at its end. */
  range: { start: number; end: number };
  /** The bytes of that range. */
  signed: Buffer;
}

/** Reads the head of a package from the beginning of its file. @throws Fault invalid */
export function readHead(content: Buffer, what: string): Head {
  const end = extentOf(content, what);
  if (end > content.length) throw new Fault('invalid', `${what} ends within its header`);
  const signature = readHeader(content, leadLength, signatureKind, what);
  const start = startOf(signature.length);
  return { signature, header: readHeader(content, start, headerKind, what), range: { start, end }, signed: content.subarray(start, end) };
}

/** A package that lies within another file: a bundle. */
export interface Extent {
  at: number;
  size: number;
}

/**
 * Reads the head of a package, and no more of its file than that needs. It is a few thousand bytes: to read them at once takes
 * a tenth of the time that it takes to be told when they have been read. @throws Fault invalid
 */
export function readHeadOf(path: string, what: string, within?: Extent): Head {
  const file = openGiven(path);
  try {
    const { at, size } = within ?? { at: 0, size: fstatSync(file).size };
    let content = beginningOf(file, at, scratch.subarray(0, Math.min(usual, size)));
    for (let need = extentOf(content, what); need > content.length; need = extentOf(content, what)) {
      // A header says how long it is; only the file can be that long.
      if (need > size) throw new Fault('invalid', `${what} ends within its header`);
      content = beginningOf(file, at, Buffer.allocUnsafe(need));
    }
    return readHead(Buffer.from(content.subarray(0, extentOf(content, what))), what);
  } finally {
    closeSync(file);
  }
}

function openGiven(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw new Fault('invalid', `${path}: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}

/** Most heads are shorter. */
const usual = 1 << 14;
const scratch = Buffer.allocUnsafeSlow(usual);

const leadLength = 96;

/** The limits are those of rpm (lib/header.c, hdrblobRead). */
const signatureKind: HeaderKind = { region: tags.signatureRegion, mostEntries: 32, mostBytes: 64 << 20, whole: false };
const headerKind: HeaderKind = { region: tags.headerRegion, mostEntries: 0xffff, mostBytes: 0x0fffffff, whole: true };

/** How much of the file is needed to read the head, as far as its beginning tells. */
function extentOf(content: Buffer, what: string): number {
  if (content.length < leadLength + preambleLength) throw new Fault('invalid', `${what} is no RPM package`);
  checkLead(content, what);
  const start = startOf(headerLength(content, leadLength, signatureKind, what));
  if (content.length < start + preambleLength) return start + preambleLength;
  return start + headerLength(content, start, headerKind, what);
}

/** All that the lead is still for is to be recognised: its name and architecture are read by nobody (rpm, docs/manual/format_lead.md). */
function checkLead(content: Buffer, what: string): void {
  if (content.readUInt32BE(0) !== 0xedabeedb) throw new Fault('invalid', `${what} is no RPM package`);
  const [major, type, signature] = [content.readUInt8(4), content.readUInt16BE(6), content.readUInt16BE(78)];
  if ((major !== 3 && major !== 4) || signature !== 5) throw new Fault('invalid', `${what} is an RPM package of a format that is not read: version ${major}, signature ${signature}`);
  if (type !== 0) throw new Fault('invalid', `${what} is a source package`);
}

/** The header follows the signature header, filled up to a multiple of eight. */
const startOf = (length: number): number => leadLength + Math.ceil(length / 8) * 8;

function beginningOf(file: number, at: number, content: Buffer): Buffer {
  let filled = 0;
  while (filled < content.length) {
    const read = readSync(file, content, filled, content.length - filled, at + filled);
    if (read === 0) break;
    filled += read;
  }
  return content.subarray(0, filled);
}
