import type { Descriptor } from '../../repo/bundle/descriptor.ts';
import { spell, type Mistake } from '../../repo/core/document.ts';
import { caveatAmong, withNeeds } from './caveat.ts';
import type { Draft } from './draft.ts';
import { guess } from './guess.ts';
import type { Host, Inventory } from './inventory.ts';
import { extensionNamed, namesWithin, packageNamed, rivalsIn, type Named } from './named.ts';

/**
 * Extensions and groups that the inventory asks for by name and the bundle does not hold, or holds and nobody can create as they
 * are, or that cannot be installed beside each other; with their places.
 */
export function checkExtensions(draft: Draft, hosts: readonly Host[], bundle: Descriptor): Mistake[] {
  return hosts.filter((host) => host.vars.pg_cluster !== undefined).flatMap((host) => {
    const asked = askedOf(host, bundle);
    const wrong = asked.flatMap((each) => (each.named.ok ? [] : place(draft, host, each, each.named.because)));
    return [...wrong, ...rivalries(draft, host, asked, bundle)];
  });
}

/** What belongs to a group that the inventory names and is not in the bundle, each a warning with its place. */
export function gapsInGroups(draft: Draft, { hosts, bundle }: Pick<Inventory, 'hosts' | 'bundle'>): string[] {
  const gaps = hosts.filter((host) => host.vars.pg_cluster !== undefined).flatMap((host) =>
    askedOf(host, bundle).flatMap((each) => {
      if (!each.named.ok || each.named.missing.length === 0) return [];
      return place(draft, host, each, `${bundle.id} holds only a part of "${each.name}" for PostgreSQL ${host.vars.pg_version}, which is installed; it lacks ${each.named.missing.join(', ')}`);
    }),
  );
  return [...new Set(gaps.map(spell))];
}

/** A name in the inventory, and what stands behind it. */
interface Asked {
  parameter: string;
  path: readonly PropertyKey[];
  name: string;
  named: Named;
}

function askedOf({ vars }: Host, bundle: Descriptor): Asked[] {
  const pg = vars.pg_version;
  const installed = (parameter: string, items: readonly string[], find: typeof extensionNamed): Asked[] =>
    items.flatMap((item, index) => namesWithin(item, pg).map((name) => ({ parameter, path: [index], name, named: find(name, bundle, pg) })));
  const created = (parameter: string, before: readonly PropertyKey[], extensions: readonly { name: string; state?: string | undefined }[]): Asked[] =>
    // An extension that shall be gone need not be in the bundle; it keeps its place in the list.
    extensions.flatMap(({ name, state }, index) => (state === 'absent' ? [] : [{ parameter, path: [...before, index], name, named: creatable(name, bundle, pg) }]));
  return [
    ...created('pg_default_extensions', [], vars.pg_default_extensions),
    ...vars.pg_databases.flatMap((database, index) => created('pg_databases', [index, 'extensions'], database.extensions)),
    ...installed('pg_packages', vars.pg_packages, packageNamed),
    ...installed('pg_extensions', vars.pg_extensions, extensionNamed),
  ];
}

/** What is only installed, by `pg_extensions`, need not be created: that is the way to do by hand what a caveat says. */
function creatable(name: string, bundle: Descriptor, pg: string): Named {
  const known = new Set(['plpgsql', ...bundle.extensions.filter((each) => each.pg === pg).map((each) => each.name)]);
  if (!known.has(name)) return { ok: false, because: `${bundle.id} holds no extension "${name}" for PostgreSQL ${pg}${guess(name, known)}` };
  const caveat = caveatAmong([name], bundle, pg);
  if (caveat !== undefined) return { ok: false, because: `extension "${name}" cannot be created as it is shipped: ${caveat}` };
  return { ok: true, packages: [...withNeeds([name], bundle, pg)].map((each) => each.package), missing: [] };
}

/** The first pair of packages on a host that exclude each other, at the name that brings the second of them in. */
function rivalries(draft: Draft, host: Host, asked: readonly Asked[], bundle: Descriptor): Mistake[] {
  const chosen = new Map<string, string>();
  for (const each of asked) {
    for (const item of each.named.ok ? each.named.packages : []) if (!chosen.has(item)) chosen.set(item, each.name);
    const rivals = rivalsIn(chosen.keys(), bundle)?.map((item) => (chosen.get(item) === item ? item : `${item} (${chosen.get(item)})`));
    if (rivals) return place(draft, host, each, `${rivals.join(' and ')} cannot be installed together; name those that are wanted one by one`);
  }
  return [];
}

/** Only what the inventory says has a place in it; the defaults are ours. */
function place(draft: Draft, host: Host, { parameter, path }: Asked, message: string): Mistake[] {
  const origin = draft.hosts.find((each) => each.address === host.address)!.origin.get(parameter);
  return origin ? [{ place: draft.document.valueAt([...origin, ...path]), message }] : [];
}
