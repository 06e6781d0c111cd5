import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { bytes } from '../../repo/console/print.ts';
import { Fault } from '../../repo/core/fault.ts';
import { readGiven } from '../../repo/core/files.ts';
import type { Signer } from '../../repo/core/signature.ts';
import type { Lock } from '../lock/lock.ts';
import { readLock, writeLock } from '../lock/read.ts';
import type { Catalog } from '../manifest/catalog.ts';
import type { Source } from '../manifest/source.ts';
import { fillStore, makeLock, verifyStore } from '../pipeline.ts';
import { ship } from '../ship.ts';
import type { Upstream } from '../source/upstream.ts';
import { expectTaken, openKey } from './key.ts';
import { bundleArgument, catalogOf, targetsOf, upstreamOptions, withUpstream } from './upstream.ts';

export const build: CommandSpec = {
  name: 'build',
  arguments: 'BUNDLE.yml|LOCK',
  about: 'makes a signed bundle; from a manifest it locks first',
  options: {
    target: { short: 't', value: 'TARGET', many: true, about: 'd12.x86_64, el9 …; a lock has its own' },
    pg: { value: 'N', many: true, about: 'only this PostgreSQL major' },
    out: { short: 'o', value: 'DIR', about: 'where the bundle is written (here)' },
    key: { value: 'FILE', about: 'the private key that signs ($XDG_CONFIG_HOME/pgark/key)' },
    'passphrase-file': { value: 'FILE', about: 'its passphrase, on the first line of a file; else it is asked for' },
    ...upstreamOptions,
  },
  notes: `writes three files: X.tar, its detached signature X.tar.asc, and a readable copy of bootstrap, which checks and opens it.
The same lock, the same key and the same pgark give the same bytes. What is in the store already is not fetched again.`,
  run,
};

interface Build {
  lock: Lock;
  text: string;
}

async function run(invocation: Invocation): Promise<object> {
  const signer = await openKey(invocation);
  const catalog = await catalogOf(invocation);
  const [path] = invocation.args;
  const bundles = path?.endsWith('.json') ? await fromLock(path, signer, catalog, invocation) : await fromManifest(signer, catalog, invocation);
  return { bundles, fingerprint: signer.fingerprint };
}

async function fromLock(path: string, signer: Signer, catalog: Catalog, invocation: Invocation): Promise<object[]> {
  const made = await lockArgument(path, invocation);
  return [await withUpstream(invocation, knowing(made.lock, catalog), (upstream) => buildOne(made, signer, upstream, invocation))];
}

async function fromManifest(signer: Signer, catalog: Catalog, invocation: Invocation): Promise<object[]> {
  const bundle = await bundleArgument(invocation, catalog);
  const made: object[] = [];
  await withUpstream(invocation, bundle.catalog, async (upstream) => {
    for (const target of targetsOf(invocation, bundle)) {
      const lock = await makeLock(bundle, target, invocation.values('pg'), upstream, invocation.progress);
      made.push(await buildOne({ lock, text: writeLock(lock) }, signer, upstream, invocation));
    }
  });
  return made;
}

/** The catalog with the archives that only the lock knows, since they are of a source of the bundle's own. */
function knowing({ sources }: Lock, catalog: Catalog): Catalog {
  const known = new Set(Object.values(catalog.sources).flatMap((source) => Object.keys(source.archives)));
  const own = sources.filter(({ archive }) => !known.has(archive)).map(({ name, archive, url, path }) => {
    const base = path === '' ? url : url.slice(0, -path.length - 1);
    const source: Source = { name, about: '', module: '', archives: { [archive]: { url: base, regions: {}, seen: [] } }, keys: {}, suites: [], repositories: [] };
    return [name, source] as const;
  });
  return { ...catalog, sources: { ...catalog.sources, ...Object.fromEntries(own) } };
}

async function lockArgument(path: string, invocation: Invocation): Promise<Build> {
  if (invocation.args.length > 1) throw new Fault('usage', 'one lock at a time', { hint: 'pgark build LOCK --out DIR' });
  const text = (await readGiven(path)).toString('utf8');
  const lock = readLock(text, path);
  const other = invocation.values('target').find((code) => code !== lock.target.code);
  if (other !== undefined) throw new Fault('usage', `${path} is for ${lock.target.code}, not for ${other}`);
  if (invocation.has('pg')) throw new Fault('usage', `${path} has its PostgreSQL majors: ${lock.pg.join(', ')}`, { hint: 'leave out --pg, or build from the manifest' });
  return { lock, text };
}

async function buildOne({ lock, text }: Build, signer: Signer, upstream: Upstream, invocation: Invocation): Promise<object> {
  await expectTaken(signer, lock.target, invocation.progress);
  const fetched = await fillStore(lock, upstream, invocation.progress);
  const heads = await verifyStore(lock, upstream, invocation.progress);
  const { descriptor, ...files } = await ship({ lock, text, store: upstream.store, signer, heads, out: invocation.value('out') ?? '.', signal: invocation.signal }, invocation.progress);
  invocation.print(`${files.path}  ${bytes(files.size)}, ${descriptor.packages} packages, ${bytes(fetched)} fetched\n${files.signature}\n${files.bootstrap}\nfingerprint  ${signer.fingerprint}`);
  return { id: descriptor.id, ...files, packages: descriptor.packages, fetched };
}
