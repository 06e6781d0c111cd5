import { type Assignment, excluderOf, isExclusion, type Literal, no, opposite, type Reason, type Variable, variableOf } from './assignment.ts';

/** What a learned clause was derived from: other reasons with the literal they implied, and literals that hold for good. */
export interface Derivation {
  steps: readonly Step[];
  fixed: readonly Variable[];
}

/** A clause, or an exclusion of two variables. */
export type Step = { clause: number } | { pair: readonly [Variable, Variable] };

/** At least one literal of every clause must hold. Two of each are watched: nothing happens before one of these turns false. */
export class Clauses {
  readonly #assignment: Assignment;
  readonly #literals: Literal[][] = [];
  readonly #watchers: (number[] | undefined)[] = [];
  readonly #derivations = new Map<number, Derivation>();

  constructor(assignment: Assignment) {
    this.#assignment = assignment;
  }

  get count(): number {
    return this.#literals.length;
  }

  literals(clause: number): readonly Literal[] {
    return this.#literals[clause]!;
  }

  /** Undefined for a clause that a package or a goal brought along. */
  derivation(clause: number): Derivation | undefined {
    return this.#derivations.get(clause);
  }

  /** The literals that a reason holds together; in a conflict all are false. */
  literalsOf(step: Step): readonly Literal[] {
    return 'clause' in step ? this.literals(step.clause) : step.pair.map(no);
  }

  stepOf(literal: Literal, reason: Reason): Step {
    return isExclusion(reason) ? { pair: [excluderOf(reason), variableOf(literal)] } : { clause: reason };
  }

  /** Takes a clause over and watches its two most hopeful literals: true or open ones, else those that turned false last. */
  add(literals: Literal[], derivation?: Derivation): number {
    const clause = this.#literals.push(literals) - 1;
    if (derivation) this.#derivations.set(clause, derivation);
    if (literals.length < 2) return clause;
    this.#lift(literals, 0);
    this.#lift(literals, 1);
    this.#watch(literals[0]!, clause);
    this.#watch(literals[1]!, clause);
    return clause;
  }

  /**
   * Acts on a literal that became false: clauses that have but one literal left imply it.
   * @returns a clause that has none left
   */
  visit(falsified: Literal): number | undefined {
    const watchers = this.#watchers[falsified];
    if (watchers === undefined) return undefined;
    let kept = 0;
    let conflict: number | undefined;
    for (let index = 0; index < watchers.length; index++) {
      const clause = watchers[index]!;
      if (conflict === undefined && this.#rewatch(clause, falsified)) continue;
      watchers[kept++] = clause;
      if (conflict === undefined && !this.imply(clause)) conflict = clause;
    }
    watchers.length = kept;
    return conflict;
  }

  /** Makes the first literal true, the others being false; says whether that was possible. */
  imply(clause: number): boolean {
    const first = this.#literals[clause]![0]!;
    if (this.#assignment.isTrue(first)) return true;
    if (this.#assignment.isFalse(first)) return false;
    this.#assignment.assume(first, clause);
    return true;
  }

  /** Finds another literal to watch instead of the one that became false; says whether it did. */
  #rewatch(clause: number, falsified: Literal): boolean {
    const literals = this.#literals[clause]!;
    if (literals[0] === falsified) {
      literals[0] = literals[1]!;
      literals[1] = falsified;
    }
    if (this.#assignment.isTrue(literals[0]!)) return false;
    for (let index = 2; index < literals.length; index++) {
      const literal = literals[index]!;
      if (this.#assignment.isFalse(literal)) continue;
      literals[1] = literal;
      literals[index] = falsified;
      this.#watch(literal, clause);
      return true;
    }
    return false;
  }

  #watch(literal: Literal, clause: number): void {
    const watchers = this.#watchers[literal];
    if (watchers === undefined) this.#watchers[literal] = [clause];
    else watchers.push(clause);
  }

  #lift(literals: Literal[], place: number): void {
    let best = place;
    for (let index = place + 1; index < literals.length; index++) {
      if (this.#hope(literals[index]!) > this.#hope(literals[best]!)) best = index;
    }
    [literals[place], literals[best]] = [literals[best]!, literals[place]!];
  }

  #hope(literal: Literal): number {
    if (this.#assignment.isTrue(literal)) return Number.MAX_SAFE_INTEGER;
    return this.#assignment.isTrue(opposite(literal)) ? this.#assignment.levelOf(variableOf(literal)) : Number.MAX_SAFE_INTEGER - 1;
  }
}
