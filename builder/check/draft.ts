import type { Catalog } from '../manifest/catalog.ts';
import type { Atlas } from './atlas.ts';
import type { Cell, Opening } from './cell.ts';
import type { Edit } from './edit.ts';
import { patternOf, type Fate } from './fate.ts';
import type { Entry, Kind } from './manuscript.ts';
import { gapEdits, spotKey, withoutEmptyList } from './gap.ts';
import { isWithin, regionsOf, type Region, type Spot } from './region.ts';
import { respellComponent, respellExtension, type Draft } from './row.ts';

/** Everything that was seen about one entry. */
export interface Change {
  kind: Kind;
  name: string;
  fates: Map<string, Exclude<Fate, { is: 'open' }>>;
  gains: { opening: Opening; version: string }[];
  open: { cell: Cell; why: string }[];
}

/** The lines of one entry that have to change. */
export function editsOf(catalog: Catalog, atlas: Atlas, entry: Entry, change: Change): Edit[] {
  return new EntryDraft(catalog, atlas, entry, change).edits();
}

/** A cell among those of its entry. */
export const keyOf = ({ row, target, pg }: Cell): string => `${row} ${target.code} ${pg}`;

/** A row as it will stand. */
interface Standing {
  line: string;
  from: string;
  version: string | undefined;
  /** The name of its package, `{pg}` for the major; empty for a component. */
  pattern: string;
  spots: readonly Spot[];
}

class EntryDraft {
  readonly #catalog: Catalog;
  readonly #atlas: Atlas;
  readonly #entry: Entry;
  readonly #change: Change;

  constructor(catalog: Catalog, atlas: Atlas, entry: Entry, change: Change) {
    this.#catalog = catalog;
    this.#atlas = atlas;
    this.#entry = entry;
    this.#change = change;
  }

  edits(): Edit[] {
    const rows = this.#rows().map((row, place) => this.#redrafted(row.from, place));
    const gone = this.#goneSpots(rows.flat());
    const beyond = this.#widen(rows);
    return [...this.#rowEdits(rows, beyond), ...this.#gapEdits(gone)];
  }

  #rows(): readonly { from: string; on: readonly string[] }[] {
    const { kind, name } = this.#change;
    return (kind === 'extension' ? this.#catalog.extensions[name]! : this.#catalog.components[name]!).published;
  }

  /** What becomes of one row: itself, itself with a change, several, or nothing. */
  #redrafted(source: string, place: number): Standing[] {
    const { kind, name, fates } = this.#change;
    const line = this.#entry.sheet.lines[this.#entry.rowAt('published', place)]!;
    const cells = this.#atlas.cellsOf(source, kind, name, place);
    const as = (cell: Cell): Draft | undefined => {
      const fate = fates.get(keyOf(cell));
      if (fate?.is === 'gone') return undefined;
      const version = fate?.version ?? cell.version;
      return { ...(version !== undefined && { version }), ...(fate?.packages && { packages: fate.packages }) };
    };
    if (cells.every((cell) => !fates.has(keyOf(cell)))) return [{ line, from: source, version: cells[0]?.version, pattern: patternIn(cells), spots: cells }];
    const groups = [...Map.groupBy(cells, (cell) => JSON.stringify(as(cell) ?? null))].filter(([draft]) => draft !== 'null');
    const whole = groups.length === 1 && groups[0]![1].length === cells.length;
    return groups.flatMap(([text, members]) => {
      const draft = JSON.parse(text) as Draft;
      const regions: (Region | undefined)[] = whole ? [undefined] : this.#regions(source, members, cells, place);
      return regions.map((region) => ({ line: this.#respell(line, { ...draft, ...region }), from: source, version: draft.version, pattern: draft.packages?.[0] ?? patternIn(members), spots: region ? members.filter((spot) => isWithin(region, spot)) : members }));
    });
  }

  /** A component whose row has no majors keeps having none, where all of a target stay together. */
  #regions(source: string, members: readonly Spot[], all: readonly Spot[], place: number): Region[] {
    const row = this.#rows()[place] as { on: readonly string[]; pg?: string };
    const ground = this.#atlas.of(source);
    const split = members.some((spot) => all.filter((each) => each.target === spot.target).length !== members.filter((each) => each.target === spot.target).length);
    if (row.pg === undefined && !split) return regionsOf(members.map(({ target }) => ({ target, pg: '' })), ground, row.on);
    return regionsOf(members, ground, row.on);
  }

  #respell(line: string, draft: Draft): string {
    return this.#change.kind === 'extension' ? respellExtension(line, draft) : respellComponent(line, draft);
  }

  /** Spots that were had from somewhere and are to be had from nowhere. */
  #goneSpots(standing: readonly Standing[]): Spot[] {
    if (this.#change.kind !== 'extension') return [];
    const had = new Set(standing.flatMap(({ spots }) => spots.map(spotKey)));
    const cells = this.#rows().flatMap((row, place) => this.#atlas.cellsOf(row.from, 'extension', this.#change.name, place));
    const gone = cells.filter((cell) => this.#change.fates.get(keyOf(cell))?.is === 'gone' && !had.has(spotKey(cell)));
    return [...new Map(gone.map((cell) => [spotKey(cell), cell])).values()];
  }

  /** Puts what a source has beyond its rows into the row of the same version, or else into rows of its own, which are answered. */
  #widen(rows: Standing[][]): Standing[] {
    const added: Standing[] = [];
    for (const gains of Map.groupBy(this.#change.gains, ({ opening, version }) => `${opening.source} ${version} ${patternIn([opening])}`).values()) {
      const { opening: { source }, version } = gains[0]!;
      const spots = gains.map(({ opening }) => opening);
      const pattern = patternIn(spots);
      const ground = this.#atlas.of(source);
      const alike = rows.flat().find((row) => row.from === source && row.version === version && row.pattern === pattern && regionsOf([...row.spots, ...spots], ground).length === 1);
      if (alike) {
        alike.line = this.#respell(alike.line, regionsOf([...alike.spots, ...spots], ground)[0]!);
        continue;
      }
      for (const region of regionsOf(spots, ground)) added.push({ line: this.#newRow(region, source, version, pattern, spots[0]!), from: source, version, pattern, spots });
    }
    return added;
  }

  #newRow({ on, pg }: Region, source: string, version: string, pattern: string, { target }: Opening): string {
    const own = this.#catalog.extensions[this.#change.name]![target.format];
    return `      - ${[on.join(','), source, pg, version, ...(pattern === own ? [] : [pattern])].join(' ')}`;
  }

  #rowEdits(rows: readonly (readonly Standing[])[], beyond: readonly Standing[]): Edit[] {
    const edits = rows.flatMap((standing, place): Edit[] => {
      const line = this.#entry.rowAt('published', place);
      const insert = standing.map((each) => each.line);
      return insert.length === 1 && insert[0] === this.#entry.sheet.lines[line] ? [] : [{ line, remove: 1, insert }];
    });
    if (beyond.length === 0) return withoutEmptyList(this.#entry, 'published', rows.flat().length, edits);
    const insert = beyond.map((each) => each.line);
    if (rows.length > 0) return [...edits, { line: this.#entry.rowAt('published', rows.length - 1) + 1, remove: 0, insert }];
    const before = this.#entry.keyAt(this.#entry.count('gaps') > 0 ? 'gaps' : 'about');
    return [{ line: this.#entry.count('gaps') > 0 ? before : before + 1, remove: 0, insert: ['    published:', ...insert] }];
  }

  #gapEdits(gone: readonly Spot[]): Edit[] {
    const { kind, name, gains } = this.#change;
    return kind === 'extension' ? gapEdits(this.#entry, this.#catalog.extensions[name]!.gaps, gone, gains.map(({ opening }) => opening), this.#atlas) : [];
  }
}

const patternIn = (cells: readonly Opening[]): string => (cells[0]?.kind === 'extension' ? patternOf(cells[0].packages[0]!, cells[0].pg) : '');
