import type { Relation } from '../../repo/package/package.ts';
import type { Wish } from './agenda.ts';
import type { Variable } from './assignment.ts';
import type { Search } from './search.ts';
import { wishOf } from './solve.ts';
import type { Id, Universe } from './universe.ts';

/**
 * What a client may take for one requirement of a shipped package: one of the shipped packages that satisfy it, each at its
 * best version; or what makes it count in the first place, `b` of `(a if b)`.
 *
 * A bundle is closed under choice when for every root, every package that some row of choices leads to from that root, every
 * requirement of that package and every branch of it, the three install together from the bundle alone; unless they would not
 * install together from all of upstream either: such a branch is barred, and no client takes it.
 *
 * The branches are those within the bundle, since a client without a network sees the bundle and what is installed, nothing
 * else. Which of them it takes is its own affair: another version of dnf or apt, weak dependencies, or something that is there
 * already make it prefer another than we did. What is installed needs nothing further; whether it agrees with the bundle is
 * proven for each baseline (baseline.ts). A requirement without a condition that one shipped package alone satisfies leaves no
 * choice, and is granted by the proof of the root. What is recommended is let go where it does not fit, and closes nothing.
 */
export interface Branch {
  by: Id;
  /** The place of the requirement in what `by` requires. */
  at: number;
  /** Several only where all of them together fulfil a condition. */
  taken: readonly Id[];
}

/** A branch that cannot be taken from the bundle when one of these roots is installed. */
export interface Shut extends Branch {
  roots: readonly string[];
}

/** Where installations are tried out: what is settled in a search, and what every installation has besides. */
export interface Ground {
  search: Search;
  prefix: readonly Wish[];
}

/** The branches that a bundle has, and those of them that its roots cannot take from it alone. Roots must install on the ground. */
export function shutBranches(ground: Ground, roots: readonly string[]): { branches: number; shut: Shut[] } {
  const branches = branchesOf(ground.search.scope.universe);
  if (branches.length === 0) return { branches: 0, shut: [] };
  const trial = new Trial(ground, roots, branches);
  trial.growAll();
  return { branches: branches.length, shut: branches.flatMap((branch, place) => shutOf(trial, branch, place)) };
}

/** Whether these roots, or with none the package whose requirement it is, install with a branch taken. */
export function isOpenTo({ search, prefix }: Ground, { by, taken }: Branch, roots: readonly string[]): boolean {
  return search.solve(search.goal([...prefix, ...roots.map((name) => wishOf(search.scope.universe, { name })), [by], ...taken.map((id) => [id])]));
}

function shutOf(trial: Trial, branch: Branch, place: number): Shut[] {
  const roots = trial.failing(place);
  return roots.length > 0 ? [{ ...branch, roots }] : [];
}

/** One for each package that can be taken for another, however many requirements it satisfies. */
function branchesOf(universe: Universe): Branch[] {
  return universe.packages.flatMap((item, by) => {
    const branches = new Map<string, Branch>();
    item.requires.forEach((relation, at) => {
      for (const taken of takenFor(universe, relation, item.arch)) {
        if (!taken.includes(by) && !branches.has(taken.join())) branches.set(taken.join(), { by, at, taken });
      }
    });
    return [...branches.values()];
  });
}

function takenFor(universe: Universe, relation: Relation, arch: string): readonly (readonly Id[])[] {
  const conditions = universe.conditions(relation, arch);
  const wish = universe.satisfying(relation, arch);
  // Another version than the best is taken only where something rules that out, and then it is no choice.
  const best = wish.filter((id, place) => wish.findIndex((other) => universe.package(other).name === universe.package(id).name) === place).map((id) => [id]);
  if (conditions === undefined) return best.length > 1 || wasRanked(universe, wish) ? best : [];
  return conditions.length > 0 && !relation.every((capability) => capability.absent) ? [...best, ...conditions] : [];
}

/** Whether we took what a better repository has before it came to versions, as a client does not. */
const wasRanked = (universe: Universe, wish: Wish): boolean => wish.some((id) => universe.package(id).repositoryPriority !== universe.package(wish[0]!).repositoryPriority);

/** Tries as much as possible in one installation: it proves all that is in it, root by root and branch by branch. */
class Trial {
  readonly #ground: Ground;
  readonly #roots: readonly string[];
  readonly #branches: readonly Branch[];
  readonly #rootGoals: readonly Variable[];
  readonly #branchGoals: readonly Variable[];
  readonly #start: Variable;
  /** By branch, then by root. */
  readonly #proven: Uint8Array;
  readonly #askers: Askers;

  constructor(ground: Ground, roots: readonly string[], branches: readonly Branch[]) {
    const { search, prefix } = ground;
    const { universe } = search.scope;
    this.#ground = ground;
    this.#roots = roots;
    this.#branches = branches;
    this.#rootGoals = roots.map((name) => search.goal([wishOf(universe, { name })]));
    this.#branchGoals = branches.map(({ by, taken }) => search.goal([[by], ...taken.map((id) => [id])]));
    this.#start = search.goal(prefix);
    this.#proven = new Uint8Array(roots.length * branches.length);
    this.#askers = new Askers(search, roots);
  }

  /** Until every root was part of some installation, and every branch that can be had. */
  growAll(): void {
    let left = this.#roots.map((_, root) => root);
    for (let before = Number.POSITIVE_INFINITY; left.length > 0 && left.length < before; ) {
      before = left.length;
      const together = this.#grow([...left.map((root) => this.#rootGoals[root]!), ...this.#branchGoals]);
      left = left.filter((root) => !together.has(this.#rootGoals[root]!));
    }
  }

  /** Roots that lead to the package whose branch it is, and do not install when it is taken. */
  failing(branch: number): string[] {
    let left = this.#left(branch);
    if (left.length === 0) return [];
    this.#grow([this.#branchGoals[branch]!, ...left.map((root) => this.#rootGoals[root]!), ...this.#branchGoals]);
    left = this.#left(branch);
    return left.map((root) => this.#roots[root]!).filter((root) => !isOpenTo(this.#ground, this.#branches[branch]!, [root]));
  }

  #left(branch: number): number[] {
    const open = this.#roots.map((_, root) => root).filter((root) => this.#proven[branch * this.#roots.length + root] === 0);
    return open.length === 0 ? open : open.filter((root) => this.#askers.leadsTo(root, this.#branches[branch]!.by));
  }

  #grow(goals: readonly Variable[]): ReadonlySet<Variable> {
    const { search } = this.#ground;
    if (!search.solve(this.#start)) return new Set();
    for (const goal of goals) search.join(goal);
    const roots = this.#rootGoals.flatMap((goal, root) => (search.taken.has(goal) ? [root] : []));
    this.#branches.forEach(({ by, taken }, branch) => {
      if (!search.taken.has(by) || !taken.every((id) => search.taken.has(id))) return;
      for (const root of roots) this.#proven[branch * this.#roots.length + root] = 1;
    });
    return new Set(search.taken.list.filter((variable) => search.isGoal(variable)));
  }
}

/** Which roots lead to a package by some row of choices. */
class Askers {
  readonly #askers: readonly Id[][];
  readonly #roots = new Map<Id, number[]>();
  readonly #found = new Map<Id, ReadonlySet<number>>();

  constructor(search: Search, roots: readonly string[]) {
    const { universe } = search.scope;
    this.#askers = universe.packages.map(() => []);
    universe.packages.forEach((_, by) => {
      for (const wish of search.wishesOf(by)) for (const id of wish) this.#askers[id]!.push(by);
    });
    roots.forEach((name, root) => {
      for (const id of wishOf(universe, { name })) this.#roots.set(id, [...(this.#roots.get(id) ?? []), root]);
    });
  }

  leadsTo(root: number, id: Id): boolean {
    const known = this.#found.get(id) ?? this.#rootsOf(id);
    this.#found.set(id, known);
    return known.has(root);
  }

  #rootsOf(id: Id): ReadonlySet<number> {
    const seen = new Set([id]);
    for (const each of seen) for (const by of this.#askers[each]!) seen.add(by);
    return new Set([...seen].flatMap((each) => this.#roots.get(each) ?? []));
  }
}
