import { spelled } from '../manifest/major.ts';
import { isAbout, type Gap } from '../manifest/published.ts';
import type { Atlas } from './atlas.ts';
import type { Edit } from './edit.ts';
import type { Entry } from './manuscript.ts';
import { regionsOf, type Spot } from './region.ts';
import { respellGap } from './row.ts';

/** Gaps that are filled go, and what is published nowhere any more becomes one. */
export function gapEdits(entry: Entry, gaps: readonly Gap[], gone: readonly Spot[], filled: readonly Spot[], atlas: Atlas): Edit[] {
  const keys = new Set(filled.map(spotKey));
  const edits = gaps.flatMap((gap, place) => closed(gap, entry.rowAt('gaps', place), entry, keys, atlas));
  const insert = regionsOf(gone, atlas.all).map(({ on, pg }) => `      - ${on.join(',')} ${pg}`);
  const left = gaps.length - edits.filter((edit) => edit.insert.length === 0).length;
  if (insert.length === 0) return withoutEmptyList(entry, 'gaps', left, edits);
  if (gaps.length > 0) return [...edits, { line: entry.rowAt('gaps', gaps.length - 1) + 1, remove: 0, insert }];
  return [...edits, { line: entry.rowAt('published', entry.count('published') - 1) + 1, remove: 0, insert: ['    gaps:', ...insert] }];
}

/** A list without rows goes with its key. */
export function withoutEmptyList(entry: Entry, list: 'published' | 'gaps', left: number, edits: readonly Edit[]): Edit[] {
  return entry.count(list) > 0 && left === 0 ? [{ line: entry.keyAt(list), remove: 1, insert: [] }, ...edits] : [...edits];
}

export const spotKey = ({ target, pg }: Spot): string => `${target.code} ${pg}`;

/** A gap without the spots that were filled. */
function closed(gap: Gap, line: number, entry: Entry, filled: ReadonlySet<string>, atlas: Atlas): Edit[] {
  const spots = spelled(gap.pg).flatMap((pg) => atlas.all.possible(pg).filter((target) => isAbout(gap, target, pg)).map((target) => ({ target, pg })));
  const left = spots.filter((spot) => !filled.has(spotKey(spot)));
  if (left.length === spots.length) return [];
  return [{ line, remove: 1, insert: regionsOf(left, atlas.all, gap.on).map((region) => respellGap(entry.sheet.lines[line]!, region)) }];
}
