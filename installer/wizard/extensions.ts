import type { BundleExtension, Descriptor } from '../../repo/bundle/descriptor.ts';
import { caveatAmong, withNeeds } from '../inventory/caveat.ts';
import { defaults } from '../inventory/parameters.ts';

/** Extensions of a bundle that one can choose for a major, sorted by name: first those with packages of their own. */
export function offered(bundle: Descriptor, pg: string): { own: BundleExtension[]; server: BundleExtension[] } {
  const servers = new Set(bundle.roots.filter((root) => root.kind === 'server').map((root) => root.package));
  const every = bundle.extensions.filter((each) => each.pg === pg && !everywhere.has(each.name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { own: every.filter((each) => !servers.has(each.package)), server: every.filter((each) => servers.has(each.package)) };
}

/** Every database has these already. */
export const everywhere: ReadonlySet<string> = new Set(['plpgsql', ...(defaults['pg_default_extensions'] as { name: string }[]).map((each) => each.name)]);

/** Two chosen extensions whose packages rule each other out, or undefined. What an extension needs counts as chosen. */
export function rivalsAmong(names: readonly string[], bundle: Descriptor, pg: string): [string, string] | undefined {
  const chosen = [...withNeeds(names, bundle, pg)];
  const ruledOut = new Map(bundle.roots.map((root) => [root.package, new Set(root.conflicts)]));
  for (const one of chosen) {
    const other = chosen.find((each) => ruledOut.get(one.package)?.has(each.package) === true);
    if (other) return [one.name, other.name].sort() as [string, string];
  }
  return undefined;
}

/** An extension in the list to choose from, with its caveat beside the description: then it cannot be chosen. */
export function rowOf({ name, description, pg, requires }: BundleExtension, bundle: Descriptor, { needed, width }: { needed: string; width: number }): { value: string; name: string; disabled: string | false } {
  const caveat = caveatAmong([name], bundle, pg);
  const needs = requires.length > 0 ? ` (${needed} ${requires.join(', ')})` : '';
  return { value: name, name: `${name}  ${description}${needs}`.slice(0, width), disabled: caveat === undefined ? false : `(${caveat})` };
}
