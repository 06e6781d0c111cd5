import type { Descriptor } from '../../repo/bundle/descriptor.ts';
import type { Mistake } from '../../repo/core/document.ts';
import { caveatAmong } from './caveat.ts';
import type { Draft } from './draft.ts';
import { guess } from './guess.ts';
import type { Host } from './inventory.ts';

/** Extensions that the inventory asks for by name and the bundle does not hold, or holds and nobody can create as they are; with their places. */
export function checkExtensions(draft: Draft, hosts: readonly Host[], bundle: Descriptor): Mistake[] {
  return hosts.filter((host) => host.vars.pg_cluster !== undefined).flatMap((host) => {
    const known = namesIn(bundle, host.vars.pg_version);
    const { origin } = draft.hosts.find((each) => each.address === host.address)!;
    return asked(host)
      .filter(({ parameter }) => origin.has(parameter))
      .flatMap(({ parameter, path, name }) => {
        const message = known.has(name) ? barred(parameter, name, bundle, host.vars.pg_version) : `${bundle.id} holds no extension "${name}" for PostgreSQL ${host.vars.pg_version}${guess(name, known)}`;
        return message === undefined ? [] : [{ place: draft.document.valueAt([...origin.get(parameter)!, ...path]), message }];
      });
  });
}

/** What is only installed, by `pg_extensions`, need not be created: that is the way to do by hand what a caveat says. */
function barred(parameter: string, name: string, bundle: Descriptor, pg: string): string | undefined {
  const caveat = parameter === 'pg_extensions' ? undefined : caveatAmong([name], bundle, pg);
  return caveat && `extension "${name}" cannot be created as it is shipped: ${caveat}`;
}

interface Asked {
  parameter: string;
  path: readonly PropertyKey[];
  name: string;
}

function asked({ vars }: Host): Asked[] {
  const named = (parameter: string, before: readonly PropertyKey[], names: readonly string[]): Asked[] => names.map((name, index) => ({ parameter, path: [...before, index], name }));
  return [
    ...named('pg_extensions', [], vars.pg_extensions),
    ...named('pg_default_extensions', [], wanted(vars.pg_default_extensions)),
    ...vars.pg_databases.flatMap((database, index) => named('pg_databases', [index, 'extensions'], wanted(database.extensions))),
  ];
}

// An extension that shall be gone need not be in the bundle; it keeps its place in the list.
const wanted = (extensions: readonly { name: string; state?: string | undefined }[]): string[] => extensions.map((each) => (each.state === 'absent' ? 'plpgsql' : each.name));

function namesIn(bundle: Descriptor, pg: string): Set<string> {
  const extensions = bundle.extensions.filter((each) => each.pg === pg);
  const roots = bundle.roots.filter((root) => root.kind === 'extension' && (root.pg === undefined || root.pg === pg));
  return new Set(['plpgsql', ...extensions.flatMap((each) => [each.name, each.package]), ...roots.flatMap((root) => [root.name, root.package])]);
}
