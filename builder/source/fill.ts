import type { Digest } from '../../repo/core/digest.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Progress } from '../../repo/core/progress.ts';
import type { Store } from '../store/store.ts';
import { fetchBlob, type Patience, patience } from './fetch.ts';
import type { Http } from './http.ts';
import type { Mirrors } from './mirror.ts';

/** What a lock says of a package's file. */
export interface Locked {
  digest: Digest;
  size: number;
  /** `debian/bookworm` */
  source: string;
  /** The path below the base address. */
  path: string;
  /** The name of the archive and its base address. */
  archive: string;
}

const concurrency = 8;

/** Fetches what the store lacks of these files, eight at a time. Answers how many bytes came over the network. */
export async function fill(store: Store, files: readonly Locked[], http: Http | undefined, mirrors: Mirrors, progress: Progress, waits: Patience = patience): Promise<number> {
  const known = await Promise.all(files.map((file) => store.has(file.digest)));
  const absent = files.filter((_, index) => !known[index]);
  if (absent.length > 0 && !http) throw new Fault('fetch', `${absent.length} of ${files.length} packages are not in the store`, { hint: 'run once without --offline' });
  const total = absent.reduce((sum, file) => sum + file.size, 0);
  const step = Math.max(1, Math.ceil(absent.length / 20));
  let done = 0;
  let count = 0;
  await progress.each(absent, concurrency, async (file) => {
    await fetchBlob(http!, store, { url: mirrors.addressOf(file.archive, file.path), size: file.size, digest: file.digest, source: file.source }, waits);
    done += file.size;
    if (++count % step === 0 || count === absent.length) progress.say(`${count} of ${absent.length}, ${megabytes(done)} of ${megabytes(total)} MB`);
  });
  return total;
}

const megabytes = (size: number): string => (size / 1e6).toFixed(1);
