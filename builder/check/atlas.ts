import type { Target } from '../../repo/package/target.ts';
import type { Catalog } from '../manifest/catalog.ts';
import { cellsOf, majorsFor, serves, type Cell } from './cell.ts';
import type { Kind } from './manuscript.ts';

/** All cells of all rows, whether they were looked at or not: a row is split only where its cells come to differ. */
export class Atlas {
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
