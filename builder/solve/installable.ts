import { Exclusion } from './exclusion.ts';
import { Search } from './search.ts';
import type { Id, Universe } from './universe.ts';

/** Which packages of a universe can be installed at all, each beside everything Essential; by their place in it. */
export function installable(universe: Universe): boolean[] {
  const search = new Search({ universe, exclusion: new Exclusion(universe), recommends: 'exclude' });
  const essential = search.goal(essentials(universe));
  const verdict = universe.packages.map(() => false);
  const proven = (): void => {
    for (const variable of search.taken.list) if (!search.isGoal(variable)) verdict[variable] = true;
  };
  let open: Id[] = universe.packages.map((_, id) => id);
  for (let found = worthwhile; found >= worthwhile; ) {
    const left = gather(search, essential, open, proven).filter((id) => !verdict[id]);
    found = open.length - left.length;
    open = left;
  }
  for (const id of open) {
    if (verdict[id]) continue;
    const goal = search.goal([[essential], [id]]);
    if (search.solve(goal)) proven();
  }
  return verdict;
}

/**
 * An installation proves everything in it; so one is grown as large as it gets. What did not fit in is left for the next, as
 * long as it proves enough: to grow one takes about as long as this many single searches.
 */
const worthwhile = 16;

function gather(search: Search, essential: Id, open: readonly Id[], proven: () => void): Id[] {
  if (!search.solve(essential)) return [];
  const left = open.filter((id) => !search.join(id));
  proven();
  return left;
}

/** One wish a name: every system has some version of it (Debian policy 3.8). */
export function essentials(universe: Universe): Id[][] {
  const names = new Set(universe.packages.filter((item) => item.essential).map((item) => item.name));
  return [...names].map((name) => universe.named(name).filter((id) => universe.package(id).essential));
}
