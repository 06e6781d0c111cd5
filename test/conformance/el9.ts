import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { families } from '../../builder/family.ts';
import { compressionOf, decompress } from '../../repo/core/compression.ts';
import type { Package } from '../../repo/package/package.ts';
import { type Modules, readModules, type Stream } from '../../repo/rpm/modules.ts';
import { readPrimary } from '../../repo/rpm/primary.ts';
import { RelationReader } from '../../repo/rpm/relation.ts';
import { activeStreams, seenThrough } from '../../repo/rpm/streams.ts';

/** Real repodata of CentOS Stream 9. */
export const corpus = join(import.meta.dirname, '../../../shared/corpus/el9');
export const repositories = ['appstream', 'baseos'] as const;
export const setting = { arch: 'x86_64', ...families.rpm, sources: repositories };

/** The packages of both repositories for x86_64, as they are seen with these streams turned on. */
export async function el9(...asked: string[]): Promise<{ packages: Package[]; modules: Modules; streams: Stream[] }> {
  const modules = readModules((await contentOf('appstream', 'modules.yaml')).toString('utf8'), 'modules.yaml');
  const streams = activeStreams(modules, { streams: asked, platform: 'el9', arch: setting.arch });
  return { packages: seenThrough(streams, modules, await all()), modules, streams };
}

/** The same without regard to modules. */
export async function all(): Promise<Package[]> {
  const relations = new RelationReader();
  const read = await Promise.all(repositories.map(async (source) => readPrimary(await contentOf(source, 'primary'), { source, priority: 99 }, relations)));
  return read.flat().filter((item) => item.arch === 'x86_64' || item.arch === 'noarch');
}

/** An index, unpacked. */
export async function contentOf(repository: (typeof repositories)[number], type: string): Promise<Buffer> {
  const folder = join(corpus, repository, 'repodata');
  const file = readdirSync(folder).find((name) => name.includes(type))!;
  return decompress(readFileSync(join(folder, file)), compressionOf(file), 1 << 28, file);
}
