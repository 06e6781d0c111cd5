import type { Taken } from './agenda.ts';
import type { Id, Universe } from './universe.ts';

/** For a wish, the sets of packages each of which makes it count; none when nothing can. */
type Sets = readonly (readonly Id[])[];

/** Which wishes count only when something else is there, `(a if b)`, and who is to be looked at again when it comes. */
export class Conditions {
  readonly #universe: Universe;
  /** By owner, then by the place of the wish. */
  readonly #sets = new Map<Id, ReadonlyMap<number, Sets>>();
  readonly #waiting = new Map<Id, Set<Id>>();

  constructor(universe: Universe) {
    this.#universe = universe;
  }

  /** Takes in the conditions of a package; undefined when it has none. */
  load(owner: Id): ReadonlyMap<number, Sets> | undefined {
    const item = this.#universe.package(owner);
    const sets = item.requires.map((relation, at) => [at, this.#universe.conditions(relation, item.arch)] as const).filter((entry): entry is readonly [number, Sets] => entry[1] !== undefined);
    if (sets.length === 0) return undefined;
    const conditions = new Map(sets);
    this.#sets.set(owner, conditions);
    for (const id of sets.flatMap(([, each]) => each.flat())) this.#waiting.set(id, (this.#waiting.get(id) ?? new Set()).add(owner));
    return conditions;
  }

  /** Whether a wish stands under a condition that what was taken does not fulfil. */
  isIdle(owner: Id, at: number, taken: Taken): boolean {
    const sets = this.#sets.get(owner)?.get(at);
    return sets !== undefined && !sets.some((set) => set.every((id) => taken.has(id)));
  }

  /** Whose wishes this package may call up. */
  woken(id: Id): Id[] {
    return [...(this.#waiting.get(id) ?? [])];
  }
}
