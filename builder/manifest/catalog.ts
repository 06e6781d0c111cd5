import type { z } from 'zod';
import { openDocument, readOpened, spell, type OpenDocument } from '../../repo/core/document.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Target } from '../../repo/package/target.ts';
import { Baseline } from './baseline.ts';
import { Module, type Component } from './component.ts';
import { Category, namesWithin, type Extension } from './extension.ts';
import { keyringIn, readManifests, type Manifests } from './files.ts';
import { Groups, type Group } from './group.ts';
import { releaseOf } from './platform.ts';
import { strays, type Written } from './references.ts';
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
  /** By the names of their files. */
  baselines: Readonly<Record<string, Baseline>>;
  /** Armoured public keys by fingerprint, as they lie in manifests/keys; trusted only where a source pins them. */
  keys: Readonly<Record<string, Uint8Array>>;
}

/** Reads a folder of manifests; the mistakes of all files are told at once. @throws Fault invalid */
export async function readCatalog(folder: string): Promise<Catalog> {
  return catalogIn(await readManifests(folder));
}

/** What manifests say that were read already. @throws Fault invalid */
export function catalogIn(manifests: Manifests): Catalog {
  const mistakes: Fault[] = [];
  const opened = openAll(manifests, mistakes);
  const read = <S extends z.ZodType>(schema: S, documents: readonly OpenDocument[]): z.output<S>[] => documents.flatMap((document) => collect(mistakes, () => readOpened(schema, document)));
  const [distros] = read(Distros, opened.distros);
  const sources = read(Source, opened.sources);
  const modules = read(Module, opened.modules);
  const categories = read(Category, opened.categories);
  const groups = read(Groups, opened.groups);
  const baselines = read(Baseline, opened.baselines);
  const stray = strays(opened).map(spell);
  if (mistakes.length + stray.length > 0 || !distros) throw allOf(mistakes, stray);
  const extensions = Object.fromEntries(categories.flatMap((category) => Object.entries(category.extensions)));
  return {
    releases: distros.releases,
    targets: distros.releases.flatMap(targetsOf),
    sources: Object.fromEntries(sources.map((source) => [source.name, source])),
    modules: Object.fromEntries(modules.map((module) => [module.module, Object.keys(module.components)])),
    components: Object.fromEntries(modules.flatMap((module) => Object.entries(module.components))),
    categories: Object.fromEntries(categories.map((category) => [category.category, Object.keys(category.extensions)])),
    extensions,
    created: Object.fromEntries(Object.entries(extensions).flatMap(([name, extension]) => namesWithin(name, extension).map((each) => [each, name]))),
    groups: groups[0]?.groups ?? {},
    baselines: Object.fromEntries(baselines.map((baseline, place) => [manifests.baselines[place]!.name.replace(/\.yml$/, ''), baseline])),
    keys: keyringIn(manifests),
  };
}

/** The extension package that a name stands for: its own, or that of something it creates. */
export function groupOf(catalog: Catalog, name: string): string | undefined {
  if (Object.hasOwn(catalog.extensions, name)) return name;
  return Object.hasOwn(catalog.created, name) ? catalog.created[name] : undefined;
}

/** The release that a target is one architecture of. */
export const releaseFor = (catalog: Catalog, target: Target): Release => catalog.releases.find((release) => release.code === releaseOf(target))!;

/** A file that is no YAML hides its names: then nothing is said of the names in others. @throws Fault invalid */
function openAll(manifests: Manifests, mistakes: Fault[]): Written & { distros: readonly OpenDocument[]; baselines: readonly OpenDocument[] } {
  const open = (files: Manifests['sources']): OpenDocument[] => files.flatMap(({ path, content }) => collect(mistakes, () => openDocument(content.toString('utf8'), path)));
  const opened = { distros: open(manifests.distros), sources: open(manifests.sources), modules: open(manifests.components), categories: open(manifests.extensions), groups: open(manifests.groups), baselines: open(manifests.baselines) };
  if (mistakes.length > 0) throw allOf(mistakes);
  return opened;
}

/** What comes of it, or nothing but one more mistake. */
function collect<T>(mistakes: Fault[], act: () => T): T[] {
  try {
    return [act()];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    mistakes.push(error);
    return [];
  }
}

function allOf(mistakes: readonly Fault[], stray: readonly string[] = []): Fault {
  const [first] = mistakes;
  if (first && mistakes.length === 1 && stray.length === 0) return first;
  const alone = mistakes.length > 1 ? `${mistakes.length} manifests are not valid` : (first?.message ?? 'the manifests do not fit together');
  const message = first && stray.length > 0 ? 'several manifests are not valid' : alone;
  return new Fault('invalid', message, {
    details: [...mistakes.flatMap((mistake) => (mistake.details.length > 0 ? mistake.details : [mistake.message])), ...stray],
  });
}
