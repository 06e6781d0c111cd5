import type { Wish } from './agenda.ts';
import type { Id, Universe } from './universe.ts';

type Among = Pick<ReadonlySet<Id>, 'has'>;

/**
 * Weak dependencies of both kinds. What a package recommends, or what supplements it, is taken where that is asked for, and
 * goes first among several; what it suggests, or what enhances it, goes first after that, and is never taken for that alone.
 */
export class Weak {
  readonly #universe: Universe;
  /** By package, who supplements it and whose recommendations stand under the condition that it is there. */
  #supplementing: ReadonlyMap<Id, readonly Id[]> | undefined;
  readonly #conditional = new Map<Id, Set<Id>>();

  constructor(universe: Universe) {
    this.#universe = universe;
  }

  /** A wish for each recommendation; an empty one while the condition that it stands under is not fulfilled. */
  recommendsOf(id: Id, taken: Among): readonly Wish[] {
    return this.#wishes(id, 'recommends', taken);
  }

  /** The packages that supplement a package, alone or with others that were taken; of each name the best that does. */
  supplementsOf(id: Id, taken: Among): readonly Wish[] {
    this.#supplementing ??= this.#index();
    const found = (this.#supplementing.get(id) ?? none).filter((other) => this.#holds(other, 'supplements', taken));
    const nameOf = (other: Id | undefined): string | undefined => (other === undefined ? undefined : this.#universe.package(other).name);
    return found.filter((other, place) => nameOf(found[place - 1]) !== nameOf(other)).map((other) => [other]);
  }

  /** Whose recommendations this package may call up. */
  woken(id: Id): Id[] {
    return [...(this.#conditional.get(id) ?? none)];
  }

  /** Of packages alike, the one that goes first for the sake of what was taken; undefined when nothing speaks for any. */
  preferred(alike: readonly Id[], taken: ReadonlySet<Id>): Id | undefined {
    const wanted = (id: Id, kind: 'recommends' | 'suggests'): boolean => [...taken].some((other) => this.#wishes(other, kind, taken).some((wish) => wish.includes(id)));
    const recommended = alike.find((id) => wanted(id, 'recommends') || this.#holds(id, 'supplements', taken));
    return recommended ?? alike.find((id) => wanted(id, 'suggests') || this.#holds(id, 'enhances', taken));
  }

  #wishes(id: Id, kind: 'recommends' | 'suggests', taken: Among): Wish[] {
    const item = this.#universe.package(id);
    return (item[kind] ?? none).map((relation) => {
      const sets = this.#universe.conditions(relation, item.arch);
      for (const other of sets?.flat() ?? none) this.#conditional.set(other, (this.#conditional.get(other) ?? new Set()).add(id));
      return sets === undefined || sets.some((set) => set.every((other) => taken.has(other))) ? this.#universe.satisfying(relation, item.arch) : none;
    });
  }

  #holds(id: Id, kind: 'supplements' | 'enhances', taken: Among): boolean {
    const item = this.#universe.package(id);
    return (item[kind] ?? none).some((relations) => relations.every((relation) => this.#universe.satisfying(relation, item.arch).some((other) => taken.has(other))));
  }

  /** Nothing of another architecture is taken only because it supplements something (libsolv, policy.c). */
  #index(): Map<Id, Id[]> {
    const supplementing = new Map<Id, Id[]>();
    this.#universe.packages.forEach((item, id) => {
      if (!item.supplements?.length || this.#universe.archOf(id) !== this.#universe.arch) return;
      const others = item.supplements.flat().flatMap((relation) => this.#universe.satisfying(relation, item.arch));
      for (const other of new Set(others)) supplementing.set(other, [...(supplementing.get(other) ?? none), id]);
    });
    return supplementing;
  }
}

const none: readonly never[] = [];
