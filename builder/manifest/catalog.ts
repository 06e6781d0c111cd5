import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { readDocument } from '../../repo/core/document.ts';
import { Fault } from '../../repo/core/fault.ts';
import { readGiven } from '../../repo/core/files.ts';
import type { Target } from '../../repo/package/target.ts';
import { bundleOf, type Bundle } from './bundle.ts';
import { Module, type Component } from './component.ts';
import { Category, type Extension } from './extension.ts';
import { Source } from './source.ts';
import { Distros } from './target.ts';

/** Everything under manifests/ but the bundles: what can be asked for. */
export interface Catalog {
  targets: readonly Target[];
  sources: Readonly<Record<string, Source>>;
  /** The names of the components of each module. */
  modules: Readonly<Record<string, readonly string[]>>;
  components: Readonly<Record<string, Component>>;
  extensions: Readonly<Record<string, Extension>>;
  /** Armoured public keys by fingerprint, as they lie in manifests/keys; trusted only where a source pins them. */
  keys: Readonly<Record<string, Uint8Array>>;
}

/** Reads a folder of manifests; the mistakes of all files are told at once. @throws Fault invalid */
export async function readCatalog(folder: string): Promise<Catalog> {
  const mistakes: Fault[] = [];
  const [distros] = await readAll(Distros, [join(folder, 'distros.yml')], mistakes);
  const sources = await readAll(Source, await manifestsIn(join(folder, 'sources')), mistakes);
  const modules = await readAll(Module, await manifestsIn(join(folder, 'components')), mistakes);
  const categories = await readAll(Category, await manifestsIn(join(folder, 'extensions')), mistakes);
  if (mistakes.length > 0 || !distros) throw allOf(mistakes);
  return {
    targets: distros.targets,
    sources: unique(sources.map((source) => [source.name, source]), 'source'),
    modules: unique(modules.map((module) => [module.module, Object.keys(module.components)]), 'module'),
    components: unique(modules.flatMap((module) => Object.entries(module.components)), 'component'),
    extensions: unique(categories.flatMap((category) => Object.entries(category.extensions)), 'extension'),
    keys: await readKeyring(join(folder, 'keys')),
  };
}

/** Reads a bundle's manifest. @throws Fault invalid */
export async function readBundle(path: string, catalog: Catalog): Promise<Bundle> {
  const text = (await readGiven(path, 'bundles of this project lie in manifests/bundles')).toString('utf8');
  return readDocument(bundleOf(catalog), text, path);
}

async function readAll<S extends z.ZodType>(schema: S, paths: readonly string[], mistakes: Fault[]): Promise<z.output<S>[]> {
  const documents: z.output<S>[] = [];
  for (const path of paths) {
    try {
      documents.push(readDocument(schema, (await readGiven(path)).toString('utf8'), path));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      mistakes.push(error);
    }
  }
  return documents;
}

function allOf(mistakes: readonly Fault[]): Fault {
  if (mistakes.length === 1) return mistakes[0]!;
  return new Fault('invalid', `${mistakes.length} manifests are not valid`, {
    details: mistakes.flatMap((mistake) => (mistake.details.length > 0 ? mistake.details : [mistake.message])),
  });
}

/** In the order of their names, whatever the order in the directory. */
async function manifestsIn(folder: string, ending = '.yml'): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return [];
  });
  return names.filter((name) => name.endsWith(ending)).sort().map((name) => join(folder, name));
}

async function readKeyring(folder: string): Promise<Record<string, Uint8Array>> {
  const paths = await manifestsIn(folder, '.asc');
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path.slice(folder.length + 1, -'.asc'.length), await readGiven(path)] as const)));
}

function unique<T>(entries: readonly (readonly [string, T])[], what: string): Record<string, T> {
  const names = entries.map(([name]) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) throw new Fault('invalid', `a ${what} is described twice: ${twice.join(', ')}`);
  return Object.fromEntries(entries);
}
