import type { Wish } from './agenda.ts';
import type { Id, Universe } from './universe.ts';

type Among = Pick<ReadonlySet<Id>, 'has'>;

/** The sets of packages each of which fulfils the condition, if there is one. */
type Sets = readonly (readonly Id[])[] | undefined;

interface Wanting {
  owner: Id;
  sets: Sets;
}

/**
 * Weak dependencies of both kinds. What a package recommends, or what supplements it, is taken where that is asked for, and
 * goes first among several; what it suggests, or what enhances it, goes first after that, and is never taken for that alone.
 */
export class Weak {
  readonly #universe: Universe;
  /** By package, who supplements it and whose recommendations stand under the condition that it is there. */
  #supplementing: ReadonlyMap<Id, readonly Id[]> | undefined;
  readonly #conditional = new Map<Id, Set<Id>>();
  /** By package, who would have it. */
  readonly #recommended = new Map<Id, readonly Wanting[]>();
  readonly #suggested = new Map<Id, readonly Wanting[]>();

  constructor(universe: Universe) {
    this.#universe = universe;
  }

  /** A wish for each recommendation; an empty one while the condition that it stands under is not fulfilled. */
  recommendsOf(id: Id, taken: Among): readonly Wish[] {
    const { recommends, arch } = this.#universe.package(id);
    return recommends.map((relation) => {
      const sets = this.#universe.conditions(relation, arch);
      for (const other of sets?.flat() ?? none) this.#conditional.set(other, (this.#conditional.get(other) ?? new Set()).add(id));
      return isFulfilled(sets, taken) ? this.#universe.satisfying(relation, arch) : none;
    });
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

  /** Takes in what a package recommends and suggests, so that it can be preferred. */
  load(owner: Id): void {
    const { recommends, suggests = none, arch } = this.#universe.package(owner);
    for (const [wanted, relations] of [[this.#recommended, recommends], [this.#suggested, suggests]] as const) {
      for (const relation of relations) {
        const wanting = { owner, sets: this.#universe.conditions(relation, arch) };
        for (const id of this.#universe.satisfying(relation, arch)) wanted.set(id, [...(wanted.get(id) ?? none), wanting]);
      }
    }
  }

  /** Of packages alike, the one that goes first for the sake of what is there; undefined when nothing speaks for any. */
  preferred(alike: readonly Id[], there: Among): Id | undefined {
    const isWanted = (wanted: readonly Wanting[] = none): boolean => wanted.some(({ owner, sets }) => there.has(owner) && isFulfilled(sets, there));
    const recommended = alike.find((id) => isWanted(this.#recommended.get(id)) || this.#holds(id, 'supplements', there));
    return recommended ?? alike.find((id) => isWanted(this.#suggested.get(id)) || this.#holds(id, 'enhances', there));
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

const isFulfilled = (sets: Sets, there: Among): boolean => sets === undefined || sets.some((set) => set.every((id) => there.has(id)));
