import { Fault } from '../../repo/core/fault.ts';
import type { Progress } from '../../repo/core/progress.ts';
import { type Fingerprint, fingerprintsIn } from '../../repo/core/signature.ts';
import type { Drawn } from '../manifest/manifest.ts';
import type { Upstream } from './upstream.ts';
import { fetchDocument } from './fetch.ts';
import type { Keyring } from './verify.ts';

/** More than any key with all its signatures. */
const limit = 1 << 20;

/**
 * The keys that are pinned for a suite: those that lie in the manifests, and the others from where their owner publishes
 * them, or from the store. Wherever a key comes from, it counts only if it has the pinned fingerprint.
 */
export async function obtainKeys({ source, suite }: Drawn, upstream: Upstream, progress: Progress): Promise<Keyring> {
  return obtainPinned({ name: source.name, keys: suite.keys }, (fingerprint) => source.keys[fingerprint]?.url, upstream, progress);
}

/** Whose keys are wanted. */
export interface Pinned {
  name: string;
  keys: readonly Fingerprint[];
}

/** The same for whatever pins fingerprints; `urlOf` tells where one is published. */
export async function obtainPinned({ name, keys }: Pinned, urlOf: (fingerprint: Fingerprint) => string | undefined, upstream: Upstream, progress: Progress): Promise<Keyring> {
  const keyring: Record<string, Uint8Array> = {};
  for (const fingerprint of keys) {
    const key = (await given(fingerprint, upstream)) ?? (await remembered(fingerprint, upstream)) ?? (await fetched(fingerprint, urlOf(fingerprint), name, upstream, progress));
    if (key) keyring[fingerprint] = key;
  }
  return keyring;
}

/** A key beside an own manifest is kept in the store too: a lock that is built from later does not know that manifest. */
async function given(fingerprint: string, upstream: Upstream): Promise<Uint8Array | undefined> {
  const key = upstream.keyring[fingerprint];
  if (key && !(await remembered(fingerprint, upstream))) await upstream.store.remember(`keys/${fingerprint}.asc`, key);
  return key;
}

async function remembered(fingerprint: string, { store }: Upstream): Promise<Uint8Array | undefined> {
  return store.recall(`keys/${fingerprint}.asc`);
}

async function fetched(fingerprint: string, url: string | undefined, name: string, upstream: Upstream, progress: Progress): Promise<Uint8Array | undefined> {
  if (url === undefined || !upstream.http) return undefined;
  try {
    const material = await fetchDocument(upstream.http, url, name, limit, upstream.patience);
    if (!material) throw new Fault('fetch', `${name}: there is no key at ${url}`);
    if (!(await fingerprintsIn(material, url)).includes(fingerprint)) throw new Fault('untrusted', `${name}: the key at ${url} is not ${fingerprint}, which the manifest pins`);
    await upstream.store.remember(`keys/${fingerprint}.asc`, material);
    return material;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    progress.warn(error.message);
    return undefined;
  }
}
