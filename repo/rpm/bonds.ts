import type { Capability, Relation } from '../package/package.ts';

/** What binds a package to others: what must be there, and what must not. */
export interface Bonds {
  requires: readonly Relation[];
  conflicts: readonly Capability[];
}

/**
 * Either may be rich, and each can say what the other says: `(a unless b)` of a conflict is a requirement, `(b if a)`. Where one
 * thing must not be there, whatever else is, that is a conflict; all else that has to hold is required.
 */
export function bondsOf(relations: readonly Relation[]): Bonds {
  if (!relations.some(isConflict)) return { requires: relations, conflicts: [] };
  return { requires: relations.filter((each) => !isConflict(each)), conflicts: relations.filter(isConflict).map(([{ absent: _, ...capability }]) => capability) };
}

const isConflict = ([first, second]: Relation): boolean => second === undefined && first.absent === true;
