import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Catalog } from '../../../builder/manifest/catalog.ts';
import { writeYaml } from '../../../repo/core/document.ts';
import type { Target } from '../../../repo/package/target.ts';
import { madeKey, type MadeKey } from '../archive.ts';
import { serveFiles, type MadeServer } from '../server.ts';
import { makeSuite } from './deb.ts';
import { makeRepository } from './rpm.ts';
import { worldOf, type MadePlace } from './world.ts';

/** A mirror of everything that the manifests name, made from them and signed with a key of its own. */
export interface MadeMirror {
  /** Holds the key, the file for `--mirrors`, and a store. */
  folder: string;
  /** Names the place and the key of every archive, for `--mirrors`. */
  mirrors: string;
  store: string;
  /** `--mirrors … --store …` */
  options: readonly string[];
  /** `NAME=URL` of every archive. */
  addresses: readonly string[];
  files: Map<string, Buffer>;
  server: MadeServer;
  key: MadeKey;
  /** How many packages there are. */
  packages: number;
  close(): Promise<void>;
}

/** When its indexes were made. */
const date = new Date('2026-07-11T10:16:37Z');

/** Makes a suite or repository of every source for these targets, and serves each archive under its name on the loopback; `change` may spoil what is published. */
export async function makeMirror(catalog: Catalog, targets: readonly Target[] = catalog.targets, change: (world: readonly MadePlace[]) => void = () => {}): Promise<MadeMirror> {
  const key = await madeKey('a made mirror');
  const files = new Map<string, Buffer>();
  const world = worldOf(catalog, targets);
  change(world);
  for (const made of world) {
    const { archive, path } = made.place;
    const base = path === '' ? archive : `${archive}/${path}`;
    for (const [file, content] of await (made.place.format === 'deb' ? makeSuite : makeRepository)(made, date, key)) files.set(`${base}/${file}`, content);
  }
  const server = await serveFiles(files);
  const folder = await mkdtemp(join(tmpdir(), 'pgark-mirror-'));
  const [mirrors, store] = [join(folder, 'mirrors.yml'), join(folder, 'store')];
  const archives = [...new Set(world.map(({ place }) => place.archive))].sort().map((name) => [name, `${server.url}/${name}`] as const);
  await writeFile(join(folder, 'mirror.asc'), key.armoured);
  await writeFile(mirrors, writeYaml({ archives: Object.fromEntries(archives.map(([name, url]) => [name, { url, keys: ['mirror.asc'] }])) }));
  return {
    folder, mirrors, store, files, server, key,
    options: ['--mirrors', mirrors, '--store', store],
    addresses: archives.map(([name, url]) => `${name}=${url}`),
    packages: world.flatMap(({ entries }) => Array.from(entries.values())).reduce((sum, each) => sum + each.size, 0),
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}
