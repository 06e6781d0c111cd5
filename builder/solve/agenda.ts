import type { Variable } from './assignment.ts';
import type { Id } from './universe.ts';

/** What a variable asks for: one of these packages, the first that can be had. */
export type Wish = readonly Id[];

/** The wishes of one variable that are still to be granted; a chain, so that going back costs nothing. */
export interface Task {
  /** Undefined for what the request itself asks. */
  owner: Variable | undefined;
  /** The wishes of `supplements` are the packages that supplement the owner. */
  kind: 'requires' | 'recommends' | 'supplements';
  wishes: readonly Wish[];
  at: number;
  next: Task | undefined;
}

export const advance = (task: Task): Task => ({ ...task, at: task.at + 1 });

/** Who asked for a package that was taken, and with which wish. */
export interface Asked {
  owner: Variable | undefined;
  kind: Task['kind'];
  at: number;
}

/** What has been taken, in order, and how much of it at each level of decision. */
export class Taken {
  readonly list: Variable[] = [];
  readonly #asked = new Map<Variable, Asked>();
  readonly #limits: number[] = [];

  has(variable: Variable): boolean {
    return this.#asked.has(variable);
  }

  asked(variable: Variable): Asked | undefined {
    return this.#asked.get(variable);
  }

  take(variable: Variable, asked: Asked): void {
    this.#asked.set(variable, asked);
    this.list.push(variable);
  }

  open(): void {
    this.#limits.push(this.list.length);
  }

  cancel(level: number): void {
    if (level >= this.#limits.length) return;
    const keep = this.#limits[level]!;
    for (let index = keep; index < this.list.length; index++) this.#asked.delete(this.list[index]!);
    this.list.length = keep;
    this.#limits.length = level;
  }
}
