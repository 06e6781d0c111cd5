import type { BundleGroup, Descriptor } from '../../repo/bundle/descriptor.ts';
import { guess } from './guess.ts';

/** What a name for packages stands for in a bundle; of a group, also what belongs to it and is not there. */
export type Named = { ok: true; packages: readonly string[]; missing: readonly string[] } | { ok: false; because: string };

/** The names in one item of `pg_extensions` or `pg_packages`: commas or blanks part them, `$v` is the major (reference 3.1). */
export const namesWithin = (item: string, pg: string): string[] => item.replaceAll(/\$v\b/g, pg).split(/[\s,]+/).filter(Boolean);

/** An extension, a package or a group: `postgis`, `postgresql-17-cron`, `pgsql-gis`, `pg17-gis`. */
export function extensionNamed(name: string, bundle: Descriptor, pg: string): Named {
  const packages = packagesOf(name, bundle, pg);
  if (packages.length > 0) return { ok: true, packages, missing: [] };
  const major = majorOf(name);
  if (major !== undefined && major !== pg) return { ok: false, because: `"${name}" is for PostgreSQL ${major} and this cluster has ${pg}; "${ownName(name)}" goes with pg_version` };
  const group = groupsFor(bundle, pg).find((each) => each.name === ownName(name));
  return group ? { ok: true, packages: group.packages, missing: group.missing } : { ok: false, because: unknown(name, bundle, pg) };
}

/** Likewise, but a name that the descriptor does not list is taken for a package: it lists what was asked for only, and the bundle holds more. */
export function packageNamed(name: string, bundle: Descriptor, pg: string): Named {
  const found = extensionNamed(name, bundle, pg);
  return found.ok || isGroupName(name) ? found : { ok: true, packages: [name], missing: [] };
}

/** The first two packages among them that cannot be installed together. */
export function rivalsIn(packages: Iterable<string>, bundle: Descriptor): [string, string] | undefined {
  const chosen = new Set(packages);
  for (const root of bundle.roots.filter((each) => chosen.has(each.package))) {
    const rival = root.conflicts.find((each) => chosen.has(each));
    if (rival !== undefined) return [root.package, rival].sort() as [string, string];
  }
  return undefined;
}

/** An extension by the name of its package group, then by that for CREATE EXTENSION; then anything else that somebody asked for. */
function packagesOf(name: string, bundle: Descriptor, pg: string): string[] {
  const roots = bundle.roots.filter((root) => (root.pg ?? pg) === pg);
  const found = [
    roots.filter((root) => root.kind === 'extension' && root.name === name),
    bundle.extensions.filter((each) => each.pg === pg && each.name === name),
    roots.filter((root) => root.name === name || root.package === name),
    bundle.extensions.filter((each) => each.pg === pg && each.package === name),
  ].find((list) => list.length > 0);
  return [...new Set((found ?? []).map((each) => each.package))];
}

const groupsFor = ({ groups }: Descriptor, pg: string): BundleGroup[] => groups.filter((each) => (each.pg ?? pg) === pg);

/** `pg17-gis`, the ecosystem's name for `pgsql-gis` of one major; `pg17` for `pgsql`. */
const majorOf = (name: string): string | undefined => /^pg(\d\d)(-[a-z]+)*$/.exec(name)?.[1];

const ownName = (name: string): string => (majorOf(name) === undefined ? name : name.replace(/^pg\d\d/, 'pgsql'));

const isGroupName = (name: string): boolean => /^pgsql(-[a-z]+)*$/.test(ownName(name));

function unknown(name: string, bundle: Descriptor, pg: string): string {
  const groups = groupsFor(bundle, pg).map((each) => each.name);
  if (!isGroupName(name)) return `${bundle.id} holds no extension, package or group "${name}" for PostgreSQL ${pg}${guess(name, [...namesListed(bundle, pg), ...groups])}`;
  const shown = groups.filter(isGroupName);
  return `${bundle.id} holds nothing of a group "${name}" for PostgreSQL ${pg}${guess(ownName(name), shown) || '.'} Its groups are ${shown.join(', ') || 'none'}`;
}

/** Every name of a single thing. */
const namesListed = (bundle: Descriptor, pg: string): string[] => [...bundle.extensions.filter((each) => each.pg === pg), ...bundle.roots.filter((root) => (root.pg ?? pg) === pg)].flatMap((each) => [each.name, each.package]);
