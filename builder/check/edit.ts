/** Lines of one file that make way for others. */
export interface Edit {
  /** Counted from 0. */
  line: number;
  remove: number;
  insert: readonly string[];
}

/** The lines after all edits, which do not overlap. */
export function applyEdits(lines: readonly string[], edits: readonly Edit[]): string[] {
  const result = [...lines];
  for (const { line, remove, insert } of ordered(edits).toReversed()) result.splice(line, remove, ...insert);
  return result;
}

/** How many unchanged lines stand around a change. */
const context = 3;

/** The edits as a unified diff, which patch(1) and git-apply(1) take. */
export function diffOf(path: string, lines: readonly string[], edits: readonly Edit[]): string {
  if (edits.length === 0) return '';
  let shift = 0;
  const hunks = hunksOf(joined(ordered(edits))).map((hunk) => {
    const text = spellHunk(lines, hunk, shift);
    shift += growth(hunk);
    return text;
  });
  return [`--- a/${path}`, `+++ b/${path}`, ...hunks].join('\n');
}

const ordered = (edits: readonly Edit[]): Edit[] => edits.toSorted((a, b) => a.line - b.line || a.remove - b.remove);
const growth = (edits: readonly Edit[]): number => edits.reduce((total, edit) => total + edit.insert.length - edit.remove, 0);

/** Edits of lines that follow one another, as one: all that goes stands before all that comes. */
function joined(edits: readonly Edit[]): Edit[] {
  const result: Edit[] = [];
  for (const edit of edits) {
    const last = result.at(-1);
    if (last && last.line + last.remove === edit.line) result.splice(-1, 1, { line: last.line, remove: last.remove + edit.remove, insert: [...last.insert, ...edit.insert] });
    else result.push(edit);
  }
  return result;
}

/** Edits whose contexts meet share a hunk. */
function hunksOf(edits: readonly Edit[]): Edit[][] {
  const hunks: Edit[][] = [];
  for (const edit of edits) {
    const last = hunks.at(-1)?.at(-1);
    if (last && edit.line - (last.line + last.remove) <= 2 * context) hunks.at(-1)!.push(edit);
    else hunks.push([edit]);
  }
  return hunks;
}

function spellHunk(lines: readonly string[], hunk: readonly Edit[], shift: number): string {
  const [first, last] = [hunk[0]!, hunk.at(-1)!];
  const from = Math.max(0, first.line - context);
  const to = Math.min(lines.length, last.line + last.remove + context);
  const text: string[] = [];
  let at = from;
  for (const { line, remove, insert } of hunk) {
    text.push(...lines.slice(at, line).map((each) => ` ${each}`), ...lines.slice(line, line + remove).map((each) => `-${each}`), ...insert.map((each) => `+${each}`));
    at = line + remove;
  }
  text.push(...lines.slice(at, to).map((each) => ` ${each}`));
  return [`@@ -${from + 1},${to - from} +${from + 1 + shift},${to - from + growth(hunk)} @@`, ...text].join('\n');
}
