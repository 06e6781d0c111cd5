import { type Branch, type Ground, isOpenTo, type Shut, shutBranches } from './choice.ts';
import type { Closure } from './closure.ts';
import { bundleHost, type Host } from './host.ts';
import { essentials } from './installable.ts';
import type { Barred, ChoiceProof, Proof } from './proof.ts';
import { Search } from './search.ts';

/** Ships what clients may need that choose otherwise than the proofs did, until the closure is closed under choice (choice.ts). */
export function closeChoices(host: Host, closure: Closure, proofs: readonly Proof[]): { bundle: Host; choice: ChoiceProof } {
  const parts = partsOf(host, proofs);
  for (;;) {
    closure.closeConditions();
    const bundle = bundleHost(host, closure.packages);
    const found = parts.map((part) => ({ part, ...shutBranches(part.on(bundle), part.roots) }));
    const verdicts = found.flatMap(({ part, shut }) => shut.map((each) => judge(each, bundle, part.on(host), closure)));
    if (!verdicts.includes('added')) return { bundle, choice: { branches: Math.max(0, ...found.map((each) => each.branches)), barred: verdicts.filter((each) => each !== 'added') } };
  }
}

/** Ships what it takes for a branch to be open to all its roots; or says to whom it is barred upstream as well. */
function judge(shut: Shut, bundle: Host, upstream: Ground, closure: Closure): Barred | 'added' {
  const by = bundle.universe.package(shut.by);
  const taken = shut.taken.map((id) => bundle.universe.package(id));
  const branch: Branch = { by: closure.placeOf(by), at: shut.at, taken: taken.map((item) => closure.placeOf(item)) };
  const barred = { by, relation: bundle.universe.semantics.spelling.relation(by.requires[shut.at]!), taken };
  if (!isOpenTo(upstream, branch, [])) return { ...barred, roots: upstream.prefix.length > 0 ? shut.roots : [] };
  const opened = shut.roots.filter((root) => isOpenTo(upstream, branch, [root]) && (closure.enterTaken(upstream.search, by, shut.at), true));
  return opened.length > 0 ? 'added' : { ...barred, roots: shut.roots };
}

/** Roots that stand beside the base set, and those for which it gives way; each are tried on ground of their own. */
interface Part {
  roots: readonly string[];
  on(host: Host): Ground;
}

function partsOf(host: Host, proofs: readonly Proof[]): Part[] {
  const rootsOf = (those: readonly Proof[]): string[] => those.map((proof) => proof.root);
  const upstream = once(() => freeGround(host));
  const parts: Part[] = [
    { roots: rootsOf(proofs.filter((proof) => proof.removes.length === 0)), on: ({ search }) => ({ search, prefix: [] }) },
    { roots: rootsOf(proofs.filter((proof) => proof.removes.length > 0)), on: (on) => (on === host ? upstream() : freeGround(on)) },
  ];
  return parts.filter((part) => part.roots.length > 0);
}

function freeGround({ universe, exclusion }: Host): Ground {
  return { search: new Search({ universe, exclusion, recommends: 'exclude' }), prefix: essentials(universe) };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
