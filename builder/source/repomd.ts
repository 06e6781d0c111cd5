import { digestOf, type Digest } from '../../repo/core/digest.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Progress } from '../../repo/core/progress.ts';
import { readKeys, verifyDetached, type Fingerprint } from '../../repo/core/signature.ts';
import { readRepomd, type Repomd } from '../../repo/rpm/repomd.ts';
import type { Drawn } from '../manifest/manifest.ts';
import type { RepositoryPlace } from '../manifest/source.ts';
import type { Upstream } from './upstream.ts';
import { fetchDocument } from './fetch.ts';
import { shown, type Http } from './http.ts';
import { obtainKeys } from './keys.ts';
import { under } from './mirror.ts';
import { nameOf, namingKeys, type Keyring } from './verify.ts';

/** A repository of RPM packages to be read. */
export interface DrawnRepository extends Drawn {
  suite: RepositoryPlace;
}

/** A repomd.xml that may be believed. */
export interface VerifiedRepomd {
  repomd: Repomd;
  signer: Fingerprint;
  /** Of the file itself. */
  digest: Digest;
}

/** More than the repomd.xml of any repository that exists. */
const limit = 1 << 20;

const files = ['repodata/repomd.xml', 'repodata/repomd.xml.asc'] as const;

/**
 * The newest repomd.xml of a repository that verifies: fetched, or the last one seen when nothing may be fetched. A mirror
 * that falls behind what was seen before is not followed back.
 */
export async function obtainRepomd(drawn: DrawnRepository, given: Upstream, progress: Progress): Promise<VerifiedRepomd> {
  const upstream = { ...given, keyring: await obtainKeys(drawn, given, progress) };
  if (!upstream.http) return recall(drawn, upstream);
  const documents = await fetchDocuments(upstream.http, drawn, upstream);
  const fetched = await verifyRepomd(documents, drawn, upstream.keyring, upstream.now);
  const seen = await recall(drawn, upstream).catch(unlessFault);
  if (seen && seen.repomd.date > fetched.repomd.date) {
    progress.warn(`${nameOf(drawn)}: ${upstream.mirrors.of(drawn.suite.archive).by} names a mirror that is behind; using the repomd.xml of ${seen.repomd.date.toISOString()} seen before`);
    return seen;
  }
  for (const file of files) await upstream.store.remember(keyOf(drawn, file), documents[file]);
  return fetched;
}

/** The content of each of the two files. */
type Documents = Record<(typeof files)[number], Buffer>;

/**
 * The one way to a repomd.xml: its signature by a key that the manifest pins for the repository, then its date. It does not
 * say which repository it is of: that two repositories signed by one key are not exchanged rests on the address.
 */
async function verifyRepomd({ [files[0]]: content, [files[1]]: signature }: Documents, drawn: DrawnRepository, keyring: Keyring, now: Date): Promise<VerifiedRepomd> {
  const what = nameOf(drawn);
  const material = drawn.suite.keys.flatMap((fingerprint) => keyring[fingerprint] ?? []);
  const keys = await readKeys(material, drawn.suite.keys, what);
  const { signer } = await verifyDetached(content, signature, keys, what).catch(namingKeys);
  const repomd = readRepomd(content.toString('utf8'), what);
  if (repomd.date.getTime() > now.getTime() + drift) {
    throw new Fault('untrusted', `${what}: its repomd.xml is dated ${repomd.date.toISOString()}, which is still to come`, { hint: `this machine's clock says ${now.toISOString()}` });
  }
  return { repomd, signer, digest: digestOf(content) };
}

/** How far a clock may lag behind that of upstream. */
const drift = 10 * 60_000;

/** One name can stand for a repository of several releases and architectures; its place cannot. */
const keyOf = ({ suite, ...drawn }: DrawnRepository, file: string): string => `${nameOf({ suite, ...drawn })}/${suite.archive}/${under(suite.path, file)}`;

async function recall(drawn: DrawnRepository, upstream: Upstream): Promise<VerifiedRepomd> {
  const [content, signature] = await Promise.all(files.map((file) => upstream.store.recall(keyOf(drawn, file))));
  if (content && signature) return verifyRepomd({ [files[0]]: content, [files[1]]: signature } as Documents, drawn, upstream.keyring, upstream.now);
  throw new Fault('fetch', `${nameOf(drawn)}: no repomd.xml is in the store`, { hint: 'run once without --offline' });
}

async function fetchDocuments(http: Http, drawn: DrawnRepository, upstream: Upstream): Promise<Documents> {
  const { mirrors, patience } = upstream;
  const { archive, path } = drawn.suite;
  const fetched = (file: string): Promise<Buffer | undefined> => fetchDocument(http, mirrors.addressOf(archive, under(path, file)), nameOf(drawn), limit, patience);
  try {
    const content = await fetched(files[0]);
    if (!content) throw new Fault('fetch', `${nameOf(drawn)}: there is no repository at ${shown(mirrors.addressOf(archive, path))} (from ${mirrors.of(archive).by})`, { hint: `--mirror ${archive}=URL` });
    const signature = await fetched(files[1]);
    if (!signature) throw unsigned(drawn);
    return { [files[0]]: content, [files[1]]: signature } as Documents;
  } catch (error) {
    throw error instanceof Fault && error.code === 'fetch' ? await orOffline(error, drawn, upstream) : error;
  }
}

/** Whoever may change an index may leave a package out, or put an older one that is signed as well in its place. */
function unsigned(drawn: DrawnRepository): Fault {
  return new Fault('untrusted', `${nameOf(drawn)} has no signature over its index (repodata/repomd.xml.asc)`, {
    details: ['some upstreams sign their packages only; what is in such a repository, and which version is the newest, cannot be known'],
    hint: `--mirrors FILE names a mirror that signs its index, and docs/mirrors.md tells how to make one; or take ${drawn.source.name} out of the sources of the bundle`,
  });
}

/** Tells that the work could go on without the network, where it could. */
async function orOffline(error: Fault, drawn: DrawnRepository, upstream: Upstream): Promise<Fault> {
  const seen = await recall(drawn, upstream).catch(unlessFault);
  if (!seen) return error;
  return new Fault('fetch', error.message, { details: error.details, hint: `--offline works on the repomd.xml of ${seen.repomd.date.toISOString()} in the store, verified again; ${error.hint ?? ''}`, cause: error });
}

function unlessFault(error: unknown): undefined {
  if (!(error instanceof Fault)) throw error;
}
