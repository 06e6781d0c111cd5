/**
 * One word for a POSIX shell (XCU 2.2.2: nothing is special between single quotes but the single quote).
 * zx's own quoting emits `$'…'`, which dash does not know; this one is given to zx in its place.
 */
export function quote(word: string): string {
  if (word.includes('\0')) throw new Error('a NUL byte cannot stand in an argument');
  return /^[A-Za-z0-9_./:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
