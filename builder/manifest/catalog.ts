import { basename, dirname, join } from 'node:path';
import type { z } from 'zod';
import { openDocument, readDocument, spell } from '../../repo/core/document.ts';
import { Fault } from '../../repo/core/fault.ts';
import { readGiven } from '../../repo/core/files.ts';
import type { Target } from '../../repo/package/target.ts';
import { bundleOf, type Bundle } from './bundle.ts';
import { Module, type Component } from './component.ts';
import { Category, namesWithin, type Extension } from './extension.ts';
import { readManifests, type Manifests } from './files.ts';
import { Groups, type Group } from './group.ts';
import { releaseOf } from './platform.ts';
import { Distros, targetsOf, type Release } from './release.ts';
import { Source } from './source.ts';

/** Everything under manifests/ but the bundles: what can be asked for. */
export interface Catalog {
  releases: readonly Release[];
  targets: readonly Target[];
  sources: Readonly<Record<string, Source>>;
  /** The names of the components of each module. */
  modules: Readonly<Record<string, readonly string[]>>;
  components: Readonly<Record<string, Component>>;
  /** The names of the extension packages of each category. */
  categories: Readonly<Record<string, readonly string[]>>;
  extensions: Readonly<Record<string, Extension>>;
  /** The extension package behind a name for CREATE EXTENSION, or that of a module. */
  created: Readonly<Record<string, string>>;
  groups: Readonly<Record<string, Group>>;
  /** Armoured public keys by fingerprint, as they lie in manifests/keys; trusted only where a source pins them. */
  keys: Readonly<Record<string, Uint8Array>>;
}

/** A bundle as somebody wrote it. */
export interface GivenBundle {
  bundle: Bundle;
  /** With the sources of its own. */
  catalog: Catalog;
  /** Where something of it stands: `bundle.yml:9:3`. */
  where(path: readonly PropertyKey[]): string;
}

/** Reads a folder of manifests; the mistakes of all files are told at once. @throws Fault invalid */
export async function readCatalog(folder: string): Promise<Catalog> {
  return catalogIn(await readManifests(folder));
}

/** What manifests say that were read already. @throws Fault invalid */
export function catalogIn(manifests: Manifests): Catalog {
  const mistakes: Fault[] = [];
  const [distros] = readAll(Distros, manifests.distros, mistakes);
  const sources = readAll(Source, manifests.sources, mistakes);
  const modules = readAll(Module, manifests.components, mistakes);
  const categories = readAll(Category, manifests.extensions, mistakes);
  const groups = readAll(Groups, manifests.groups, mistakes);
  if (mistakes.length > 0 || !distros) throw allOf(mistakes);
  const extensions = unique(categories.flatMap((category) => Object.entries(category.extensions)), 'extension');
  return {
    releases: distros.releases,
    targets: distros.releases.flatMap(targetsOf),
    sources: unique(sources.map((source) => [source.name, source]), 'source'),
    modules: unique(modules.map((module) => [module.module, Object.keys(module.components)]), 'module'),
    components: unique(modules.flatMap((module) => Object.entries(module.components)), 'component'),
    categories: unique(categories.map((category) => [category.category, Object.keys(category.extensions)]), 'category'),
    extensions,
    created: unique(Object.entries(extensions).flatMap(([name, extension]) => namesWithin(name, extension).map((each) => [each, name])), 'name for CREATE EXTENSION'),
    groups: groups[0]?.groups ?? {},
    keys: keyringIn(manifests),
  };
}

/** The extension package that a name stands for: its own, or that of something it creates. */
export function groupOf(catalog: Catalog, name: string): string | undefined {
  return catalog.extensions[name] ? name : catalog.created[name];
}

/** The release that a target is one architecture of. */
export const releaseFor = (catalog: Catalog, target: Target): Release => catalog.releases.find((release) => release.code === releaseOf(target))!;

/** Reads a bundle's manifest, and the manifests of sources that it brings along. @throws Fault invalid */
export async function readBundle(path: string, catalog: Catalog): Promise<GivenBundle> {
  const text = (await readGiven(path, 'bundles of this project lie in manifests/bundles')).toString('utf8');
  const document = openDocument(text, path);
  const known = await withOwnSources(document.value, dirname(path), catalog);
  const bundle = readDocument(bundleOf(known), text, path);
  return { bundle, catalog: known, where: (at) => placeOf(document, at) };
}

function placeOf(document: ReturnType<typeof openDocument>, at: readonly PropertyKey[]): string {
  return spell({ place: document.valueAt(at), message: '' }).trim();
}

/** `./acme.yml` among the sources is a manifest beside the bundle; it is known by that path, and its key files lie beside it. */
async function withOwnSources(value: unknown, folder: string, catalog: Catalog): Promise<Catalog> {
  const listed: unknown = (value as { sources?: unknown } | null)?.sources;
  const paths = Array.isArray(listed) ? listed.filter((name): name is string => typeof name === 'string' && name.endsWith('.yml')) : [];
  const sources = { ...catalog.sources };
  const keys = { ...catalog.keys };
  for (const path of paths) {
    const file = join(folder, path);
    const source = readDocument(Source, (await readGiven(file)).toString('utf8'), file);
    if (catalog.sources[source.name]) throw new Fault('invalid', `${file} describes a source by the name "${source.name}", which is taken`, { hint: 'give it a name of its own' });
    sources[path] = source;
    for (const [fingerprint, key] of Object.entries(source.keys)) if (key.file !== undefined) keys[fingerprint] = await readGiven(join(dirname(file), key.file));
  }
  return paths.length === 0 ? catalog : { ...catalog, sources, keys };
}

/** The keys as they lie in their folder, by the fingerprint that each is named after. */
export function keyringIn({ keys }: Manifests): Record<string, Uint8Array> {
  return Object.fromEntries(keys.map(({ path, content }) => [basename(path, '.asc'), content]));
}

function readAll<S extends z.ZodType>(schema: S, files: Manifests['sources'], mistakes: Fault[]): z.output<S>[] {
  const documents: z.output<S>[] = [];
  for (const { path, content } of files) {
    try {
      documents.push(readDocument(schema, content.toString('utf8'), path));
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

function unique<T>(entries: readonly (readonly [string, T])[], what: string): Record<string, T> {
  const seen = new Set<string>();
  const twice = entries.map(([name]) => name).filter((name) => seen.size === seen.add(name).size);
  if (twice.length > 0) throw new Fault('invalid', `a ${what} is described twice: ${twice.join(', ')}`);
  return Object.fromEntries(entries);
}
