import { nearest } from '../../repo/core/nearest.ts';
import type { Capability } from '../../repo/package/package.ts';
import type { Wish } from './agenda.ts';
import { explain, explainLack } from './explain.ts';
import { choicesOf, type Host, hostOf, rejectionsOf } from './host.ts';
import type { Problem, Recommends, Resolution } from './resolution.ts';
import type { Universe } from './universe.ts';

export interface Request {
  /** All of these, at the same time. */
  install: readonly Capability[];
  recommends: Recommends;
}

/** Finds what has to be installed on a minimal host so that all that is asked for stands together. */
export function solve(universe: Universe, request: Request): Resolution {
  const host = hostOf(universe, request.recommends);
  return 'subject' in host ? { ok: false, problems: [host] } : solveOn(host, request.install);
}

/** The same on a host that is there already; what was learned about it on the way is kept. */
export function solveOn(host: Host, install: readonly Capability[]): Resolution {
  const lacking = install.filter((root) => wishOf(host.universe, root).length === 0);
  if (lacking.length > 0) return { ok: false, problems: lacking.map((root) => unknown(host.universe, root)) };
  const subject = install.map((root) => host.universe.semantics.spelling.capability(root)).join(', ');
  const goal = host.search.goal(install.map((root) => wishOf(host.universe, root)));
  if (!host.search.solve(goal)) return { ok: false, problems: [{ subject, sentences: explain(host.search, goal) }] };
  return { ok: true, choices: choicesOf(host.search, subject, host.base), rejections: rejectionsOf(host.search, subject) };
}

/** Who bears the name goes first, since it was asked for by name; else the order is that of any relation. */
export function wishOf(universe: Universe, root: Capability): Wish {
  const found = universe.satisfying([root], universe.arch);
  return [...new Set([...found.filter((id) => universe.isCandidate(id) && universe.package(id).name === root.name), ...found])];
}

export function unknown(universe: Universe, root: Capability): Problem {
  const known = universe.named(root.name).length > 0 || universe.providersOf(root.name).length > 0;
  const guess = known ? undefined : nearest(root.name, similar(universe, root.name));
  return { subject: universe.semantics.spelling.capability(root), sentences: [`${explainLack(universe, [root])}${guess ? `; did you mean ${guess}?` : ''}`] };
}

/** Names of about the same length; measuring a whole archive would take longer than solving. */
function similar(universe: Universe, name: string): Set<string> {
  const names = universe.packages.map((item) => item.name);
  return new Set(names.filter((other) => Math.abs(other.length - name.length) <= 2));
}
