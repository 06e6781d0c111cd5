import { compressionOf, decompress } from '../../repo/core/compression.ts';
import { digestOf } from '../../repo/core/digest.ts';
import { Fault, type FaultCode } from '../../repo/core/fault.ts';
import type { Progress } from '../../repo/core/progress.ts';
import { readPackages } from '../../repo/deb/packages.ts';
import { RelationReader } from '../../repo/deb/relation.ts';
import type { Release } from '../../repo/deb/release.ts';
import type { Package } from '../../repo/package/package.ts';
import type { Target } from '../../repo/package/target.ts';
import { RelationReader as RpmRelationReader } from '../../repo/rpm/relation.ts';
import type { Drawn, DrawnSuite } from '../manifest/manifest.ts';
import { admits } from './admit.ts';
import { fetchBlob, isRefused, readFetched } from './fetch.ts';
import type { Http } from './http.ts';
import { under } from './mirror.ts';
import { obtainRelease } from './release.ts';
import { drawRepository } from './repository.ts';
import type { Index, Suite, Upstream } from './upstream.ts';
import { nameOf } from './verify.ts';

/** Reads the indexes of all suites for a target, verified from the signature down. `where` says which line asks for one, for when it cannot be read. */
export async function drawSuites(suites: readonly Drawn[], target: Target, upstream: Upstream, progress: Progress, where?: (drawn: Drawn) => string): Promise<Suite[]> {
  const relations = { deb: new RelationReader(), rpm: new RpmRelationReader() };
  return progress.each(suites, 4, async (drawn) => {
    try {
      return isSuite(drawn) ? await drawSuite(drawn, target, upstream, relations.deb, progress) : await drawRepository(drawn, target, upstream, progress, relations.rpm);
    } catch (error) {
      throw error instanceof Fault && where ? at(where(drawn), error) : error;
    }
  });
}

function at(place: string, { code, message, details, hint, cause }: Fault): Fault {
  const next = hint ?? hints[code];
  return new Fault(code, `${place}  ${message}`, { details, ...(next !== undefined && { hint: next }), cause });
}

/** What to try where nobody knows better. */
const hints: Partial<Record<FaultCode, string>> = {
  invalid: 'the mirror serves something broken, or is in the middle of a change: try again later, or another one with --mirror NAME=URL',
  untrusted: 'the mirror serves what the owner of the source did not sign: try another one with --mirror NAME=URL; which keys are trusted is pinned in manifests/sources',
};

const isSuite = (drawn: Drawn): drawn is DrawnSuite => drawn.suite.format === 'deb';

async function drawSuite(drawn: DrawnSuite, target: Target, upstream: Upstream, relations: RelationReader, progress: Progress): Promise<Suite> {
  const name = nameOf(drawn);
  const verified = await obtainRelease(drawn, upstream, progress);
  const indexes = drawn.suite.components.flatMap((component) => indexesOf(verified.release, component, target, name));
  const admitted = admits(drawn.suite);
  const packages: Package[] = [];
  for (const index of indexes) {
    const content = await obtainIndex(index, verified.release, drawn, upstream);
    for (const item of readPackages(content, name, relations)) if (admitted(item.name)) packages.push(item);
  }
  progress.say(`${name}  ${verified.release.date.toISOString().slice(0, 10)}  ${packages.length} packages, signed by ${verified.signer}`);
  return { ...verified, name, drawn, indexes, packages };
}

/** Packages of architecture `all` stand in every index, unless the Release says that they have one of their own. */
export function indexesOf(release: Release, component: string, target: Target, name: string): Index[] {
  const architectures = release.separateAll ? [target.packageArch, 'all'] : [target.packageArch];
  return architectures.map((arch) => {
    const path = `${component}/binary-${arch}/Packages`;
    const file = release.files.get(path);
    if (!file) throw new Fault('invalid', `${name} has no packages for ${arch} in its component ${component}`);
    return { path, size: file.size, digest: file.digest };
  });
}

/** The index unpacked: from the store, or fetched in the form that unpacks fastest. */
async function obtainIndex(index: Index, release: Release, drawn: Drawn, upstream: Upstream): Promise<Buffer> {
  if (await upstream.store.has(index.digest)) return upstream.store.read(index.digest);
  const name = nameOf(drawn);
  if (!upstream.http) throw new Fault('fetch', `${name}: the index ${index.path} is not in the store`, { hint: 'run once without --offline' });
  const path = ['.gz', '.xz', '.zst', ''].map((ending) => index.path + ending).find((candidate) => release.files.has(candidate))!;
  const file = { path, ...release.files.get(path)! };
  await fetchIndex(file, release, drawn, upstream, upstream.http);
  const packed = await readFetched(upstream.store, file.digest);
  if (!packed) return obtainIndex(index, release, drawn, upstream);
  if (path === index.path) return packed;
  const content = await decompress(packed, compressionOf(path), index.size, `${name}: ${path}`);
  if (content.length !== index.size || digestOf(content) !== index.digest) {
    throw new Fault('untrusted', `${name}: ${path} unpacks to something else than the ${index.path} that the Release names`);
  }
  await upstream.store.put(content);
  await upstream.store.drop(file.digest);
  return content;
}

/** By its digest where the archive offers that, so that an update of the mirror in between does no harm; else by its name. */
async function fetchIndex(file: Index, release: Release, { source, suite }: Drawn, upstream: Upstream, http: Http): Promise<void> {
  const folder = `dists/${suite.suite}/`;
  const named = folder + file.path;
  const hashed = `${folder}${file.path.slice(0, file.path.lastIndexOf('/'))}/by-hash/SHA256/${file.digest}`;
  const fetchAt = (path: string): Promise<void> =>
    fetchBlob(http, upstream.store, { url: upstream.mirrors.addressOf(suite.archive, under(suite.path, path)), size: file.size, digest: file.digest, source: `${source.name}/${suite.suite}` }, upstream.patience);
  if (!release.byHash) return fetchAt(named);
  await fetchAt(hashed).catch((error: unknown) => {
    if (!isRefused(error)) throw error;
    return fetchAt(named);
  });
}
