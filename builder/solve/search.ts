import { advance, type Asked, Taken, type Task, type Wish } from './agenda.ts';
import { analyse } from './analyse.ts';
import { Assignment, decided, excludedBy, isYes, no, opposite, type Variable, variableOf, yes } from './assignment.ts';
import { Clauses, type Step } from './clauses.ts';
import { Conditions } from './conditions.ts';
import type { Exclusion } from './exclusion.ts';
import type { Recommends } from './resolution.ts';
import type { Id, Universe } from './universe.ts';
import { Weak } from './weak.ts';

export interface Scope {
  universe: Universe;
  exclusion: Exclusion;
  recommends: Recommends;
}

/**
 * Finds a set of packages that grants a goal. It walks through wishes in depth as apt does, and takes the first alternative
 * that is not ruled out; what that implies is followed at once, and a dead end teaches a clause that leads back to the choice
 * at fault (conflict-driven clause learning). So the result is apt's own wherever apt's is possible, and whenever there is
 * a solution, one is found. What was learned is kept from goal to goal.
 */
export class Search {
  readonly scope: Scope;
  readonly assignment: Assignment;
  readonly clauses: Clauses;
  readonly taken = new Taken();
  readonly #goals: (readonly Wish[])[] = [];
  readonly #wishes: (readonly Wish[] | undefined)[] = [];
  /** By variable, the clause of its first wish; those of its other wishes follow. */
  readonly #loaded: (number | undefined)[] = [];
  /** By clause, whose wish it is; a learned one is nobody's. */
  readonly #owners: (Variable | undefined)[] = [];
  /** The place of the wish of a clause that does not follow from where the clause stands. */
  readonly #further = new Map<number, number>();
  readonly #conditions: Conditions;
  readonly #weak: Weak;
  /** What is taken, and what that implies. */
  readonly #there = { has: (id: Id): boolean => this.assignment.isTrue(yes(id)) };
  readonly #learned: number[] = [];
  readonly #agendas: (Task | undefined)[] = [];
  #agenda: Task | undefined;
  #head = 0;

  constructor(scope: Scope) {
    this.scope = scope;
    this.assignment = new Assignment(scope.universe.packages.length + 1024);
    this.clauses = new Clauses(this.assignment);
    this.#conditions = new Conditions(scope.universe);
    this.#weak = new Weak(scope.universe);
  }

  /** A variable that asks for all of these. */
  goal(wishes: readonly Wish[]): Variable {
    const variable = this.#size + this.#goals.push(wishes) - 1;
    this.assignment.grow(variable + 1);
    return variable;
  }

  isGoal(variable: Variable): boolean {
    return variable >= this.#size;
  }

  /** Takes packages for good, as found on every host. They must fit together and lack nothing. */
  settle(ids: readonly Id[]): void {
    this.reset();
    for (const id of ids) {
      if (!this.assignment.isTrue(yes(id))) this.assignment.assume(yes(id), decided);
      this.taken.take(id, { owner: undefined, kind: 'requires', at: 0 });
    }
    if (this.#propagate() !== undefined) throw new Error('settled packages exclude each other');
  }

  /** Finds a set for one package or goal, beside what is settled. When there is none, there is none at all. */
  solve(goal: Variable): boolean {
    this.reset();
    return this.#run(goal, 0);
  }

  /** Adds a package or goal to what the last search took, without giving any of that up. */
  join(goal: Variable): boolean {
    return this.taken.has(goal) || this.#run(goal, this.assignment.level);
  }

  /** Back to what is settled, and what has been learned for good. */
  reset(): void {
    this.#cancel(0);
    this.#agenda = undefined;
    for (const clause of this.#learned) this.clauses.imply(clause);
  }

  wishesOf(variable: Variable): readonly Wish[] {
    if (this.isGoal(variable)) return this.#goals[variable - this.#size]!;
    const known = this.#wishes[variable];
    if (known) return known;
    const item = this.scope.universe.package(variable);
    return (this.#wishes[variable] = item.requires.map((relation) => this.scope.universe.satisfying(relation, item.arch)));
  }

  /** Whose wish a clause is; undefined for a learned one. */
  originOf(clause: number): { owner: Variable; at: number } | undefined {
    const owner = this.#owners[clause];
    return owner === undefined ? undefined : { owner, at: this.#further.get(clause) ?? clause - this.#loaded[owner]! };
  }

  get #size(): number {
    return this.scope.universe.packages.length;
  }

  /** @param floor the level of decision that is not to be touched */
  #run(goal: Variable, floor: number): boolean {
    this.#agenda = { owner: undefined, kind: 'requires', wishes: [[goal]], at: 0, next: undefined };
    for (;;) {
      const conflict = this.#propagate() ?? this.#walk();
      if (conflict === 'done') return true;
      if (conflict === 'failed') return false;
      if (conflict !== undefined && !this.#learn(conflict, floor)) return false;
    }
  }

  /** Follows what is true to what it implies. @returns what cannot hold */
  #propagate(): Step | undefined {
    const { trail } = this.assignment;
    while (this.#head < trail.length) {
      const literal = trail[this.#head++]!;
      const conflict = (isYes(literal) ? this.#enter(variableOf(literal)) : undefined) ?? this.clauses.visit(opposite(literal));
      if (conflict !== undefined) return typeof conflict === 'number' ? { clause: conflict } : conflict;
    }
    return undefined;
  }

  #enter(variable: Variable): Step | undefined {
    const conflict = this.#loaded[variable] === undefined ? this.#load(variable) : undefined;
    if (conflict !== undefined) return { clause: conflict };
    return this.isGoal(variable) ? undefined : this.#exclude(variable);
  }

  #exclude(id: Id): Step | undefined {
    for (const other of this.scope.exclusion.of(id)) {
      if (this.assignment.isTrue(yes(other))) return { pair: [id, other] };
      if (!this.assignment.isFalse(yes(other))) this.assignment.assume(no(other), excludedBy(id));
    }
    return undefined;
  }

  /** States a variable's wishes as clauses, once. @returns one that cannot be met */
  #load(variable: Variable): number | undefined {
    const first = this.clauses.count;
    let conflict: number | undefined;
    // Each is checked before the next is added: what one rules out, the next must not be watched by.
    const state = (condition: readonly Id[] | undefined, wish: Wish): number => {
      const clause = this.#state(variable, condition, wish);
      if (conflict === undefined && !this.#check(clause)) conflict = clause;
      return clause;
    };
    const wishes = this.wishesOf(variable);
    const conditions = this.isGoal(variable) ? undefined : this.#conditions.load(variable);
    wishes.forEach((wish, at) => state(conditions?.get(at) ? conditions.get(at)![0] : none, wish));
    for (const [at, sets] of conditions ?? []) {
      for (const set of sets.slice(1)) this.#further.set(state(set, wishes[at]!), at);
    }
    if (this.scope.universe.semantics.heedsOthers && !this.isGoal(variable)) this.#weak.load(variable);
    this.#loaded[variable] = first;
    return conflict;
  }

  /** @param condition what must be there for the wish to count; undefined when that cannot be, and the clause always holds */
  #state(variable: Variable, condition: readonly Id[] | undefined, wish: Wish): number {
    const literals = [no(variable)];
    for (const id of condition ?? none) if (id !== variable) literals.push(no(id));
    for (const id of condition ? wish : [variable]) literals.push(yes(id));
    const clause = this.clauses.add(literals);
    this.#owners[clause] = variable;
    return clause;
  }

  /** Brings a fresh clause up to date: implies its literal when only one is left; false when none is. */
  #check(clause: number): boolean {
    const second = this.clauses.literals(clause)[1];
    const isOpen = second !== undefined && !this.assignment.isFalse(second);
    return isOpen || this.clauses.imply(clause);
  }

  /** Grants wishes until there is something new to follow. */
  #walk(): Step | 'done' | 'failed' | undefined {
    while (this.#agenda) {
      const task = this.#agenda;
      const wish = task.wishes[task.at];
      const pick = wish && this.#pick(wish);
      if (wish === undefined) this.#agenda = task.next;
      else if (wish.some((id) => this.taken.has(id)) || this.#isIdle(task)) this.#agenda = advance(task);
      else if (pick === undefined && task.kind !== 'requires') this.#agenda = advance(task);
      else if (pick === undefined) return this.#stuck(task);
      else if (this.assignment.isTrue(yes(pick))) this.#take(pick, task);
      else return this.#decide(pick);
    }
    return 'done';
  }

  /** The first that is not ruled out; where the family heeds that, one that is implied already, or of those alike the one that weak dependencies prefer. */
  #pick(wish: Wish): Variable | undefined {
    const first = wish.find((id) => !this.assignment.isFalse(yes(id)));
    const { universe } = this.scope;
    if (first === undefined || wish.length < 2 || !universe.semantics.heedsOthers) return first;
    const implied = wish.find((id) => this.assignment.isTrue(yes(id)));
    if (implied !== undefined) return implied;
    const possible = wish.filter((id) => !this.assignment.isFalse(yes(id)) && universe.isAlike(first, id));
    const alike = possible.filter((id, place) => possible.findIndex((other) => universe.package(other).name === universe.package(id).name) === place);
    return alike.length < 2 ? first : (this.#weak.preferred(alike, this.#there) ?? first);
  }

  /** A wish under a condition that does not hold; when it comes to hold, the wish comes up again. */
  #isIdle({ owner, kind, at }: Task): boolean {
    return owner !== undefined && kind === 'requires' && this.#conditions.isIdle(owner, at, this.taken);
  }

  #stuck(task: Task): Step | 'failed' {
    return task.owner === undefined ? 'failed' : { clause: this.#loaded[task.owner]! + task.at };
  }

  #decide(pick: Variable): undefined {
    this.#agendas[this.assignment.level] = this.#agenda;
    this.assignment.open();
    this.taken.open();
    this.assignment.assume(yes(pick), decided);
  }

  #take(pick: Variable, task: Task): void {
    const asked: Asked = { owner: task.owner, kind: task.kind, at: task.at };
    this.taken.take(pick, asked);
    const rest = advance(task);
    const soft = this.scope.recommends === 'include' && !this.isGoal(pick) ? this.#weakly(pick, rest) : rest;
    const again = this.#conditions.woken(pick).filter((owner) => this.taken.has(owner));
    const late = again.reduce<Task | undefined>((next, owner) => ({ owner, kind: 'requires', wishes: this.wishesOf(owner), at: 0, next }), soft);
    this.#agenda = { owner: pick, kind: 'requires', wishes: this.wishesOf(pick), at: 0, next: late };
  }

  /** What a package recommends, what supplements it, and what others recommend as soon as it is there. */
  #weakly(pick: Id, rest: Task): Task {
    const supplements: Task = { owner: pick, kind: 'supplements', wishes: this.#weak.supplementsOf(pick, this.taken), at: 0, next: rest };
    const owners = [pick, ...this.#weak.woken(pick).filter((owner) => owner !== pick && this.taken.has(owner))];
    return owners.reduceRight<Task>((next, owner) => ({ owner, kind: 'recommends', wishes: this.#weak.recommendsOf(owner, this.taken), at: 0, next }), supplements);
  }

  #cancel(level: number): void {
    if (level >= this.assignment.level) return;
    this.#agenda = this.#agendas[level];
    this.assignment.cancel(level);
    this.taken.cancel(level);
    this.#head = Math.min(this.#head, this.assignment.trail.length);
  }

  /** Learns from a conflict what ruled it in, and goes back to where that would have been known. */
  #learn(conflict: Step, floor: number): boolean {
    const level = Math.max(...this.clauses.literalsOf(conflict).map((literal) => this.assignment.levelOf(variableOf(literal))));
    if (level <= floor) {
      this.#cancel(floor);
      return false;
    }
    this.#cancel(level);
    const { literals, ...derivation } = analyse(conflict, level, this.assignment, this.clauses);
    const back = Math.max(0, ...literals.slice(1).map((literal) => this.assignment.levelOf(variableOf(literal))));
    this.#cancel(Math.max(back, floor));
    const asserted = literals[0]!;
    const clause = this.clauses.add(literals, derivation);
    if (literals.length === 1) this.#learned.push(clause);
    this.assignment.assume(asserted, clause);
    return true;
  }
}

const none: readonly Id[] = [];
