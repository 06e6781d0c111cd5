import { identify, type Package, type Relation } from '../../repo/package/package.ts';
import { choicesOf, type Host } from './host.ts';
import type { Proof, Shipped } from './proof.ts';
import type { Because, Choice } from './resolution.ts';
import type { Search } from './search.ts';
import type { Id } from './universe.ts';

/** What is to be shipped, as it comes together: the base set, what the proofs need, and what clients may ask for besides. */
export class Closure {
  readonly #host: Host;
  readonly #shipped = new Map<Package, Draft>();
  readonly #places: ReadonlyMap<Package, Id>;

  constructor(host: Host, proofs: readonly Proof[]) {
    this.#host = host;
    this.#places = new Map(host.universe.packages.map((item, place) => [item, place]));
    for (const [id, because] of host.base) {
      this.#shipped.set(host.universe.package(id), { base: true, roots: new Set(), because: new Map([[keyOf(because), because]]), older: !host.universe.isCandidate(id) });
    }
    for (const proof of proofs) for (const choice of proof.choices) this.#enter(proof.root, choice);
  }

  get packages(): Package[] {
    return [...this.#shipped.keys()];
  }

  /** By name, version and architecture. */
  list(): Shipped[] {
    return [...this.#shipped].toSorted(([a], [b]) => this.placeOf(a) - this.placeOf(b)).map(([item, draft]) => shippedOf(item, draft));
  }

  /** Where a package stands in the universe of the host. */
  placeOf(item: Package): Id {
    return this.#places.get(item)!;
  }

  /**
   * What a shipped package needs as soon as something else is there, `(a if b)`, is shipped too where it can be had: the host
   * that a bundle is carried to may have `b`, though no proof does. Where recommendations are carried, so are such ones.
   */
  closeConditions(): void {
    const kinds = this.#host.recommends === 'include' ? (['requires', 'recommends'] as const) : (['requires'] as const);
    // What is entered on the way comes up in the same loop.
    for (const item of this.#shipped.keys()) for (const kind of kinds) item[kind].forEach((relation, at) => this.#closeCondition(item, kind, relation, at));
  }

  #closeCondition(item: Package, kind: Needs, relation: Relation, at: number): void {
    const { universe, search } = this.#host;
    const conditions = universe.conditions(relation, item.arch);
    const wish = conditions && conditions.length > 0 ? universe.satisfying(relation, item.arch) : [];
    if (wish.length === 0 || wish.some((id) => this.#shipped.has(universe.package(id)))) return;
    if (search.solve(search.goal([[this.placeOf(item)], wish]))) this.enterTaken(search, item, at, kind);
  }

  /** Ships what a search took; what its goal itself asked for, because of a requirement of this package. */
  enterTaken(search: Search, by: Package, at: number, kind: Needs = 'requires'): void {
    const reason: Because = { kind, by, relation: this.#host.universe.semantics.spelling.relation(by[kind][at]!) };
    for (const choice of choicesOf(search, '', this.#host.base)) {
      if (!this.#shipped.has(choice.package)) this.#enter(undefined, choice.because.kind === 'root' ? { ...choice, because: reason } : choice);
    }
  }

  /** Ships a package for hosts of a kind, with what it needs on a minimal one. */
  enterFor(baseline: string, item: Package): void {
    const { search } = this.#host;
    const because: Because = { kind: 'baseline', baseline };
    this.#enter(undefined, { package: item, because, ...(!this.#host.universe.isCandidate(this.placeOf(item)) && { older: true as const }) });
    if (!search.solve(search.goal([[this.placeOf(item)]]))) return;
    for (const choice of choicesOf(search, '', this.#host.base)) if (!this.#shipped.has(choice.package)) this.#enter(undefined, choice);
  }

  /** @param root whose proof it is part of, if any */
  #enter(root: string | undefined, { package: item, because, older }: Choice): void {
    const draft = this.#shipped.get(item) ?? { base: false, roots: new Set(), because: new Map(), older: older ?? false };
    if (root !== undefined) draft.roots.add(root);
    if (!draft.because.has(keyOf(because))) draft.because.set(keyOf(because), because);
    this.#shipped.set(item, draft);
  }
}

type Needs = 'requires' | 'recommends';

interface Draft {
  base: boolean;
  roots: Set<string>;
  because: Map<string, Because>;
  older: boolean;
}

function shippedOf(item: Package, { base, roots, because, older }: Draft): Shipped {
  return { package: item, base, roots: [...roots], because: [...because.values()], ...(older && { older: true as const }) };
}

function keyOf(because: Because): string {
  switch (because.kind) {
    case 'base':
      return 'base';
    case 'baseline':
      return `baseline ${because.baseline}`;
    case 'root':
      return `root ${because.root}`;
    case 'requires':
    case 'recommends':
      return `${because.kind} ${identify(because.by)}`;
  }
}
