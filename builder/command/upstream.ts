import { join } from 'node:path';
import type { Invocation, Option } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Target } from '../../repo/package/target.ts';
import { madeFor } from '../manifest/bundle.ts';
import { recallCatalog } from '../manifest/cache.ts';
import type { Catalog } from '../manifest/catalog.ts';
import { readBundle, type GivenBundle } from '../manifest/given.ts';
import { ownManifests } from '../manifest/files.ts';
import { readMirrorFile, substitute } from '../manifest/mirrors.ts';
import { covers, findTarget } from '../manifest/platform.ts';
import { openUpstream } from '../pipeline.ts';
import type { Upstream } from '../source/upstream.ts';
import { storeFolder } from '../store/store.ts';

/** The options of every command that reads from upstream. */
export const upstreamOptions: Readonly<Record<string, Option>> = {
  mirror: { value: 'NAME=URL', many: true, about: 'where the bytes of an archive come from: debian=https://…; the signatures stay the same' },
  mirrors: { value: 'FILE', about: 'the same for many archives, with the keys of a mirror that signs anew (archives: { NAME: { url, keys: [FILE] } })' },
  region: { value: 'NAME', about: 'the mirrors that the manifests know in a region: china, europe …' },
  store: { value: 'DIR', about: 'the store of what was fetched ($XDG_CACHE_HOME/pgark)' },
  offline: { about: 'fetch nothing: what is in the store is verified again and used' },
  manifests: { value: 'DIR', about: 'the folder of distros, sources, components and extensions' },
};

/** Opens the way to the archives for as long as `act` takes. */
export async function withUpstream<T>(invocation: Invocation, catalog: Catalog, act: (upstream: Upstream) => Promise<T>): Promise<T> {
  const upstream = await openUpstream(
    { store: invocation.value('store'), mirrors: [...(await mirrorsFile(invocation)), ...invocation.values('mirror')], region: invocation.value('region'), offline: invocation.has('offline'), signal: invocation.signal },
    catalog,
  );
  try {
    return await act(upstream);
  } finally {
    await upstream.http?.close();
  }
}

/** What the file says goes before what the machine's apt says, and behind what the command line says. */
async function mirrorsFile(invocation: Invocation): Promise<string[]> {
  const path = invocation.value('mirrors');
  return path === undefined ? [] : [...(await readMirrorFile(path))].map(([name, { url }]) => `${name}=${url}`);
}

/** The manifests that `--manifests` names, or those of this project. */
export async function catalogOf(invocation: Invocation): Promise<Catalog> {
  const catalog = await recallCatalog(invocation.value('manifests') ?? ownManifests, join(invocation.value('store') ?? storeFolder(), 'catalog'));
  const mirrors = invocation.value('mirrors');
  return mirrors === undefined ? catalog : substitute(catalog, await readMirrorFile(mirrors));
}

/** The bundle that the first argument names. @throws Fault usage */
export async function bundleArgument(invocation: Invocation, catalog: Catalog): Promise<GivenBundle> {
  const [path, ...more] = invocation.args;
  if (path === undefined || more.length > 0) throw new Fault('usage', 'one bundle manifest is needed', { hint: 'pgark lock manifests/bundles/slim.yml --target d12.x86_64' });
  return readBundle(path, catalog);
}

/** The targets that `--target` names, `el9` both of that release; `all` stands for all that the bundle is made for. @throws Fault usage */
export function targetsOf(invocation: Invocation, { bundle, catalog }: GivenBundle): Target[] {
  const given = invocation.values('target');
  const made = [...madeFor(bundle, catalog).keys()];
  if (given.length === 0) throw new Fault('usage', 'a target is needed', { hint: `--target ${made[0]}; this bundle is made for ${made.join(', ')}` });
  const all = given.includes('all') ? made : given.flatMap((each) => made.filter((code) => covers(each, findTarget(catalog.targets, code))));
  const exact = given.filter((each) => each !== 'all' && !made.some((code) => covers(each, findTarget(catalog.targets, code))));
  return [...new Set([...all, ...exact])].map((code) => findTarget(catalog.targets, code));
}
