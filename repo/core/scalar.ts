import { beyond } from './cursor.ts';

/** What a scalar without quotes stands for in YAML 1.2: 17 is a number, 17.10 is 17.1, and 3.6.4 is a string. */
export function meaningOf(scalar: string): string | number | boolean | null {
  if (Object.hasOwn(words, scalar)) return words[scalar]!;
  if (number.test(scalar)) return Number(scalar);
  if (unusual.test(scalar)) throw beyond;
  return scalar;
}

const words: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
const number = /^(?:0|[1-9]\d{0,14})$|^(?:0|[1-9]\d{0,8})\.\d{1,6}$/;
/** Other spellings of these (YAML 1.2.2, 10.3.2). */
const unusual = /^[-+]?(?:\.?\d+|\d+\.\d*)(?:[eE][-+]?\d+)?$|^0[xo][\dA-Fa-f]+$|^[-+]?\.inf$|^\.nan$|^(?:true|false|null)$/i;
