import type { Package } from '../../repo/package/package.ts';
import type { Variable } from './assignment.ts';
import { yes } from './assignment.ts';
import { minimalBase } from './base.ts';
import { Exclusion } from './exclusion.ts';
import { explain, explainExclusion } from './explain.ts';
import type { Because, Choice, Problem, Recommends, Rejection } from './resolution.ts';
import { type Scope, Search } from './search.ts';
import { type Id, type Universe, universeOf } from './universe.ts';

/** A minimal host, on which things are tried out. */
export interface Host extends Scope {
  /** What is installed there already, and why. */
  base: ReadonlyMap<Id, Because>;
  /** What was learned so far, with the base set settled. */
  search: Search;
}

/** Makes a minimal host of a universe, or says why there is none. */
export function hostOf(universe: Universe, recommends: Recommends): Host | Problem {
  const exclusion = new Exclusion(universe);
  const search = new Search({ universe, exclusion, recommends: 'exclude' });
  const goal = search.goal(minimalBase(universe));
  if (!search.solve(goal)) return { subject: 'the base set of a minimal host', sentences: explain(search, goal) };
  const base = new Map(packagesTaken(search).map((id) => [id, becauseOf(search, id, { kind: 'base' })]));
  return settledHost({ universe, exclusion, recommends }, base);
}

/** A host that has exactly these packages. */
export function settledHost(scope: Scope, base: Host['base']): Host {
  const search = new Search(scope);
  search.settle([...base.keys()]);
  return { ...scope, base, search };
}

/** The same host, to which nothing but these packages is offered, all by one repository: it knows nothing of the priorities of ours. */
export function bundleHost({ universe, base }: Host, packages: readonly Package[]): Host {
  const bundle = universeOf(packages, { ...universe.setting, semantics: { ...universe.semantics, rank: () => 0 } });
  const places = new Map<Package, Id>(bundle.packages.map((item, id) => [item, id]));
  const settled = new Map([...base].map(([id, because]) => [places.get(universe.package(id))!, because]));
  return settledHost({ universe: bundle, exclusion: new Exclusion(bundle), recommends: 'exclude' }, settled);
}

export const packagesTaken = (search: Search): Id[] => search.taken.list.filter((variable) => !search.isGoal(variable));

/** What a search took beyond the base set, each with who asked for it, sorted by name. */
export function choicesOf(search: Search, root: string, base: Host['base']): Choice[] {
  return packagesTaken(search)
    .filter((id) => !base.has(id))
    .toSorted((a, b) => a - b)
    .map((id) => choiceOf(search, id, becauseOf(search, id, { kind: 'root', root })));
}

/** The candidates that would have come before those taken, had nothing spoken against them. */
export function rejectionsOf(search: Search, root: string): Rejection[] {
  return search.taken.list.flatMap((owner) => search.wishesOf(owner).flatMap((wish, at) => rejectedFrom(search, root, owner, wish, at)));
}

function rejectedFrom(search: Search, root: string, owner: Variable, wish: readonly Id[], at: number): Rejection[] {
  if (wish.length < 2) return [];
  const { universe } = search.scope;
  const taken = wish.findIndex((id) => search.taken.has(id));
  const out = wish.slice(0, Math.max(taken, 0)).filter((id) => search.assignment.isFalse(yes(id)));
  if (out.length === 0) return [];
  const asker = search.isGoal(owner) ? undefined : universe.package(owner);
  const by = asker ? `${asker.name} ${asker.version}` : root;
  const relation = asker ? universe.semantics.spelling.relation(asker.requires[at]!) : root;
  return out.map((id) => ({ package: universe.package(id), by, relation, because: whyOut(search, id) }));
}

function whyOut(search: Search, id: Id): string {
  if (search.assignment.levelOf(id) === 0) return explain(search, id).join('; ');
  const excluded = search.scope.exclusion.of(id);
  const excluder = search.taken.list.find((other) => excluded.includes(other) && !search.isGoal(other));
  if (excluder !== undefined) return explainExclusion(search, id, excluder);
  return 'something it needs is excluded by what else is installed';
}

function choiceOf(search: Search, id: Id, because: Because): Choice {
  const { universe } = search.scope;
  return { package: universe.package(id), because, ...(!universe.isCandidate(id) && { older: true as const }) };
}

/** @param itself the reason of what the goal itself asks for */
function becauseOf(search: Search, id: Id, itself: Because): Because {
  const { owner, kind, at } = search.taken.asked(id)!;
  if (owner === undefined || search.isGoal(owner)) return itself;
  const { universe } = search.scope;
  const by = universe.package(owner);
  // A supplement is a recommendation that the other side writes down.
  if (kind === 'supplements') return { kind: 'recommends', by, relation: `${universe.package(id).name} (which supplements it)` };
  return { kind, by, relation: universe.semantics.spelling.relation(by[kind][at]!) };
}
