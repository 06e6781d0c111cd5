import { Fault } from '../core/fault.ts';
import { endOf, entryLength, isOfBytes, isOfNumbers, isOfTexts, readNumbers, rowOf, type Rows, type ValueType } from './row.ts';

/**
 * One header structure of an RPM file: a sorted index of typed values. Its bounds, types, order and its region are checked
 * when it is read, before a single value is; what is asked for in a wrong type is a Fault (rpm, docs/manual/format_v4.md).
 */
export class Header {
  /** Of the whole structure, its magic included. */
  readonly length: number;
  readonly #what: string;
  readonly #values: Buffer;
  readonly #rows: Rows;
  /** The row of each tag. */
  readonly #places: ReadonlyMap<number, number>;

  constructor(length: number, what: string, values: Buffer, rows: Rows, places: ReadonlyMap<number, number>) {
    this.length = length;
    this.#what = what;
    this.#values = values;
    this.#rows = rows;
    this.#places = places;
  }

  /** The only, or the first, text of a tag. Of a translated one the first is the untranslated. */
  text(tag: number): string | undefined {
    return this.texts(tag)[0];
  }

  /** All texts of a tag; none when it is absent. */
  texts(tag: number): string[] {
    const entry = this.#entry(tag, isOfTexts);
    return entry === undefined ? [] : this.#values.toString('utf8', entry.offset, entry.end - 1).split('\0');
  }

  number(tag: number): number | undefined {
    return this.numbers(tag)[0];
  }

  /** All numbers of a tag; none when it is absent. */
  numbers(tag: number): number[] {
    const entry = this.#entry(tag, isOfNumbers);
    return entry === undefined ? [] : readNumbers(entry.type, this.#values.subarray(entry.offset, entry.end));
  }

  bytes(tag: number): Buffer | undefined {
    const entry = this.#entry(tag, isOfBytes);
    return entry && this.#values.subarray(entry.offset, entry.end);
  }

  #entry(tag: number, isOfThem: (type: ValueType) => boolean): { type: ValueType; offset: number; end: number } | undefined {
    const place = this.#places.get(tag);
    if (place === undefined) return undefined;
    const row = rowOf(this.#rows, place);
    if (!isOfThem(row.type)) throw new Fault('invalid', `${this.#what}: the tag ${tag} has the type ${row.type}`);
    return { type: row.type, offset: row.offset, end: endOf(row, this.#values)! };
  }
}

/** Which of the two headers: each has a region of its own, and limits (rpm, lib/header.c, hdrblobRead). */
export interface HeaderKind {
  region: number;
  mostEntries: number;
  mostBytes: number;
  /** A region that leaves something out would leave it unsigned. */
  whole: boolean;
}

/** How long the header at `at` is, as far as its preamble says. @throws Fault invalid */
export function headerLength(content: Buffer, at: number, kind: HeaderKind, what: string): number {
  if (content.compare(magic, 0, magic.length, at, at + magic.length) !== 0) throw new Fault('invalid', `${what}: there is no header where one has to be`);
  const entries = content.readUInt32BE(at + 8);
  const bytes = content.readUInt32BE(at + 12);
  if (entries < 1 || entries > kind.mostEntries || bytes > kind.mostBytes) throw new Fault('invalid', `${what}: a header of ${entries} entries and ${bytes} bytes is none`);
  return preambleLength + entries * entryLength + bytes;
}

/** Reads the header at `at`, which must be there to its end. @throws Fault invalid */
export function readHeader(content: Buffer, at: number, kind: HeaderKind, what: string): Header {
  const length = headerLength(content, at, kind, what);
  if (at + length > content.length) throw new Fault('invalid', `${what} ends within its header`);
  const count = content.readUInt32BE(at + 8);
  const first = at + preambleLength;
  const rows: Rows = content.subarray(first, first + count * entryLength);
  const values = content.subarray(first + rows.length, at + length);
  checkRegion(rows, values, kind, what);
  return new Header(length, what, values, rows, placesIn(rows, values, what));
}

/** Magic, number of entries, number of bytes. */
export const preambleLength = 16;

/** The last four bytes are reserved, and signed as zeros. */
const magic = Buffer.from('8eade80100000000', 'hex');

/** The first entry says which of the others were there when the header was made; its trailer repeats that, counted back. */
function checkRegion(rows: Rows, values: Buffer, kind: HeaderKind, what: string): void {
  const region = rowOf(rows, 0);
  const count = rows.length / entryLength;
  const wrong = (): Fault => new Fault('invalid', `${what}: the region of a header is not what it has to be`);
  if (region.tag !== kind.region || !isOfBytes(region.type) || region.count !== entryLength) throw wrong();
  if (region.offset < 0 || region.offset + entryLength > values.length) throw wrong();
  const trailer = rowOf(values.subarray(region.offset), 0);
  const covered = -trailer.offset / entryLength;
  if (!isOfBytes(trailer.type) || trailer.count !== entryLength || !Number.isInteger(covered) || covered < 1 || covered > count) throw wrong();
  if (kind.whole && (trailer.tag !== kind.region || covered !== count || region.offset + entryLength !== values.length)) throw wrong();
}

/** In the order of their values, none of which overlap: no two programs can read one header in two ways. */
function placesIn(rows: Rows, values: Buffer, what: string): Map<number, number> {
  const places = new Map<number, number>();
  let last = 0;
  for (let place = 1; place * entryLength < rows.length; place++) {
    const row = rowOf(rows, place);
    const end = endOf(row, values);
    if (end === undefined || row.offset < last || row.tag < 100 || places.has(row.tag)) throw new Fault('invalid', `${what}: the entry of the tag ${row.tag} in a header is not what it has to be`);
    places.set(row.tag, place);
    last = end;
  }
  return places;
}
