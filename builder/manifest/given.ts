import { dirname, join } from 'node:path';
import { openDocument, readDocument, readOpened, spell, type OpenDocument } from '../../repo/core/document.ts';
import { Fault } from '../../repo/core/fault.ts';
import { readGiven } from '../../repo/core/files.ts';
import { bundleOf, type Bundle } from './bundle.ts';
import type { Catalog } from './catalog.ts';
import { Source } from './source.ts';

/** A bundle as somebody wrote it. */
export interface GivenBundle {
  bundle: Bundle;
  /** With the sources of its own. */
  catalog: Catalog;
  /** Where something of it stands: `bundle.yml:9:3`. */
  where(path: readonly PropertyKey[]): string;
}

/** Reads a bundle's manifest, and the manifests of sources that it brings along. @throws Fault invalid */
export async function readBundle(path: string, catalog: Catalog): Promise<GivenBundle> {
  const text = (await readGiven(path, 'bundles of this project lie in manifests/bundles')).toString('utf8');
  const document = openDocument(text, path);
  const known = await withOwnSources(document.value, dirname(path), catalog);
  const bundle = readOpened(bundleOf(known), document);
  return { bundle, catalog: known, where: (at) => placeOf(document, at) };
}

function placeOf(document: OpenDocument, at: readonly PropertyKey[]): string {
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
    refuseTaken(source, file, Object.values(sources));
    sources[path] = source;
    for (const [fingerprint, key] of Object.entries(source.keys)) if (key.file !== undefined) keys[fingerprint] = await readGiven(join(dirname(file), key.file));
  }
  return paths.length === 0 ? catalog : { ...catalog, sources, keys };
}

/** Locks tell sources and archives by their names alone, and addresses are taken by them. */
function refuseTaken(own: Source, file: string, others: readonly Source[]): void {
  const taken = others.some((source) => source.name === own.name) ? [`a source by the name "${own.name}"`] : [];
  const archives = Object.keys(own.archives).filter((name) => others.some((source) => Object.hasOwn(source.archives, name))).map((name) => `an archive by the name "${name}"`);
  const what = [...taken, ...archives];
  if (what.length > 0) throw new Fault('invalid', `${file} describes ${what.join(' and ')}, which is taken`, { hint: 'give it a name of its own' });
}
