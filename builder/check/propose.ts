import type { Target } from '../../repo/package/target.ts';
import type { Catalog } from '../manifest/catalog.ts';
import { spelled } from '../manifest/major.ts';
import { isAbout } from '../manifest/published.ts';
import { cellsOf, majorsFor, serves, type Cell, type Opening } from './cell.ts';
import { upstreamOf, type Compared } from './compare.ts';
import type { Edit } from './edit.ts';
import { fateOf, type Fate } from './fate.ts';
import type { Entry, Kind, Manuscript, Sheet } from './manuscript.ts';
import { regionsOf, type Region, type Spot } from './region.ts';
import { respellComponent, respellExtension, respellGap, type Draft } from './row.ts';

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
    const drafted = new EntryDraft(catalog, atlas, entry, change).edits();
    edits.set(entry.sheet, [...(edits.get(entry.sheet) ?? []), ...drafted]);
    open.push(...change.open);
  }
  return { edits, open: [...new Set(open)].sort() };
}

/** Everything that was seen about one entry. */
interface Change {
  kind: Kind;
  name: string;
  fates: Map<string, Exclude<Fate, { is: 'open' }>>;
  gains: { opening: Opening; version: string }[];
  open: string[];
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
      if (fate?.is === 'open') of(cell).open.push(`${cell.name} on ${cell.target.code}${cell.pg && ` for ${cell.pg}`} from ${cell.source}: ${fate.why}`);
      else if (fate) of(cell).fates.set(keyOf(cell), fate);
    }
    for (const opening of openings) {
      const seen = look.packages.get(opening.packages[0]!);
      if (seen) of(opening).gains.push({ opening, version: upstreamOf(seen.version) });
    }
  }
  return changes;
}

const keyOf = ({ row, target, pg }: Cell): string => `${row} ${target.code} ${pg}`;
const spotKey = ({ target, pg }: Spot): string => `${target.code} ${pg}`;

/** All cells of all rows, whether they were looked at or not: a row is split only where its cells come to differ. */
class Atlas {
  readonly #catalog: Catalog;
  readonly #cells = new Map<string, Map<string, Cell[]>>();

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  cellsOf(source: string, kind: Kind, name: string, row: number): readonly Cell[] {
    if (!this.#cells.has(source)) this.#cells.set(source, this.#read(source));
    return this.#cells.get(source)!.get(`${kind} ${name} ${row}`) ?? [];
  }

  /** The targets that a row of a source can speak of, for a major. */
  possible(source: string, pg: string): Target[] {
    const described = this.#catalog.sources[source]!;
    return this.#catalog.targets.filter((target) => serves(this.#catalog, described, target) && (pg === '' || majorsFor(this.#catalog, described, target).includes(pg)));
  }

  /** The targets that have a major at all. */
  supporting(pg: string): Target[] {
    return this.#catalog.targets.filter((target) => Object.values(this.#catalog.sources).some((source) => majorsFor(this.#catalog, source, target).includes(pg)));
  }

  #read(source: string): Map<string, Cell[]> {
    const described = this.#catalog.sources[source]!;
    const targets = this.#catalog.targets.filter((target) => serves(this.#catalog, described, target));
    const cells = targets.flatMap((target) => cellsOf(this.#catalog, described, target, majorsFor(this.#catalog, described, target)));
    return Map.groupBy(cells, ({ kind, name, row }) => `${kind} ${name} ${row}`);
  }
}

/** A row as it will stand. */
interface Standing {
  line: string;
  from: string;
  version: string | undefined;
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
    return [...this.#rowEdits(rows, beyond), ...this.#gapEdits(gone, this.#change.gains.map(({ opening }) => opening))];
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
    if (cells.every((cell) => !fates.has(keyOf(cell)))) return [{ line, from: source, version: cells[0]?.version, spots: cells }];
    const groups = [...Map.groupBy(cells, (cell) => JSON.stringify(as(cell) ?? null))].filter(([draft]) => draft !== 'null');
    const whole = groups.length === 1 && groups[0]![1].length === cells.length;
    return groups.flatMap(([text, members]) => {
      const draft = JSON.parse(text) as Draft;
      const regions: (Region | undefined)[] = whole ? [undefined] : this.#regions(source, members, cells, place);
      return regions.map((region) => ({ line: this.#respell(line, { ...draft, ...region }), from: source, version: draft.version, spots: members }));
    });
  }

  /** A component whose row has no majors keeps having none, where all of a target stay together. */
  #regions(source: string, members: readonly Spot[], all: readonly Spot[], place: number): Region[] {
    const row = this.#rows()[place] as { on: readonly string[]; pg?: string };
    const possible = (pg: string): Target[] => this.#atlas.possible(source, pg);
    const split = members.some((spot) => all.filter((each) => each.target === spot.target).length !== members.filter((each) => each.target === spot.target).length);
    if (row.pg === undefined && !split) return regionsOf(members.map(({ target }) => ({ target, pg: '' })), possible, row.on);
    return regionsOf(members, possible, row.on);
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
    for (const gains of Map.groupBy(this.#change.gains, ({ opening, version }) => `${opening.source} ${version}`).values()) {
      const { opening: { source }, version } = gains[0]!;
      const spots = gains.map(({ opening }) => opening);
      const possible = (pg: string): Target[] => this.#atlas.possible(source, pg);
      const alike = rows.flat().find((row) => row.from === source && row.version === version && regionsOf([...row.spots, ...spots], possible).length === 1);
      if (alike) {
        alike.line = this.#respell(alike.line, regionsOf([...alike.spots, ...spots], possible)[0]!);
        continue;
      }
      const { packages } = gains[0]!.opening;
      for (const region of regionsOf(spots, possible)) added.push({ line: this.#newRow(region, source, version, packages[0]!, gains[0]!.opening), from: source, version, spots });
    }
    return added;
  }

  #newRow({ on, pg }: Region, source: string, version: string, carrier: string, { target, pg: major }: Opening): string {
    const own = this.#catalog.extensions[this.#change.name]![target.format]?.replaceAll('{pg}', major);
    const pattern = carrier.replace(major, '{pg}');
    return `      - ${[on.join(','), source, pg, version, ...(carrier === own ? [] : [pattern])].join(' ')}`;
  }

  #rowEdits(rows: readonly (readonly Standing[])[], beyond: readonly Standing[]): Edit[] {
    const edits = rows.flatMap((standing, place): Edit[] => {
      const line = this.#entry.rowAt('published', place);
      const insert = standing.map((each) => each.line);
      return insert.length === 1 && insert[0] === this.#entry.sheet.lines[line] ? [] : [{ line, remove: 1, insert }];
    });
    if (beyond.length === 0) return this.#withoutEmptyList('published', rows.length, rows.flat().length, edits);
    const insert = beyond.map((each) => each.line);
    if (rows.length > 0) return [...edits, { line: this.#entry.rowAt('published', rows.length - 1) + 1, remove: 0, insert }];
    const before = this.#entry.keyAt(this.#entry.count('gaps') > 0 ? 'gaps' : 'about');
    return [{ line: this.#entry.count('gaps') > 0 ? before : before + 1, remove: 0, insert: ['    published:', ...insert] }];
  }

  /** Gaps that are filled go, and what is published nowhere any more becomes one. */
  #gapEdits(gone: readonly Spot[], filled: readonly Spot[]): Edit[] {
    if (this.#change.kind !== 'extension' || gone.length + filled.length === 0) return [];
    const { gaps } = this.#catalog.extensions[this.#change.name]!;
    const possible = (pg: string): Target[] => this.#atlas.supporting(pg);
    const keys = new Set(filled.map(spotKey));
    const edits = gaps.flatMap((gap, place): Edit[] => {
      const spots = this.#catalog.targets.flatMap((target) => spelled(gap.pg).filter((pg) => possible(pg).includes(target) && isAbout(gap, target, pg)).map((pg) => ({ target, pg })));
      const left = spots.filter((spot) => !keys.has(spotKey(spot)));
      if (left.length === spots.length) return [];
      const line = this.#entry.rowAt('gaps', place);
      return [{ line, remove: 1, insert: regionsOf(left, possible, gap.on).map((region) => respellGap(this.#entry.sheet.lines[line]!, region)) }];
    });
    const lines = regionsOf(gone, possible).map(({ on, pg }) => `      - ${on.join(',')} ${pg}`);
    const remaining = gaps.length - edits.filter((edit) => edit.insert.length === 0).length;
    if (lines.length === 0) return this.#withoutEmptyList('gaps', gaps.length, remaining, edits);
    if (gaps.length > 0) return [...edits, { line: this.#entry.rowAt('gaps', gaps.length - 1) + 1, remove: 0, insert: lines }];
    return [...edits, { line: this.#entry.rowAt('published', this.#entry.count('published') - 1) + 1, remove: 0, insert: ['    gaps:', ...lines] }];
  }

  /** A list without rows goes with its key. */
  #withoutEmptyList(list: 'published' | 'gaps', before: number, after: number, edits: Edit[]): Edit[] {
    return before > 0 && after === 0 ? [{ line: this.#entry.keyAt(list), remove: 1, insert: [] }, ...edits] : edits;
  }
}
