/**
 * Orders two Debian versions: negative, zero or positive (deb-version(7); Debian policy 5.6.12).
 * Epoch first, then the upstream part, then the revision behind the last hyphen; an absent part counts as `0`.
 */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  const left = partsOf(a);
  const right = partsOf(b);
  return (
    left.epoch - right.epoch ||
    compareParts(a, left.start, left.hyphen, b, right.start, right.hyphen) ||
    compareParts(a, left.revision, a.length, b, right.revision, b.length)
  );
}

const tilde = 0x7e;
const zero = 0x30;

interface Parts {
  epoch: number;
  start: number;
  /** The end of the upstream part. */
  hyphen: number;
  revision: number;
}

function partsOf(version: string): Parts {
  const colon = version.indexOf(':');
  const hyphen = version.lastIndexOf('-');
  return {
    epoch: colon > 0 ? Number(version.slice(0, colon)) : 0,
    start: colon + 1,
    hyphen: hyphen < 0 ? version.length : hyphen,
    revision: hyphen < 0 ? version.length : hyphen + 1,
  };
}

/** Runs of other characters and runs of digits in turn, the latter by number. */
function compareParts(a: string, i: number, endA: number, b: string, j: number, endB: number): number {
  while (i < endA || j < endB) {
    while ((i < endA && !isDigit(a.charCodeAt(i))) || (j < endB && !isDigit(b.charCodeAt(j)))) {
      const difference = weight(a, i, endA) - weight(b, j, endB);
      if (difference !== 0) return difference;
      i++;
      j++;
    }
    while (i < endA && a.charCodeAt(i) === zero) i++;
    while (j < endB && b.charCodeAt(j) === zero) j++;
    let first = 0;
    while (i < endA && j < endB && isDigit(a.charCodeAt(i)) && isDigit(b.charCodeAt(j))) {
      if (first === 0) first = a.charCodeAt(i) - b.charCodeAt(j);
      i++;
      j++;
    }
    // The longer run of digits, leading zeros aside, is the greater number.
    if (i < endA && isDigit(a.charCodeAt(i))) return 1;
    if (j < endB && isDigit(b.charCodeAt(j))) return -1;
    if (first !== 0) return first;
  }
  return 0;
}

const isDigit = (code: number): boolean => code >= zero && code <= 0x39;

/** The tilde sorts before the end, the end before letters, letters before everything else; a digit ends the run. */
function weight(text: string, index: number, end: number): number {
  if (index >= end) return 0;
  const code = text.charCodeAt(index);
  if (isDigit(code)) return 0;
  if (code === tilde) return -1;
  const letter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  return letter ? code : code + 256;
}
