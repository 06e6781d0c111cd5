import { identify, type Package } from '../../repo/package/package.ts';
import { printRelation } from '../../repo/package/relation.ts';
import { Exclusion } from './exclusion.ts';
import { explain } from './explain.ts';
import { choicesOf, type Host, hostOf, rejectionsOf, settledHost } from './host.ts';
import { essentials } from './installable.ts';
import type { Proof, Proven, Shipped } from './proof.ts';
import type { Because, Choice, Problem, Recommends } from './resolution.ts';
import { rivalriesAmong } from './rivalry.ts';
import { Search } from './search.ts';
import { unknown, wishOf } from './solve.ts';
import { type Id, type Universe, universeOf } from './universe.ts';

/**
 * Proves for every root that it installs on a minimal host, and gathers what must be shipped for that: the base set and
 * everything that a proof needs. Roots may exclude each other; then that is recorded. Nothing is dropped in silence.
 */
export function prove(universe: Universe, roots: readonly string[], { recommends }: { recommends: Recommends }): Proven {
  const host = hostOf(universe, recommends);
  if ('subject' in host) return { closure: [], proofs: [], rivalries: [], unsatisfiable: [host] };
  const verdicts = [...new Set(roots)].toSorted().map((root) => proveRoot(host, root));
  const proofs = verdicts.filter((verdict): verdict is Proof => 'root' in verdict);
  const unsatisfiable = verdicts.filter((verdict): verdict is Problem => 'subject' in verdict);
  const closure = closureOf(host, proofs);
  return { closure, proofs, rivalries: rivalriesAmong(bundleHost(host, closure), proofs.map((proof) => proof.root)), unsatisfiable };
}

function proveRoot(host: Host, root: string): Proof | Problem {
  const wish = wishOf(host.universe, { name: root });
  if (wish.length === 0) return unknown(host.universe, { name: root });
  const goal = host.search.goal([wish]);
  if (host.search.solve(goal)) return proofOf(host.search, root, host, []);
  return proveWithoutBase(host, root) ?? { subject: root, sentences: explain(host.search, goal) };
}

/** The base set but for Essential packages gives way to a root that cannot stand beside it. */
function proveWithoutBase(host: Host, root: string): Proof | undefined {
  const { universe, exclusion, recommends } = host;
  const search = new Search({ universe, exclusion, recommends });
  if (!search.solve(search.goal([...essentials(universe), wishOf(universe, { name: root })]))) return undefined;
  const removed = [...host.base.keys()].filter((id) => !search.join(id));
  return proofOf(search, root, host, removed.map((id) => universe.package(id)));
}

function proofOf(search: Search, root: string, host: Host, removes: readonly Package[]): Proof {
  return { root, choices: choicesOf(search, root, host.base), rejections: rejectionsOf(search, root), removes };
}

function closureOf(host: Host, proofs: readonly Proof[]): Shipped[] {
  const shipped = new Map<Package, Draft>();
  for (const [id, because] of host.base) {
    shipped.set(host.universe.package(id), { base: true, roots: new Set(), because: new Map([[keyOf(because), because]]), older: !host.universe.isCandidate(id) });
  }
  for (const proof of proofs) for (const choice of proof.choices) enter(shipped, proof.root, choice);
  const places = new Map(host.universe.packages.map((item, place) => [item, place]));
  closeConditions(host, shipped, places);
  return [...shipped].toSorted(([a], [b]) => places.get(a)! - places.get(b)!).map(([item, draft]) => shippedOf(item, draft));
}

/**
 * What a shipped package needs as soon as something else is there, `(a if b)`, is shipped too where it can be had: the host
 * that a bundle is carried to may have `b`, though no proof does.
 */
function closeConditions(host: Host, shipped: Map<Package, Draft>, places: ReadonlyMap<Package, Id>): void {
  const { universe, search } = host;
  // What is entered on the way comes up in the same loop.
  for (const item of shipped.keys()) {
    for (const relation of item.requires) {
      const conditions = universe.conditions(relation, item.arch);
      const wish = conditions && conditions.length > 0 ? universe.satisfying(relation, item.arch) : [];
      if (wish.length === 0 || wish.some((id) => shipped.has(universe.package(id)))) continue;
      if (!search.solve(search.goal([[places.get(item)!], wish]))) continue;
      const reason: Because = { kind: 'requires', by: item, relation: printRelation(relation) };
      for (const choice of choicesOf(search, '', host.base)) if (!shipped.has(choice.package)) enter(shipped, undefined, choice.because.kind === 'root' ? { ...choice, because: reason } : choice);
    }
  }
}

interface Draft {
  base: boolean;
  roots: Set<string>;
  because: Map<string, Because>;
  older: boolean;
}

/** @param root whose proof it is part of, if any */
function enter(shipped: Map<Package, Draft>, root: string | undefined, { package: item, because, older }: Choice): void {
  const draft = shipped.get(item) ?? { base: false, roots: new Set(), because: new Map(), older: older ?? false };
  if (root !== undefined) draft.roots.add(root);
  if (!draft.because.has(keyOf(because))) draft.because.set(keyOf(because), because);
  shipped.set(item, draft);
}

function shippedOf(item: Package, { base, roots, because, older }: Draft): Shipped {
  return { package: item, base, roots: [...roots], because: [...because.values()], ...(older && { older: true as const }) };
}

function keyOf(because: Because): string {
  switch (because.kind) {
    case 'base':
      return 'base';
    case 'root':
      return `root ${because.root}`;
    case 'requires':
    case 'recommends':
      return `${because.kind} ${identify(because.by)}`;
  }
}

/** The same host, to which nothing but the shipped packages is offered. */
function bundleHost({ universe, base }: Host, closure: readonly Shipped[]): Host {
  const bundle = universeOf(closure.map((shipped) => shipped.package), universe.setting);
  const places = new Map<Package, Id>(bundle.packages.map((item, id) => [item, id]));
  const settled = new Map([...base].map(([id, because]) => [places.get(universe.package(id))!, because]));
  return settledHost({ universe: bundle, exclusion: new Exclusion(bundle), recommends: 'exclude' }, settled);
}

