import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { digestOf, type Digest } from '../../repo/core/digest.ts';
import { writeWhole } from '../../repo/core/files.ts';
import type { Catalog } from './catalog.ts';
import { keyringIn, readFolder, readManifests, type ManifestFile, type Manifests } from './files.ts';

/**
 * The catalog of a folder of manifests, as `readCatalog` reads it; what was found valid once is kept in the folder `cache` under
 * the digest of all that it was read from, and of the schemas. Keys never come from there. @throws Fault invalid
 */
export async function recallCatalog(folder: string, cache: string): Promise<Catalog> {
  const manifests = await readManifests(folder);
  const place = join(cache, `${await nameOf(manifests)}.json`);
  const known = await recall(place);
  if (known) return { ...known, keys: keyringIn(manifests) };
  // What reads YAML is loaded only when there is some to read.
  const { catalogIn } = await import('./catalog.ts');
  const catalog = catalogIn(manifests);
  await keep(place, catalog);
  return catalog;
}

/** Catalogs that are kept: of a few checkouts, or of the last few changes to one. */
const kept = 4;

async function nameOf(manifests: Manifests): Promise<Digest> {
  const hash = createHash('sha256');
  const add = (group: string, files: readonly ManifestFile[]): void => {
    for (const { name, content } of files) hash.update(`${group}/${name} ${content.length}\n`).update(content);
  };
  for (const [group, files] of Object.entries(manifests)) add(group, files);
  // A catalog that other schemas, or another reader of documents, found valid is not known to be so.
  add('schema', await readFolder(import.meta.dirname, '.ts'));
  add('reader', await readFolder(resolve(import.meta.dirname, '../../repo/core'), '.ts'));
  add('pins', await readFolder(resolve(import.meta.dirname, '../..'), 'package-lock.json'));
  return hash.digest('hex');
}

/** The first line is the digest of the rest: a damaged file is as good as none. */
async function recall(place: string): Promise<Omit<Catalog, 'keys'> | undefined> {
  const text = await readOwn(place).catch(() => undefined);
  if (text === undefined) return undefined;
  const body = text.subarray(text.indexOf('\n') + 1);
  if (text.toString('latin1', 0, text.length - body.length) !== `${digestOf(body)}\n`) return undefined;
  try {
    return JSON.parse(body.toString('utf8')) as Omit<Catalog, 'keys'>;
  } catch {
    return undefined;
  }
}

/** What somebody else could have written is not read. */
async function readOwn(place: string): Promise<Buffer | undefined> {
  if (!isOurs(await stat(dirname(place)))) return undefined;
  const file = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    return found.isFile() && isOurs(found) ? await file.readFile() : undefined;
  } finally {
    await file.close();
  }
}

/** Where it cannot be kept, the next reading takes longer, no more. */
async function keep(place: string, { keys: _, ...catalog }: Catalog): Promise<void> {
  const body = JSON.stringify(catalog);
  try {
    if (!(await makeOwn(dirname(place))) || !isOurs(await stat(dirname(place)))) return;
    await writeWhole(place, `${digestOf(body)}\n${body}`, 0o600);
    await forgetOld(dirname(place));
  } catch {}
}

/** Makes a folder only within one of ours: root leaves nothing in the home of whom it stands in for. */
async function makeOwn(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  if (found) return found.uid === process.geteuid?.();
  if (dirname(folder) === folder || !(await makeOwn(dirname(folder)))) return false;
  await mkdir(folder, { mode: 0o700 });
  return true;
}

async function forgetOld(folder: string): Promise<void> {
  const paths = (await readdir(folder)).filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
  const dated = await Promise.all(paths.map(async (path) => ({ path, time: (await stat(path)).mtimeMs })));
  const old = dated.sort((a, b) => b.time - a.time).slice(kept);
  await Promise.all(old.map(({ path }) => rm(path, { force: true })));
}

/** Ours, and nobody else can write it. */
const isOurs = ({ uid, mode }: { uid: number; mode: number }): boolean => uid === process.geteuid?.() && (mode & 0o022) === 0;
