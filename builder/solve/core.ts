import { decided, no, type Variable, variableOf, yes } from './assignment.ts';
import type { Step } from './clauses.ts';
import type { Search } from './search.ts';
import type { Id } from './universe.ts';

/** The wishes and exclusions which together rule something out; nothing else was needed for it. */
export interface Core {
  /** For each owner the places of its wishes that matter. */
  wishes: ReadonlyMap<Variable, ReadonlySet<number>>;
  pairs: readonly (readonly [Id, Id])[];
}

/** Traces why a variable is ruled out, through everything learned on the way, back to what the packages themselves state. */
export function coreOf(search: Search, variable: Variable): Core {
  const wishes = new Map<Variable, Set<number>>();
  const pairs = new Map<string, readonly [Id, Id]>();
  const steps = new Set<number>();
  const variables = new Set<Variable>();
  const agenda: Variable[] = [variable];

  const follow = (step: Step): void => {
    if ('pair' in step) {
      const [a, b] = step.pair.toSorted((x, y) => x - y) as [Id, Id];
      pairs.set(`${a} ${b}`, [a, b]);
      return;
    }
    if (steps.has(step.clause)) return;
    steps.add(step.clause);
    const derivation = search.clauses.derivation(step.clause);
    if (derivation) {
      derivation.steps.forEach(follow);
      agenda.push(...derivation.fixed);
      return;
    }
    const { owner, at } = search.originOf(step.clause)!;
    wishes.set(owner, (wishes.get(owner) ?? new Set()).add(at));
  };

  for (let next = agenda.pop(); next !== undefined; next = agenda.pop()) {
    if (variables.has(next)) continue;
    variables.add(next);
    const reason = search.assignment.reasonOf(next);
    if (reason === decided) continue;
    const literal = search.assignment.isTrue(yes(next)) ? yes(next) : no(next);
    const step = search.clauses.stepOf(literal, reason);
    follow(step);
    agenda.push(...search.clauses.literalsOf(step).map(variableOf));
  }
  return { wishes, pairs: [...pairs.values()] };
}
