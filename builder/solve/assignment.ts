/** A package to be decided on, or a goal: a bundle of wishes under one name. */
export type Variable = number;
/** A variable, or its opposite. */
export type Literal = number;

export const yes = (variable: Variable): Literal => variable << 1;
export const no = (variable: Variable): Literal => (variable << 1) | 1;
export const opposite = (literal: Literal): Literal => literal ^ 1;
export const variableOf = (literal: Literal): Variable => literal >> 1;
export const isYes = (literal: Literal): boolean => (literal & 1) === 0;

/** Why a literal is true: the number of a clause, a decision, or (below) the variable that excludes it. */
export type Reason = number;
export const decided: Reason = -1;
export const excludedBy = (variable: Variable): Reason => -2 - variable;
export const isExclusion = (reason: Reason): boolean => reason <= -2;
export const excluderOf = (reason: Reason): Variable => -2 - reason;

/** What is true so far, in which order it became so, at which level of decision and why. */
export class Assignment {
  readonly trail: Literal[] = [];
  readonly #limits: number[] = [];
  #values: Int8Array;
  #levels: Int32Array;
  #reasons: Int32Array;

  constructor(variables: number) {
    this.#values = new Int8Array(2 * variables);
    this.#levels = new Int32Array(variables);
    this.#reasons = new Int32Array(variables);
  }

  get level(): number {
    return this.#limits.length;
  }

  isTrue(literal: Literal): boolean {
    return this.#values[literal] === 1;
  }

  isFalse(literal: Literal): boolean {
    return this.#values[literal] === -1;
  }

  levelOf(variable: Variable): number {
    return this.#levels[variable]!;
  }

  reasonOf(variable: Variable): Reason {
    return this.#reasons[variable]!;
  }

  assume(literal: Literal, reason: Reason): void {
    this.#values[literal] = 1;
    this.#values[opposite(literal)] = -1;
    this.#levels[variableOf(literal)] = this.level;
    this.#reasons[variableOf(literal)] = reason;
    this.trail.push(literal);
  }

  open(): void {
    this.#limits.push(this.trail.length);
  }

  /** Takes back everything above a level. */
  cancel(level: number): void {
    if (level >= this.level) return;
    const keep = this.#limits[level]!;
    for (let index = this.trail.length - 1; index >= keep; index--) {
      const literal = this.trail[index]!;
      this.#values[literal] = 0;
      this.#values[opposite(literal)] = 0;
    }
    this.trail.length = keep;
    this.#limits.length = level;
  }

  /** Makes room for one variable more. */
  grow(variables: number): void {
    if (variables <= this.#levels.length) return;
    const room = variables + 1024;
    this.#values = widen(this.#values, new Int8Array(2 * room));
    this.#levels = widen(this.#levels, new Int32Array(room));
    this.#reasons = widen(this.#reasons, new Int32Array(room));
  }
}

function widen<T extends Int8Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
