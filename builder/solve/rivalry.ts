import type { Variable } from './assignment.ts';
import { coreOf } from './core.ts';
import { explain } from './explain.ts';
import type { Host } from './host.ts';
import type { Rivalry } from './proof.ts';
import { wishOf } from './solve.ts';

/**
 * Which roots cannot be installed at the same time. Roots that fit into one installation need no further look. Each of the
 * others is tried beside all that are known to fit; if it does not, beside each that could be at fault, to name its rivals.
 */
export function rivalriesAmong(host: Host, roots: readonly string[]): Rivalry[] {
  const { search } = host;
  const goals = new Map(roots.map((root) => [root, search.goal([wishOf(host.universe, { name: root })])]));
  search.reset();
  const apart = roots.filter((root) => !search.join(goals.get(root)!));
  const agreed = roots.filter((root) => !apart.includes(root));
  const rivalries = new Map<string, Rivalry>();
  for (const root of apart) {
    const whole = rivalry(host, goals, root, agreed);
    if (whole === undefined) agreed.push(root);
    else for (const each of rivalsOf(host, goals, whole, { agreed, apart })) rivalries.set([each.root, ...each.rivals].toSorted().join(' '), each);
  }
  return [...rivalries.values()].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Each root that alone rules it out; where no single one does, those that do so together. */
function rivalsOf(host: Host, goals: ReadonlyMap<string, Variable>, whole: Rivalry, { agreed, apart }: { agreed: readonly string[]; apart: readonly string[] }): Rivalry[] {
  const others = apart.filter((other) => other !== whole.root && !agreed.includes(other));
  const suspects = [...suspectsAmong(host, goals, whole, agreed), ...others];
  const pairs = suspects.map((other) => rivalry(host, goals, whole.root, [other])).filter((pair) => pair !== undefined);
  return pairs.length > 0 ? pairs : [whole];
}

/** Those among whom its rivals are: beside all the rest together it can stand, so beside each of them; unless it cannot stand at all. */
function suspectsAmong(host: Host, goals: ReadonlyMap<string, Variable>, whole: Rivalry, agreed: readonly string[]): string[] {
  const suspects = new Set<string>();
  for (let found: Rivalry | undefined = whole; found !== undefined && found.rivals.length > 0; ) {
    for (const rival of found.rivals) suspects.add(rival);
    found = rivalry(host, goals, whole.root, agreed.filter((other) => !suspects.has(other)));
  }
  return [...suspects];
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
