import type { BundleHead } from '../../repo/bundle/open.ts';
import { members, repositoryComponent, repositorySuite } from '../../repo/bundle/paths.ts';
import { decompress } from '../../repo/core/compression.ts';
import { readPackages } from '../../repo/deb/packages.ts';
import type { Package } from '../../repo/package/package.ts';
import { readPrimary } from '../../repo/rpm/primary.ts';

/** Where the index of the packages lies in a bundle; undefined when the signed list names none. */
export function indexPath({ descriptor, sums }: Pick<BundleHead, 'descriptor' | 'sums'>): string | undefined {
  const { format, packageArch } = descriptor.target;
  if (format === 'deb') return `${members.repository}/dists/${repositorySuite}/${repositoryComponent}/binary-${packageArch}/Packages`;
  // Named after its digest; it is the only one, since repodata holds what repomd.xml names and nothing else.
  return [...sums.keys()].find((path) => path.startsWith(`${members.repository}/repodata/`) && path.endsWith('-primary.xml.gz'));
}

/** The packages that such an index names. @throws Fault invalid */
export async function packagesIn(content: Uint8Array, { descriptor }: Pick<BundleHead, 'descriptor'>, what: string): Promise<readonly Package[]> {
  if (descriptor.target.format === 'deb') return readPackages(content, what);
  return readPrimary(await decompress(content, 'gz', largest, what), { source: what, priority: 99 });
}

/** More than any index has. */
const largest = 500_000_000;
