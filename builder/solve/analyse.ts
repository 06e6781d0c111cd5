import { type Assignment, type Literal, opposite, type Variable, variableOf } from './assignment.ts';
import type { Clauses, Derivation, Step } from './clauses.ts';

/** What a conflict teaches: a clause whose first literal follows as soon as the others are false, and how it was derived. */
export interface Lesson extends Derivation {
  literals: Literal[];
}

/** Resolves a conflict backwards, up to the first literal of its level that alone implies it (the first unique implication point). */
export function analyse(conflict: Step, level: number, assignment: Assignment, clauses: Clauses): Lesson {
  const seen = new Set<Variable>();
  const others: Literal[] = [];
  const steps: Step[] = [];
  const fixed: Variable[] = [];
  let index = assignment.trail.length;
  let open = 0;

  const note = (literal: Literal): void => {
    const variable = variableOf(literal);
    if (seen.has(variable)) return;
    seen.add(variable);
    const at = assignment.levelOf(variable);
    if (at === level) open++;
    else if (at === 0) fixed.push(variable);
    else others.push(literal);
  };
  const isOpen = (literal: Literal): boolean => seen.has(variableOf(literal)) && assignment.levelOf(variableOf(literal)) === level;

  for (let step = conflict; ; ) {
    steps.push(step);
    clauses.literalsOf(step).forEach(note);
    do index--;
    while (!isOpen(assignment.trail[index]!));
    const pivot = assignment.trail[index]!;
    if (--open === 0) return { literals: [opposite(pivot), ...others], steps, fixed };
    step = clauses.stepOf(pivot, assignment.reasonOf(variableOf(pivot)));
  }
}
