import type { Digest } from '../../repo/core/digest.ts';
import type { Progress } from '../../repo/core/progress.ts';
import { type Group, readComps } from '../../repo/rpm/comps.ts';
import { findOwners } from '../../repo/rpm/filelists.ts';
import type { RepomdFile } from '../../repo/rpm/repomd.ts';
import { type Advisory, readAdvisories } from '../../repo/rpm/updateinfo.ts';
import { readIndex, streamIndex } from './repodata.ts';
import type { DrawnRepository } from './repomd.ts';
import { isRepository } from './repository.ts';
import type { Index, Suite, Upstream } from './upstream.ts';
import { nameOf } from './verify.ts';

/** What a further index of all repositories has, and the suites with those indexes among what was read of them. */
export interface Further<T> {
  suites: readonly Suite[];
  found: T;
}

/** Which of these paths packages have, by their digests, in the filelists.xml of every repository that has one. @throws Fault */
export async function searchFiles(suites: readonly Suite[], paths: readonly string[], upstream: Upstream, progress: Progress): Promise<Further<ReadonlyMap<Digest, readonly string[]>>> {
  const read = await further(suites, ['filelists'], progress, async (file, drawn) => {
    const { result, index } = await streamIndex(file, drawn, upstream, (pieces, what) => findOwners(pieces, paths, what));
    return { found: [...result], index };
  });
  return { suites: read.suites, found: new Map(read.found) };
}

/** The groups of all repositories. @throws Fault */
export function drawGroups(suites: readonly Suite[], upstream: Upstream, progress: Progress): Promise<Further<readonly Group[]>> {
  return further(suites, ['group', 'group_gz', 'group_xz', 'group_zst'], progress, async (file, drawn) => {
    const { content, index } = await readIndex(file, drawn, upstream);
    return { found: readComps(content.toString('utf8'), `${nameOf(drawn)}: ${file.path}`), index };
  });
}

/** What all repositories say of updates. @throws Fault */
export function drawAdvisories(suites: readonly Suite[], upstream: Upstream, progress: Progress): Promise<Further<readonly Advisory[]>> {
  return further(suites, ['updateinfo'], progress, async (file, drawn) => {
    const { content, index } = await readIndex(file, drawn, upstream);
    return { found: readAdvisories(content, `${nameOf(drawn)}: ${file.path}`), index };
  });
}

type Reader<T> = (file: RepomdFile, drawn: DrawnRepository) => Promise<{ found: readonly T[]; index: Index }>;

/** Reads the first of these types that a repository has; one that has none of them says nothing. */
async function further<T>(suites: readonly Suite[], types: readonly string[], progress: Progress, read: Reader<T>): Promise<Further<readonly T[]>> {
  const all = await progress.each(suites, 2, async (suite) => {
    const file = types.map((type) => suite.repomd?.files.get(type)).find((each) => each !== undefined);
    if (!file || !isRepository(suite.drawn)) return { suite, found: [] };
    const { found, index } = await read(file, suite.drawn);
    return { suite: { ...suite, indexes: [...suite.indexes.filter((other) => other.path !== index.path), index] }, found };
  });
  return { suites: all.map((each) => each.suite), found: all.flatMap((each) => each.found) };
}
