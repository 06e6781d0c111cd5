import { repositoryComponent, repositorySuite } from '../../repo/bundle/paths.ts';
import type { TreeFile } from '../../repo/bundle/tree.ts';
import { writeIndexes } from '../../repo/deb/index.ts';
import { poolPath } from '../../repo/deb/pool.ts';
import type { Cargo } from './tree.ts';

/** The repository of a Debian bundle: `dists` and `pool`. */
export async function laySuite({ lock, descriptor, signer }: Pick<Cargo, 'lock' | 'descriptor' | 'signer'>): Promise<Map<string, TreeFile>> {
  const date = new Date(descriptor.created);
  const indexes = writeIndexes(lock.packages, {
    origin: 'pgark',
    label: 'pgark',
    suite: repositorySuite,
    codename: lock.target.codename,
    component: repositoryComponent,
    arch: lock.target.packageArch,
    date,
    description: descriptor.id,
  });
  const files = new Map<string, TreeFile>([...indexes].map(([path, content]) => [path, { content }]));
  const release = indexes.get(`dists/${repositorySuite}/Release`) as string;
  files.set(`dists/${repositorySuite}/InRelease`, { content: await signer.inline(release, date) });
  files.set(`dists/${repositorySuite}/Release.gpg`, { content: await signer.detached(release, date) });
  for (const item of lock.packages) files.set(poolPath(item), { blob: item.digest, size: item.size });
  return files;
}
