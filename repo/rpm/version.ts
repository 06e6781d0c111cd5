/**
 * Orders two RPM versions, `[epoch:]version[-release]`: negative, zero or positive (rpm-version(7)).
 * A missing epoch is 0; a version without a release goes before the same one with any.
 */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  const left = partsOf(a);
  const right = partsOf(b);
  return left.epoch - right.epoch || compareParts(left.version, right.version) || compareReleases(left.release, right.release);
}

/** Orders two versions or two releases, run by run: rpm calls it rpmvercmp. */
export function compareParts(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    i = skipSeparators(a, i);
    j = skipSeparators(b, j);
    const marked = compareMarks(a.charCodeAt(i), b.charCodeAt(j));
    if (marked === 'both') {
      i++;
      j++;
      continue;
    }
    if (marked !== 'none') return marked;
    if (i >= a.length || j >= b.length) break;
    const numeric = isDigit(a.charCodeAt(i));
    const belongs = numeric ? isDigit : isLetter;
    const endA = endOfRun(a, i, belongs);
    const endB = endOfRun(b, j, belongs);
    // A number goes after letters, whatever it is.
    if (endB === j) return numeric ? 1 : -1;
    const order = numeric ? compareNumbers(a.slice(i, endA), b.slice(j, endB)) : compareText(a.slice(i, endA), b.slice(j, endB));
    if (order !== 0) return order;
    i = endA;
    j = endB;
  }
  return Number(i < a.length) - Number(j < b.length);
}

interface Parts {
  epoch: number;
  version: string;
  release: string | undefined;
}

function partsOf(text: string): Parts {
  const colon = text.indexOf(':');
  const hyphen = text.lastIndexOf('-');
  return {
    epoch: colon > 0 ? Number(text.slice(0, colon)) : 0,
    version: text.slice(colon + 1, hyphen < 0 ? text.length : hyphen),
    release: hyphen < 0 ? undefined : text.slice(hyphen + 1),
  };
}

function compareReleases(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return compareParts(a, b);
}

const tilde = 0x7e;
const caret = 0x5e;

/** The tilde goes before everything, even the end; the caret after the end, but before everything else. `NaN` is the end. */
function compareMarks(a: number, b: number): number | 'both' | 'none' {
  for (const mark of [tilde, caret]) {
    if (a === mark && b === mark) return 'both';
    if (a === mark) return mark === caret && Number.isNaN(b) ? 1 : -1;
    if (b === mark) return mark === caret && Number.isNaN(a) ? -1 : 1;
  }
  return 'none';
}

/** Whatever is neither letter nor digit only separates. */
function skipSeparators(text: string, from: number): number {
  let index = from;
  for (; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (isDigit(code) || isLetter(code) || code === tilde || code === caret) break;
  }
  return index;
}

function endOfRun(text: string, from: number, belongs: (code: number) => boolean): number {
  let index = from;
  while (index < text.length && belongs(text.charCodeAt(index))) index++;
  return index;
}

/** Of any length, hence not as numbers. */
function compareNumbers(a: string, b: string): number {
  const left = a.replace(/^0+/, '');
  const right = b.replace(/^0+/, '');
  return left.length - right.length || compareText(left, right);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isLetter = (code: number): boolean => (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
