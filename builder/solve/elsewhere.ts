import type { Package } from '../../repo/package/package.ts';
import { inParentheses } from '../../repo/package/spelling.ts';
import { solveOn } from './solve.ts';
import { type Host, hostOf } from './host.ts';
import type { Choice } from './resolution.ts';
import { type Universe, universeOf } from './universe.ts';

/** What a root would take from elsewhere, so that it could be had. */
export interface Elsewhere {
  root: string;
  /** Packages of other sources, each with who needs it. */
  choices: readonly Choice[];
}

/**
 * Which roots that cannot be had could be, with the packages of other sources. Those by names that nothing here bears are tried
 * first: another version of what is here is a replacement, and that is not asked for where an addition will do.
 */
export function foundElsewhere(universe: Universe, others: readonly Package[], roots: readonly string[]): Elsewhere[] {
  const added = others.filter((item) => universe.named(item.name).length === 0);
  const found = roots.length > 0 && added.length > 0 ? tryWith(universe, added, roots) : [];
  const left = roots.filter((root) => !found.some((each) => each.root === root));
  return left.length > 0 && added.length < others.length ? [...found, ...tryWith(universe, others, left)] : found;
}

function tryWith(universe: Universe, others: readonly Package[], roots: readonly string[]): Elsewhere[] {
  const strange = new Set(others);
  const host = hostOf(universeOf([...universe.packages, ...others], universe.setting), 'exclude');
  return 'subject' in host ? [] : roots.flatMap((root) => tryRoot(host, root, strange));
}

function tryRoot(host: Host, root: string, strange: ReadonlySet<Package>): Elsewhere[] {
  const resolution = solveOn(host, [{ name: root }]);
  return resolution.ok ? [{ root, choices: resolution.choices.filter((choice) => strange.has(choice.package)) }] : [];
}

/** One sentence a source, in the order of their names. */
export function sayElsewhere({ choices }: Elsewhere): string[] {
  const sources = [...new Set(choices.map((choice) => choice.package.source))].sort();
  return sources.map((source) => `${source} would bring ${list(choices.filter((choice) => choice.package.source === source).map(sayChoice))}`);
}

function sayChoice({ package: { name, version }, because }: Choice): string {
  return 'by' in because ? `${name} ${version}, which ${because.by.name} needs ${inParentheses(because.relation)}` : `${name} ${version}`;
}

const list = (items: readonly string[]): string => (items.length > 3 ? `${items.slice(0, 3).join('; ')}; and ${items.length - 3} more` : items.join('; '));
