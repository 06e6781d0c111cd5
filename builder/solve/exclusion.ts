import type { Capability } from '../../repo/package/package.ts';
import type { Id, Universe } from './universe.ts';

/** Who cannot stand beside whom: Conflicts, Breaks, Obsoletes, and two versions of one name. */
export class Exclusion {
  readonly #universe: Universe;
  readonly #declared = new Map<Id, Id[]>();
  readonly #known: (readonly Id[] | undefined)[] = [];

  /** Reads every such field once, since they bind both sides. */
  constructor(universe: Universe) {
    this.#universe = universe;
    universe.packages.forEach((item, id) => {
      const isOther = (other: Id): boolean => universe.package(other).name !== item.name;
      for (const capability of item.conflicts) this.#enter(id, universe.ruledOut(capability).filter(universe.semantics.excludesOwnName ? (other) => other !== id : isOther));
      // rpm, lib/depends.c: no package obsoletes itself, at whatever version.
      for (const capability of item.obsoletes ?? none) this.#enter(id, universe.bearing(capability).filter(isOther));
    });
  }

  /** Everything that this package rules out, or that rules it out. */
  of(id: Id): readonly Id[] {
    return (this.#known[id] ??= [...(this.#declared.get(id) ?? none), ...this.#otherVersions(id)]);
  }

  /** The field by which one of the two rules the other out; undefined when they bear one name. */
  reason(a: Id, b: Id): { by: Id; capability: Capability } | undefined {
    for (const [by, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const { conflicts, obsoletes = none } = this.#universe.package(by);
      const capability = conflicts.find((conflict) => this.#universe.ruledOut(conflict).includes(other)) ?? obsoletes.find((each) => this.#universe.bearing(each).includes(other));
      if (capability) return { by, capability };
    }
    return undefined;
  }

  #enter(id: Id, others: readonly Id[]): void {
    for (const other of others) {
      this.#link(id, other);
      this.#link(other, id);
    }
  }

  #link(from: Id, to: Id): void {
    const others = this.#declared.get(from);
    if (others === undefined) this.#declared.set(from, [to]);
    else if (!others.includes(to)) others.push(to);
  }

  #otherVersions(id: Id): readonly Id[] {
    const { semantics } = this.#universe;
    const item = this.#universe.package(id);
    const same = this.#universe.named(item.name);
    return same.length === 1 ? none : same.filter((other) => other !== id && !semantics.stand(item, this.#universe.package(other)));
  }
}

const none: readonly never[] = [];
