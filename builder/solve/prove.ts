import type { Package } from '../../repo/package/package.ts';
import { Meeting } from './baseline.ts';
import { closeChoices } from './close.ts';
import { Closure } from './closure.ts';
import { explain } from './explain.ts';
import { choicesOf, type Host, hostOf, rejectionsOf } from './host.ts';
import { replacedAmong } from './replaced.ts';
import { essentials } from './installable.ts';
import type { Baseline } from './installed.ts';
import type { Proof, Proven } from './proof.ts';
import type { Problem, Recommends } from './resolution.ts';
import { rivalriesAmong } from './rivalry.ts';
import { Search } from './search.ts';
import { unknown, wishOf } from './solve.ts';
import type { Universe } from './universe.ts';

/**
 * Proves for every root that it installs on a minimal host, and gathers what must be shipped for that: the base set,
 * everything that a proof needs, and what a client may need that chooses otherwise, or that has something else installed. Roots
 * may exclude each other; then that is recorded. Nothing is dropped in silence.
 */
export function prove(universe: Universe, roots: readonly string[], { recommends, baselines = [] }: { recommends: Recommends; baselines?: readonly Baseline[] }): Proven {
  const host = hostOf(universe, recommends);
  if ('subject' in host) return { closure: [], proofs: [], choice: { branches: 0, barred: [] }, baselines: [], rivalries: [], unsatisfiable: [host] };
  const verdicts = [...new Set(roots)].toSorted().map((root) => proveRoot(host, root));
  const found = verdicts.filter((verdict): verdict is Proof => 'root' in verdict);
  const replaced = replacedAmong(found, universe);
  const proofs = found.filter(({ root }) => !replaced.some(({ subject }) => subject === root));
  const unsatisfiable = [...verdicts.filter((verdict): verdict is Problem => 'subject' in verdict), ...replaced].toSorted((a, b) => (a.subject < b.subject ? -1 : 1));
  const closure = new Closure(host, proofs);
  closure.closeConditions();
  const meetings = baselines.map((baseline) => new Meeting(host, proofs, baseline));
  for (const meeting of meetings) meeting.close(closure);
  const { bundle, choice } = closeChoices(host, closure, proofs);
  return { closure: closure.list(), proofs, choice, baselines: meetings.map((meeting) => meeting.prove(closure.packages)), rivalries: rivalriesAmong(bundle, proofs.map((proof) => proof.root)), unsatisfiable };
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
