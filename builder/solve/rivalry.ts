import type { Variable } from './assignment.ts';
import { coreOf } from './core.ts';
import { explain } from './explain.ts';
import type { Host } from './host.ts';
import type { Rivalry } from './proof.ts';
import { wishOf } from './solve.ts';

/**
 * Which roots cannot be installed at the same time. Roots that fit into one installation need no further look; each of the
 * others is tried beside every root, and if none of these alone rules it out, beside all of them.
 */
export function rivalriesAmong(host: Host, roots: readonly string[]): Rivalry[] {
  const { search } = host;
  const goals = new Map(roots.map((root) => [root, search.goal([wishOf(host.universe, { name: root })])]));
  search.reset();
  const apart = roots.filter((root) => !search.join(goals.get(root)!));
  const company = roots.filter((root) => !apart.includes(root));
  const rivalries = new Map<string, Rivalry>();
  for (const root of apart) {
    const pairs = roots.filter((other) => other !== root).map((other) => rivalry(host, goals, root, [other]));
    const found = pairs.filter((pair) => pair !== undefined);
    for (const pair of found.length > 0 ? found : [rivalry(host, goals, root, company)]) {
      if (pair) rivalries.set([pair.root, ...pair.rivals].toSorted().join(' '), pair);
    }
  }
  return [...rivalries.values()].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

const keyOf = ({ root, rivals }: Rivalry): string => [root, ...rivals].join(' ');

/** Undefined when they stand together; else those of the others that matter. A root alone is possible: that was proven. */
function rivalry({ search }: Host, goals: ReadonlyMap<string, Variable>, root: string, others: readonly string[]): Rivalry | undefined {
  const together = search.goal([root, ...others].map((name) => [goals.get(name)!]));
  if (search.solve(together)) return undefined;
  const { wishes } = coreOf(search, together);
  const rivals = others.filter((_, place) => wishes.get(together)?.has(place + 1));
  return { root, rivals: rivals.length > 0 ? rivals : others, sentences: explain(search, together) };
}
