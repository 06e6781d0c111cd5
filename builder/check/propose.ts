import type { Catalog } from '../manifest/catalog.ts';
import { Atlas } from './atlas.ts';
import type { Opening } from './cell.ts';
import { upstreamOf, type Compared } from './compare.ts';
import { editsOf, keyOf, type Change } from './draft.ts';
import type { Edit } from './edit.ts';
import { fateOf, patternOf } from './fate.ts';
import type { Manuscript, Sheet } from './manuscript.ts';
import { regionsOf } from './region.ts';

export interface Proposal {
  edits: ReadonlyMap<Sheet, readonly Edit[]>;
  /** What only a person can decide. */
  open: readonly string[];
}

/** The edit that makes the manifests say what was seen: rows with another version, narrowed, widened or gone, and gaps. */
export function propose(catalog: Catalog, compared: readonly Compared[], manuscript: Manuscript): Proposal {
  const atlas = new Atlas(catalog);
  const edits = new Map<Sheet, Edit[]>();
  const open: string[] = [];
  for (const change of changesIn(compared).values()) {
    const entry = manuscript.entry(change.kind, change.name);
    if (!entry) continue;
    open.push(...questionsOf(change, atlas));
    if (entry.isLined) edits.set(entry.sheet, [...(edits.get(entry.sheet) ?? []), ...editsOf(catalog, atlas, entry, change)]);
    else if (change.fates.size + change.gains.length > 0) open.push(`${change.name} in ${entry.sheet.label}: its rows do not stand in lines of their own, and are not edited`);
  }
  return { edits, open: [...new Set(open)].sort() };
}

function changesIn(compared: readonly Compared[]): Map<string, Change> {
  const changes = new Map<string, Change>();
  const of = ({ kind, name }: Opening): Change => {
    const key = `${kind} ${name}`;
    if (!changes.has(key)) changes.set(key, { kind, name, fates: new Map(), gains: [], open: [] });
    return changes.get(key)!;
  };
  for (const { cells, openings, look } of compared) {
    for (const cell of cells) {
      const fate = fateOf(cell, look);
      if (fate?.is === 'open') of(cell).open.push({ cell, why: fate.why });
      else if (fate) of(cell).fates.set(keyOf(cell), fate);
    }
    for (const opening of openings) {
      const seen = look.packages.get(opening.packages[0]!);
      if (seen) of(opening).gains.push({ opening, version: upstreamOf(seen.version) });
    }
  }
  return changes;
}

/** What nobody but a person can decide, once for all the targets and majors where it is the same. */
function questionsOf({ name, open }: Change, atlas: Atlas): string[] {
  const alike = Map.groupBy(open, ({ cell, why }) => `${cell.source} ${patternOf(why, cell.pg)}`);
  return [...alike.values()].map((same) => {
    const { cell: { source, pg }, why } = same[0]!;
    const where = regionsOf(same.map(({ cell }) => cell), atlas.of(source)).map((region) => `${region.on.join(',')}${region.pg && ` ${region.pg}`}`);
    return `${name} on ${where.join('; ')} from ${source}: ${patternOf(why, pg)}`;
  });
}
