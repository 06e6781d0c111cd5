import type { Lock, LockedPackage, LockedSource } from './lock.ts';

/** What a lock says against itself, in sentences; it may have been edited by hand or by a merge. */
export function contradictions(lock: Lock): string[] {
  const sources = new Map(lock.sources.map((source) => [source.name, source]));
  return lock.packages.flatMap((item) => aboutOrigin(item, sources.get(item.source)).map((what) => `${item.name} ${item.version} ${item.arch}: ${what}`));
}

function aboutOrigin({ url, source }: LockedPackage, origin: LockedSource | undefined): string[] {
  if (!origin) return [`no source of the lock is called ${source}`];
  const path = url.startsWith(`${origin.url}/`) ? url.slice(origin.url.length + 1) : '';
  return /^[!-~]+$/.test(path) && !path.split('/').includes('..') ? [] : [`${JSON.stringify(url)} does not lie below ${origin.url}`];
}
