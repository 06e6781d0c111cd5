/** The index of a header: sixteen bytes an entry (rpm, docs/manual/format_header.md). */
export type Rows = Buffer;

/** Which values an entry has, how many, and where they begin. */
export interface Row {
  tag: number;
  type: ValueType;
  offset: number;
  count: number;
}

/** From 1: char, int8, int16, int32, int64, text, bytes, texts, translated text. */
export type ValueType = number;

export const entryLength = 16;

export function rowOf(rows: Rows, place: number): Row {
  const at = place * entryLength;
  return { tag: rows.readInt32BE(at), type: rows.readInt32BE(at + 4), offset: rows.readInt32BE(at + 8), count: rows.readInt32BE(at + 12) };
}

/** Where the values of an entry end; undefined when they do not fit. */
export function endOf({ type, offset, count }: Row, values: Buffer): number | undefined {
  const width = widths[type];
  // Values stand at a multiple of their width.
  if (width === undefined || offset < 0 || offset >= values.length || count < 1 || count > values.length || offset % width !== 0) return undefined;
  if (isOfTexts(type)) return type === single && count !== 1 ? undefined : endOfTexts(values, offset, count);
  const end = offset + count * width;
  return end > values.length ? undefined : end;
}

export const isOfTexts = (type: ValueType): boolean => type === single || type === 8 || type === 9;
export const isOfNumbers = (type: ValueType): boolean => type >= 2 && type <= 5;
export const isOfBytes = (type: ValueType): boolean => type === 7;

export function readNumbers(type: ValueType, values: Buffer): number[] {
  const width = widths[type]!;
  const numbers: number[] = [];
  for (let at = 0; at < values.length; at += width) {
    // Sizes beyond 2^53 are of no file; they come out rounded, and agree with nothing.
    numbers.push(width === 8 ? Number(values.readBigUInt64BE(at)) : values.readUIntBE(at, width));
  }
  return numbers;
}

const single = 6;

const widths: Record<ValueType, number> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 1, 9: 1 };

function endOfTexts(values: Buffer, offset: number, count: number): number | undefined {
  let at = offset;
  for (let left = count; left > 0; at++) {
    if (at === values.length) return undefined;
    if (values[at] === 0) left--;
  }
  return at;
}
