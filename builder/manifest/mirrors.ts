import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { readDocument } from '../../repo/core/document.ts';
import { Fault } from '../../repo/core/fault.ts';
import { readGiven } from '../../repo/core/files.ts';
import { nearest } from '../../repo/core/nearest.ts';
import { fingerprintsIn } from '../../repo/core/signature.ts';
import type { Catalog } from './catalog.ts';
import type { Source } from './source.ts';

/**
 * Where archives are mirrored, for `--mirrors FILE`. A mirror that only copies needs an address; one that signs its indexes
 * anew (aptly, Pulp, Artifactory) names its keys, and then these and no others are trusted for the indexes of that archive.
 * RPM packages carry signatures of their own, which such a mirror leaves as they are.
 */
export const MirrorFile = z.strictObject({
  archives: z.record(z.string(), z.strictObject({
    url: z.url({ protocol: /^https?$/ }).describe('The base address of the mirror'),
    keys: z.array(z.string()).default([]).describe('Paths of public keys, from this file; with any, these and no others are trusted for the indexes of the archive'),
  })),
});
export type MirrorFile = z.infer<typeof MirrorFile>;

/** A mirror, with the keys it names by their fingerprints. */
export interface Substitute {
  url: string;
  keys: ReadonlyMap<string, Uint8Array>;
}

/** @throws Fault invalid */
export async function readMirrorFile(path: string): Promise<Map<string, Substitute>> {
  const { archives } = readDocument(MirrorFile, (await readGiven(path)).toString('utf8'), path);
  const entries = await Promise.all(Object.entries(archives).map(async ([name, { url, keys }]) => [name, { url, keys: await readKeyFiles(keys, dirname(path)) }] as const));
  return new Map(entries);
}

/** The catalog with mirrors in the place of archives, and their keys in the place of those that were pinned. @throws Fault invalid for an archive that nobody describes */
export function substitute(catalog: Catalog, mirrors: ReadonlyMap<string, Substitute>): Catalog {
  const known = Object.values(catalog.sources).flatMap((source) => Object.keys(source.archives));
  for (const name of mirrors.keys()) expectKnown(name, known);
  const sources = Object.entries(catalog.sources).map(([name, source]) => [name, mirrored(source, mirrors)] as const);
  const keys = [...mirrors.values()].flatMap((mirror) => [...mirror.keys]);
  return { ...catalog, sources: Object.fromEntries(sources), keys: { ...catalog.keys, ...Object.fromEntries(keys) } };
}

function mirrored(source: Source, mirrors: ReadonlyMap<string, Substitute>): Source {
  const names = Object.keys(source.archives);
  if (!names.some((name) => mirrors.has(name))) return source;
  const pinned = (archive: string): string[] => [...(mirrors.get(archive)?.keys.keys() ?? [])];
  const archives = names.map((name) => [name, { ...source.archives[name]!, ...(mirrors.has(name) && { url: mirrors.get(name)!.url, regions: {} }) }] as const);
  const trust = <P extends { archive: string; keys: string[] }>(place: P): P => (pinned(place.archive).length > 0 ? { ...place, keys: pinned(place.archive) } : place);
  const owned = names.flatMap(pinned).map((key) => [key, { owner: 'the mirror' }] as const);
  const { disabled, ...rest } = source;
  return {
    ...rest,
    archives: Object.fromEntries(archives),
    keys: { ...source.keys, ...Object.fromEntries(owned) },
    suites: source.suites.map(trust),
    repositories: source.repositories.map((place) => ({ ...trust(place), ...signersOf(place, pinned(place.archive)) })),
    // With a key to hold its signatures against, nothing stands in the way of a source whose owner has published none.
    ...(disabled !== undefined && owned.length === 0 && { disabled }),
  };
}

/** Packages are signed by whom they were signed by before, or by the mirror, should it sign these too. */
function signersOf({ keys, packageKeys = keys }: Source['repositories'][number], own: readonly string[]): { packageKeys?: string[] } {
  return own.length === 0 ? {} : { packageKeys: [...new Set([...packageKeys, ...own])] };
}

async function readKeyFiles(paths: readonly string[], folder: string): Promise<Map<string, Uint8Array>> {
  const keys = new Map<string, Uint8Array>();
  for (const path of paths) {
    const file = resolve(folder, path);
    const material = await readGiven(file);
    for (const fingerprint of await fingerprintsIn(material, file)) keys.set(fingerprint, material);
  }
  return keys;
}

function expectKnown(name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const near = nearest(name, known);
  throw new Fault('invalid', `there is no archive "${name}" to be mirrored${near ? `, did you mean "${near}"?` : ''}`, { hint: `archives are ${[...new Set(known)].sort().join(', ')}` });
}
