import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyEdits, diffOf, type Edit } from '../../../builder/check/edit.ts';

const lines = Array.from({ length: 40 }, (_, place) => `line ${place}`);

const edits: readonly Edit[] = [
  { line: 30, remove: 2, insert: ['other 30'] },
  { line: 0, remove: 1, insert: [] },
  { line: 5, remove: 0, insert: ['more', 'and more'] },
  { line: 39, remove: 1, insert: ['the end', 'at last'] },
  { line: 29, remove: 1, insert: ['other 29'] },
];

test('edits come out the same whatever their order', () => {
  const result = applyEdits(lines, edits);

  expect(result).toEqual(applyEdits(lines, edits.toReversed()));
  expect(result.slice(0, 7)).toEqual(['line 1', 'line 2', 'line 3', 'line 4', 'more', 'and more', 'line 5']);
});

test('nothing makes no diff', () => {
  expect(diffOf('a.yml', lines, [])).toBe('');
});

test('git takes the diff, and what comes out is what the edits make', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pgark-diff-'));
  writeFileSync(join(folder, 'a.yml'), `${lines.join('\n')}\n`);

  execFileSync('git', ['apply', '-'], { cwd: folder, input: `${diffOf('a.yml', lines, edits)}\n` });

  expect(readFileSync(join(folder, 'a.yml'), 'utf8')).toBe(`${applyEdits(lines, edits).join('\n')}\n`);
  rmSync(folder, { recursive: true });
});
