import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readGiven } from '../../repo/core/files.ts';

/** The manifests of this project. */
export const ownManifests = join(import.meta.dirname, '../../manifests');

export interface ManifestFile {
  /** Within its folder. */
  name: string;
  path: string;
  content: Buffer;
}

/** Every file that a catalog is read from, in the order of their names, whatever the order in the folder. */
export interface Manifests {
  distros: readonly ManifestFile[];
  sources: readonly ManifestFile[];
  components: readonly ManifestFile[];
  extensions: readonly ManifestFile[];
  groups: readonly ManifestFile[];
  baselines: readonly ManifestFile[];
  keys: readonly ManifestFile[];
}

/** Reads the files of a folder of manifests, once. @throws Fault invalid */
export async function readManifests(folder: string): Promise<Manifests> {
  return {
    distros: [await read(folder, 'distros.yml')],
    sources: await readFolder(join(folder, 'sources'), '.yml'),
    components: await readFolder(join(folder, 'components'), '.yml'),
    extensions: await readFolder(join(folder, 'extensions'), '.yml'),
    groups: await readFolder(folder, 'groups.yml'),
    baselines: await readFolder(join(folder, 'baselines'), '.yml'),
    keys: await readFolder(join(folder, 'keys'), '.asc'),
  };
}

/** The keys among them, by the fingerprint that each is named after. */
export function keyringIn({ keys }: Manifests): Record<string, Uint8Array> {
  return Object.fromEntries(keys.map(({ path, content }) => [basename(path, '.asc'), content]));
}

/** The files of a folder with this ending; none where there is no such folder. */
export async function readFolder(folder: string, ending: string): Promise<ManifestFile[]> {
  const names = namesIn(folder).filter((name) => name.endsWith(ending)).sort();
  return Promise.all(names.map((name) => read(folder, name)));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return [];
  }
}

/** A hundred small files are read in 2 ms one after the other, in 50 ms by way of Node's threads. What cannot be read is said by `readGiven`. */
async function read(folder: string, name: string): Promise<ManifestFile> {
  const path = join(folder, name);
  try {
    return { name, path, content: readFileSync(path) };
  } catch {
    return { name, path, content: await readGiven(path) };
  }
}
