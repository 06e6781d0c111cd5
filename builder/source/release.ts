import { Fault } from '../../repo/core/fault.ts';
import type { Progress } from '../../repo/core/progress.ts';
import type { DrawnSuite } from '../manifest/manifest.ts';
import type { Upstream } from './upstream.ts';
import { fetchDocument } from './fetch.ts';
import { obtainKeys } from './keys.ts';
import { shown, type Http } from './http.ts';
import { under } from './mirror.ts';
import { nameOf, verifyRelease, type SignedDocument, type Verified } from './verify.ts';

/** More than the Release of any suite that exists. */
const limit = 8 << 20;

/**
 * The newest Release of a suite that verifies: fetched, or the last one seen when nothing may be fetched. A mirror that
 * falls behind what was seen before is not followed back.
 */
export async function obtainRelease(drawn: DrawnSuite, given: Upstream, progress: Progress): Promise<Verified> {
  const upstream = { ...given, keyring: await obtainKeys(drawn, given, progress) };
  if (!upstream.http) return recall(drawn, upstream);
  const document = await fetchRelease(upstream.http, drawn, upstream);
  const fetched = await verifyRelease(document, drawn, upstream.keyring, upstream.now);
  const seen = await recall(drawn, upstream).catch(unlessFault);
  if (seen && seen.release.date > fetched.release.date) {
    progress.warn(`${nameOf(drawn)}: ${upstream.mirrors.of(drawn.suite.archive).by} names a mirror that is behind; using the Release of ${seen.release.date.toISOString()} seen before`);
    return seen;
  }
  await remember(drawn, document, upstream);
  return fetched;
}

/** One name can stand for a suite of several archives, as Ubuntu's of its architectures; its place cannot. */
const keyOf = (drawn: DrawnSuite, file: string): string => `${nameOf(drawn)}/${drawn.suite.archive}/${under(drawn.suite.path, file)}`;

async function recall(drawn: DrawnSuite, upstream: Upstream): Promise<Verified> {
  const [inline, release, signature] = await Promise.all(['InRelease', 'Release', 'Release.gpg'].map((file) => upstream.store.recall(keyOf(drawn, file))));
  if (inline) return verifyRelease({ inline }, drawn, upstream.keyring, upstream.now);
  if (release && signature) return verifyRelease({ release, signature }, drawn, upstream.keyring, upstream.now);
  throw new Fault('fetch', `${nameOf(drawn)}: no Release is in the store`, { hint: 'run once without --offline' });
}

async function remember(drawn: DrawnSuite, document: SignedDocument, { store }: Upstream): Promise<void> {
  const files = 'inline' in document ? { InRelease: document.inline } : { Release: document.release, 'Release.gpg': document.signature };
  for (const [file, content] of Object.entries(files)) await store.remember(keyOf(drawn, file), content);
}

async function fetchRelease(http: Http, drawn: DrawnSuite, upstream: Upstream): Promise<SignedDocument> {
  try {
    const [inline, release, signature] = await fetchSigned(http, drawn, upstream);
    if (inline) return { inline };
    if (release && signature) return { release, signature };
  } catch (error) {
    throw error instanceof Fault && error.code === 'fetch' ? await orOffline(error, drawn, upstream) : error;
  }
  const { url, by } = upstream.mirrors.of(drawn.suite.archive);
  throw new Fault('fetch', `${nameOf(drawn)}: ${shown(url)} (from ${by}) has neither InRelease nor Release with Release.gpg`, { hint: `--mirror ${drawn.suite.archive}=URL` });
}

async function fetchSigned(http: Http, drawn: DrawnSuite, { mirrors, patience }: Upstream): Promise<(Buffer | undefined)[]> {
  const fetched = (file: string): Promise<Buffer | undefined> =>
    fetchDocument(http, mirrors.addressOf(drawn.suite.archive, under(drawn.suite.path, `dists/${drawn.suite.suite}/${file}`)), nameOf(drawn), limit, patience);
  const inline = await fetched('InRelease');
  return inline ? [inline] : [undefined, await fetched('Release'), await fetched('Release.gpg')];
}

/** Tells that the work could go on without the network, where it could. */
async function orOffline(error: Fault, drawn: DrawnSuite, upstream: Upstream): Promise<Fault> {
  const seen = await recall(drawn, upstream).catch(unlessFault);
  if (!seen) return error;
  return new Fault('fetch', error.message, { details: error.details, hint: `--offline works on the Release of ${seen.release.date.toISOString()} in the store, verified again; ${error.hint ?? ''}`, cause: error });
}

function unlessFault(error: unknown): undefined {
  if (!(error instanceof Fault)) throw error;
}
