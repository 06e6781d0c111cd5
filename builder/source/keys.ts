import { Fault } from '../../repo/core/fault.ts';
import type { Progress } from '../../repo/core/progress.ts';
import { fingerprintsIn } from '../../repo/core/signature.ts';
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
  const keyring: Record<string, Uint8Array> = {};
  for (const fingerprint of suite.keys) {
    const key = upstream.keyring[fingerprint] ?? (await remembered(fingerprint, upstream)) ?? (await fetched(fingerprint, source.keys[fingerprint]?.url, source.name, upstream, progress));
    if (key) keyring[fingerprint] = key;
  }
  return keyring;
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
