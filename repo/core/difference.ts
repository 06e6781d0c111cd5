/** A line of two texts: in both, only in the first, or only in the second. */
export interface DiffLine {
  is: 'same' | 'gone' | 'new';
  line: string;
}

/** The shortest way from one text to the other, line by line. */
export function difference(from: readonly string[], to: readonly string[]): DiffLine[] {
  const common = commonLengths(from, to);
  const lines: DiffLine[] = [];
  let [a, b] = [0, 0];
  while (a < from.length || b < to.length) {
    if (a < from.length && b < to.length && from[a] === to[b]) {
      lines.push({ is: 'same', line: from[a]! });
      a++;
      b++;
    } else if (b >= to.length || (a < from.length && common[a + 1]![b]! >= common[a]![b + 1]!)) lines.push({ is: 'gone', line: from[a++]! });
    else lines.push({ is: 'new', line: to[b++]! });
  }
  return lines;
}

/** What has changed, as `diff -u` spells it, with some lines around it. */
export function printDifference(from: string, to: string, around = 2): string {
  const lines = difference(from.split('\n'), to.split('\n'));
  const isNear = (index: number): boolean => lines.slice(Math.max(0, index - around), index + around + 1).some(({ is }) => is !== 'same');
  const shown = lines.map(({ is, line }, index) => (isNear(index) ? `${marks[is]}${line}` : undefined));
  return shown.flatMap((line, index) => (line !== undefined ? [line] : shown[index - 1] !== undefined && index < shown.length - 1 ? ['…'] : [])).join('\n');
}

const marks = { same: '  ', gone: '- ', new: '+ ' } as const;

/** The length of the longest common rest of the two, from every pair of places. */
function commonLengths(from: readonly string[], to: readonly string[]): number[][] {
  const lengths = Array.from({ length: from.length + 1 }, () => Array.from({ length: to.length + 1 }, () => 0));
  for (let a = from.length - 1; a >= 0; a--) {
    for (let b = to.length - 1; b >= 0; b--) lengths[a]![b] = from[a] === to[b] ? lengths[a + 1]![b + 1]! + 1 : Math.max(lengths[a + 1]![b]!, lengths[a]![b + 1]!);
  }
  return lengths;
}
