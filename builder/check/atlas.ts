import type { Target } from '../../repo/package/target.ts';
import type { Catalog } from '../manifest/catalog.ts';
import { cellsOf, majorsFor, serves, type Cell } from './cell.ts';
import type { Kind } from './manuscript.ts';
import type { Ground } from './region.ts';

/** All cells of all rows, whether they were looked at or not: a row is split only where its cells come to differ. */
export class Atlas {
  readonly #catalog: Catalog;
  readonly #cells = new Map<string, Map<string, Cell[]>>();
  readonly #majors = new Map<string, Map<Target, readonly string[]>>();

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  cellsOf(source: string, kind: Kind, name: string, row: number): readonly Cell[] {
    if (!this.#cells.has(source)) this.#cells.set(source, this.#read(source));
    return this.#cells.get(source)!.get(`${kind} ${name} ${row}`) ?? [];
  }

  /** What a row of a source can speak of. */
  of(source: string): Ground {
    return this.#ground([source]);
  }

  /** What a gap can speak of. */
  get all(): Ground {
    return this.#ground(Object.keys(this.#catalog.sources));
  }

  #ground(sources: readonly string[]): Ground {
    const has = (target: Target, pg: string): boolean => sources.some((source) => (pg === '' ? this.#majorsOf(source).has(target) : this.#majorsOf(source).get(target)?.includes(pg)));
    return { targets: this.#catalog.targets, possible: (pg) => this.#catalog.targets.filter((target) => has(target, pg)) };
  }

  /** The targets that a source serves, with their majors. */
  #majorsOf(name: string): ReadonlyMap<Target, readonly string[]> {
    const known = this.#majors.get(name);
    if (known) return known;
    const source = this.#catalog.sources[name]!;
    const majors = new Map(this.#catalog.targets.filter((target) => serves(this.#catalog, source, target)).map((target) => [target, majorsFor(this.#catalog, source, target)] as const));
    this.#majors.set(name, majors);
    return majors;
  }

  #read(source: string): Map<string, Cell[]> {
    const cells = [...this.#majorsOf(source)].flatMap(([target, majors]) => cellsOf(this.#catalog, this.#catalog.sources[source]!, target, majors));
    return Map.groupBy(cells, ({ kind, name, row }) => `${kind} ${name} ${row}`);
  }
}
