import { keyPolicies, lintKeys } from '../repo/core/lint.ts';
import type { Progress } from '../repo/core/progress.ts';
import type { Target } from '../repo/package/target.ts';
import { documentsOf } from './documents.ts';
import { searchElsewhere } from './elsewhere.ts';
import { expectBase, fatalOf, judgeMissing, refuseCircles, refuseDoubles, warnOfBaselines } from './judge.ts';
import { families } from './family.ts';
import { freeze } from './lock/freeze.ts';
import type { Lock } from './lock/lock.ts';
import type { Catalog } from './manifest/catalog.ts';
import type { GivenBundle } from './manifest/given.ts';
import { manifestOf, type Drawn } from './manifest/manifest.ts';
import { settle } from './settle.ts';
import { spellOut } from './sets.ts';
import { circlesAmong } from './solve/circles.ts';
import { doublesAmong } from './solve/doubles.ts';
import { readAptSources } from './source/apt.ts';
import { drawSuites } from './source/draw.ts';
import { drawAdvisories } from './source/further.ts';
import type { Upstream } from './source/upstream.ts';
import { fill } from './source/fill.ts';
import { openHttp } from './source/http.ts';
import { chooseMirrors, under } from './source/mirror.ts';
import { packageKeys, verifyPackages, type Vouched } from './source/packages.ts';
import { openStore, storeFolder } from './store/store.ts';
import { runtime } from './version.ts';

export interface Setting {
  /** The folder of the store, when it is not the usual one. */
  store?: string | undefined;
  /** `NAME=URL` */
  mirrors: readonly string[];
  /** Whose mirrors are taken where the manifests know some. */
  region?: string | undefined;
  /** Fetch nothing. */
  offline: boolean;
  signal?: AbortSignal;
}

/** Everything between this machine and the archives. Close its `http` when done. */
export async function openUpstream(setting: Setting, catalog: Catalog): Promise<Upstream> {
  return {
    http: setting.offline ? undefined : openHttp(setting.signal ? { signal: setting.signal } : {}),
    store: await openStore(setting.store ?? storeFolder()),
    mirrors: chooseMirrors(Object.values(catalog.sources), await readAptSources(), setting.mirrors, setting.region),
    keyring: catalog.keys,
    published: Object.fromEntries(Object.values(catalog.sources).flatMap(({ keys }) => Object.entries(keys).flatMap(([fingerprint, { url }]) => (url === undefined ? [] : [[fingerprint, url]])))),
    now: new Date(),
  };
}

/** Manifest → indexes → universe → proof → lock. @throws Fault unsatisfiable when the bundle does not put up with what is missing */
export async function makeLock(given: GivenBundle, target: Target, pg: readonly string[], upstream: Upstream, progress: Progress): Promise<Lock> {
  const { bundle, catalog } = given;
  const asked = manifestOf(bundle, catalog, target, pg);
  const { manifest, suites: seen, streams } = await progress.step(`reading the indexes for ${target.code}`, async (inner) => spellOut(asked, await drawSuites(asked.suites, target, upstream, inner, (drawn) => lineOf(drawn, given)), given, upstream, inner));
  const { universe, proven, suites: searched } = await progress.step(`proving ${new Set(manifest.wanted.map((wanted) => wanted.package)).size} roots`, async (inner) => {
    const settled = await settle(manifest, seen, upstream, inner);
    refuseDoubles(doublesAmong(settled.universe, settled.proven.closure), manifest, given);
    refuseCircles(circlesAmong(settled.universe, settled.proven.closure), manifest, given);
    return settled;
  });
  expectBase(manifest, proven.unsatisfiable);
  const { suites, found: advisories } = await drawAdvisories(searched, upstream, progress);
  const lock = freeze({ manifest, suites, proven, compareVersions: families[target.format].compareVersions, runtime, documents: documentsOf(proven.closure, streams, advisories) });
  // It takes as long as all the rest, so only what is about to be refused is searched for.
  const refused = fatalOf(bundle, lock).filter((each) => each.package !== '').map((each) => each.package);
  const elsewhere = await searchElsewhere(refused, universe, manifest, given, upstream, progress);
  judgeMissing(manifest, lock, given, elsewhere, progress);
  warnOfBaselines(lock, progress);
  return lock;
}

/** Brings every package of a lock into the store. Answers how many bytes had to be fetched. */
export async function fillStore(lock: Lock, upstream: Upstream, progress: Progress): Promise<number> {
  const sources = new Map(lock.sources.map((source) => [source.name, source]));
  const files = lock.packages.map(({ digest, size, source, url }) => {
    const { archive, path, url: base } = sources.get(source)!;
    return { digest, size, source, archive, path: under(path, url.slice(base.length + 1)) };
  });
  return progress.step(`fetching ${files.length} packages`, (inner) => fill(upstream.store, files, upstream.http, upstream.mirrors, inner, upstream.patience));
}

/**
 * Verifies the packages of an RPM lock, which are in the store: repository metadata says nothing of their own signatures, and rpm
 * on the target will look at them. Packages of Debian carry none; their digests stand under a signature. @throws Fault
 */
export async function verifyStore({ target, sources, packages }: Lock, upstream: Upstream, progress: Progress): Promise<Vouched | undefined> {
  if (target.format === 'deb') return undefined;
  return progress.step(`verifying the signatures of ${packages.length} packages`, async (inner) => {
    const drawn = new Set(packages.map((item) => item.source));
    const keys = await packageKeys(sources.filter(({ name }) => drawn.has(name)), upstream, inner);
    const vouched = await verifyPackages(packages, keys, upstream.store, target.release, inner);
    for (const sentence of await concernsOf(vouched, target, upstream.now)) inner.warn(sentence);
    return vouched;
  });
}

/** What the target will say of the keys that its packages are signed with. */
async function concernsOf({ keys }: Vouched, { release }: Target, now: Date): Promise<string[]> {
  const policy = keyPolicies[release as keyof typeof keyPolicies];
  const concerns = await Promise.all([...keys].map(([fingerprint, armoured]) => lintKeys(Buffer.from(armoured), policy, now, fingerprint)));
  return concerns.flat().map(({ fingerprint, sentence }) => `the key ${fingerprint}, which signs packages: ${sentence}`);
}

/** Where the bundle asks for the source of a suite. */
function lineOf({ source }: Drawn, { bundle, catalog, where }: GivenBundle): string {
  return where(['sources', bundle.sources.findIndex((name) => catalog.sources[name] === source)]);
}
