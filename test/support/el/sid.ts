import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readCatalog, releaseFor, type Catalog } from '../../../builder/manifest/catalog.ts';
import { ownManifests } from '../../../builder/manifest/files.ts';
import type { Drawn } from '../../../builder/manifest/manifest.ts';
import { findTarget } from '../../../builder/manifest/platform.ts';
import { placesFor, type SuitePlace } from '../../../builder/manifest/source.ts';
import { openUpstream } from '../../../builder/pipeline.ts';
import { drawSuites } from '../../../builder/source/draw.ts';
import { fill } from '../../../builder/source/fill.ts';
import type { Suite, Upstream } from '../../../builder/source/upstream.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { silent } from '../../../repo/core/progress.ts';

/** Packages that no release of Debian carries yet, as files in a folder: verified by the pinned keys of Debian, as pgark verifies any. */
export async function sidPackages(names: readonly string[], into: string): Promise<string[]> {
  const catalog = await readCatalog(ownManifests);
  const upstream = await openUpstream({ store: join(into, 'store'), mirrors: [], offline: false }, catalog);
  try {
    const [suite] = await drawAsOfItsTime(sidOf(catalog), upstream, catalog);
    const found = names.map((name) => suite!.packages.find((item) => item.name === name) ?? absent(name));
    await fill(upstream.store, found.map(({ digest, size, source, url }) => ({ digest, size, source, archive: 'debian', path: url })), upstream.http, upstream.mirrors, silent);
    await mkdir(join(into, 'debs'));
    const files = found.map(({ digest, url }) => ({ from: upstream.store.pathOf(digest), to: join(into, 'debs', basename(url)) }));
    for (const { from, to } of files) await copyFile(from, to);
    return files.map(({ to }) => to);
  } finally {
    await upstream.http?.close();
  }
}

/**
 * Sid's Release is valid for a week, and a mirror that is a snapshot serves it for longer. A test of ours wants a program, not the
 * newest: it is read as of its last valid day, which is said, and its signature and digests count as ever.
 */
async function drawAsOfItsTime(drawn: Drawn, upstream: Upstream, { targets }: Catalog): Promise<Suite[]> {
  const target = findTarget(targets, 'd13.x86_64');
  try {
    return await drawSuites([drawn], target, upstream, silent);
  } catch (error) {
    const expired = error instanceof Fault ? /expired on (\S+)$/.exec(error.message)?.[1] : undefined;
    if (expired === undefined) throw error;
    process.stderr.write(`${(error as Fault).message}; packages are taken from it as of then\n`);
    return drawSuites([drawn], target, { ...upstream, now: new Date(expired) }, silent);
  }
}

/** No release yet, hence no target: the archive is read as trixie's is, by the same pinned keys. Its Release calls itself unstable. */
function sidOf(catalog: Catalog): Drawn {
  const source = catalog.sources['debian']!;
  const debian = source.archives['debian']!;
  const target = findTarget(catalog.targets, 'd13.x86_64');
  const place = (placesFor(source, target, releaseFor(catalog, target), []) as SuitePlace[]).find((each) => each.suite === 'trixie')!;
  return { source: { ...source, archives: { ...source.archives, debian: { ...debian, seen: [...debian.seen, 'unstable'] } } }, suite: { ...place, suite: 'sid', codename: 'sid' } };
}

function absent(name: string): never {
  throw new Error(`sid has no package ${name} any more`);
}
