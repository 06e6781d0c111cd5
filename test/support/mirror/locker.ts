import type { Lock } from '../../../builder/lock/lock.ts';
import type { Catalog } from '../../../builder/manifest/catalog.ts';
import { readBundle, type GivenBundle } from '../../../builder/manifest/given.ts';
import { readMirrorFile, substitute } from '../../../builder/manifest/mirrors.ts';
import { findTarget } from '../../../builder/manifest/platform.ts';
import { makeLock, openUpstream } from '../../../builder/pipeline.ts';
import { silent } from '../../../repo/core/progress.ts';
import type { MadeMirror } from './mirror.ts';

/** Locks bundles over a made mirror, as the command does. */
export interface Locker {
  /** With the mirror in the place of every archive. */
  catalog: Catalog;
  given(bundle: string): Promise<GivenBundle>;
  lock(bundle: string, code: string): Promise<Lock>;
  close(): Promise<void>;
}

export async function openLocker(mirror: MadeMirror, catalog: Catalog): Promise<Locker> {
  const mirrored = substitute(catalog, await readMirrorFile(mirror.mirrors));
  const upstream = await openUpstream({ store: mirror.store, mirrors: mirror.addresses, offline: false }, mirrored);
  const given = (bundle: string): Promise<GivenBundle> => readBundle(bundle, mirrored);
  return {
    catalog: mirrored,
    given,
    lock: async (bundle, code) => makeLock(await given(bundle), findTarget(mirrored.targets, code), [], { ...upstream, patience: [] }, silent),
    close: async () => upstream.http?.close(),
  };
}
