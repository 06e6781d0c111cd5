import { type Capability, type Package, type Relation } from '../../repo/package/package.ts';
import { inParentheses } from '../../repo/package/spelling.ts';
import type { Variable } from './assignment.ts';
import { type Core, coreOf } from './core.ts';
import type { Search } from './search.ts';
import type { Id, Universe } from './universe.ts';

/** `libpq 17.5-1` */
export const title = (item: Package): string => `${item.name} ${item.version}`;

/** Says why a variable is ruled out: one sentence for each dependency that fails and each candidate that is excluded. */
export function explain(search: Search, variable: Variable): string[] {
  const core = coreOf(search, variable);
  const seen = new Set<Variable>([variable]);
  const sentences: string[] = [];
  const queue: Variable[] = [variable];
  for (let owner = queue.shift(); owner !== undefined; owner = queue.shift()) {
    for (const at of [...(core.wishes.get(owner) ?? [])].toSorted((a, b) => a - b)) {
      if (!search.isGoal(owner)) sentences.push(sentenceOf(search.scope.universe, search.scope.universe.package(owner), at));
      const fresh = search.wishesOf(owner)[at]!.filter((id) => !seen.has(id));
      for (const id of fresh) seen.add(id);
      queue.push(...fresh);
    }
  }
  return [...sentences, ...conditions(search, core, seen), ...exclusions(search, core)];
}

/** What others ask for as soon as something is installed, and cannot have, keeps that out. */
function conditions(search: Search, core: Core, seen: ReadonlySet<Variable>): string[] {
  const { universe } = search.scope;
  const others = [...core.wishes].filter(([owner]) => !seen.has(owner) && !search.isGoal(owner)).toSorted(([a], [b]) => a - b);
  return others.flatMap(([owner, wishes]) => {
    const item = universe.package(owner);
    return [...wishes].toSorted((a, b) => a - b).filter((at) => item.requires[at]!.some((each) => each.absent)).map((at) => sentenceOf(universe, item, at));
  });
}

/** Says why two packages exclude each other. */
export function explainExclusion(search: Search, a: Id, b: Id): string {
  const { universe, exclusion } = search.scope;
  const [left, right] = [universe.package(a), universe.package(b)];
  const reason = exclusion.reason(a, b);
  if (reason === undefined) return `only one version of ${left.name} can be installed: ${left.version} or ${right.version}`;
  const [by, other] = reason.by === a ? [left, right] : [right, left];
  return `${title(by)} excludes ${title(other)} ${inParentheses(universe.semantics.spelling.capability(reason.capability))}`;
}

/** Says why nothing satisfies a relation: what there is instead, and what is wrong with it. */
export function explainLack(universe: Universe, relation: Relation): string {
  return relation.filter((capability) => !capability.absent).map((capability) => lackOf(universe, capability)).join('; ');
}

function exclusions(search: Search, core: Core): string[] {
  return core.pairs.map(([a, b]) => explainExclusion(search, a, b));
}

function sentenceOf(universe: Universe, item: Package, at: number): string {
  const relation = item.requires[at]!;
  // Of a rich conflict.
  if (relation.every((capability) => capability.absent)) return `${title(item)} excludes ${universe.semantics.spelling.relation(relation)}`;
  const lacking = universe.satisfying(relation, item.arch).length === 0;
  return `${title(item)} needs ${universe.semantics.spelling.relation(relation)}${lacking ? `; ${explainLack(universe, relation)}` : ''}`;
}

function lackOf(universe: Universe, capability: Capability): string {
  const faults = universe.named(capability.name).map((id) => `${title(universe.package(id))} ${faultOf(universe, universe.package(id), capability)}`);
  const providers = universe.providersOf(capability.name).map((id) => {
    const offer = universe.package(id).provides.find((each) => each.name === capability.name)!;
    return `${title(universe.package(id))} offers ${universe.semantics.spelling.capability(offer)} only`;
  });
  const all = [...faults, ...providers];
  if (all.length > 0) return all.join(', ');
  if (capability.name.startsWith('(')) return 'a dependency of this form is not understood';
  return capability.name.startsWith('/') ? `no index lists ${capability.name}` : `nothing offers ${capability.name}`;
}

function faultOf(universe: Universe, item: Package, { arch, bound, with: both, without }: Capability): string {
  if (bound === undefined || universe.meets(item.version, bound)) {
    if (both || without) return 'does not offer all of that';
    return arch === 'any' ? 'does not allow being used from any architecture' : `is for ${item.arch}`;
  }
  const order = universe.compareVersions(item.version, bound.version);
  if (bound.op === '=') return `is ${order < 0 ? 'older' : 'newer'}`;
  return bound.op === '>=' || bound.op === '>' ? 'is too old' : 'is too new';
}
