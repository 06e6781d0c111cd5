import { repositoryKeys } from '../../repo/bundle/paths.ts';
import type { TreeFile } from '../../repo/bundle/tree.ts';
import type { Digest } from '../../repo/core/digest.ts';
import { armourKey, type Fingerprint } from '../../repo/core/signature.ts';
import { type Archive, writeIndexes } from '../../repo/rpm/index.ts';
import type { Listing } from '../../repo/rpm/listing.ts';
import { writeModules } from '../../repo/rpm/modules.ts';
import { poolPath } from '../../repo/rpm/pool.ts';
import { writeUpdateinfo } from '../../repo/rpm/updateinfo.ts';
import type { Lock } from '../lock/lock.ts';
import type { Cargo } from './tree.ts';

/** What the heads of verified packages told. */
export interface Heads {
  /** What filelists.xml and other.xml have of each, by digest. */
  listings: ReadonlyMap<Digest, Listing>;
  /** The public keys of those who signed them, armoured, by fingerprint. */
  keys: ReadonlyMap<Fingerprint, string>;
}

/**
 * The repository of an RPM bundle: `Packages`, `repodata` and `keys`. What is in it was chosen with the modules of upstream in
 * mind, and stands above those of the host (dnf.conf(5), module_hotfixes): no state of its AppStream hides a package of ours. The
 * documents of the streams that its packages belong to go along, so that dnf knows those streams where no other repository is.
 */
export async function layRpms({ lock, descriptor, signer, heads }: Pick<Cargo, 'lock' | 'descriptor' | 'signer' | 'heads'>): Promise<Map<string, TreeFile>> {
  const date = new Date(descriptor.created);
  const indexes = await writeIndexes(lock.packages.map((item) => ({ ...item, listing: listingOf(item.digest, heads) })), { date, ...documentsOf(lock) });
  const files = new Map<string, TreeFile>([...indexes].map(([path, content]) => [path, { content }]));
  files.set('repodata/repomd.xml.asc', { content: await signer.detached(indexes.get('repodata/repomd.xml')!, date) });
  files.set(repositoryKeys.index, { content: await armourKey(signer.publicKey) });
  files.set(repositoryKeys.packages, { content: [...heads!.keys].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, armoured]) => armoured).join('') });
  for (const item of lock.packages) files.set(poolPath(item), { blob: item.digest, size: item.size });
  return files;
}

function documentsOf({ modules = [], advisories = [] }: Pick<Lock, 'modules' | 'advisories'>): Pick<Archive, 'modules' | 'updateinfo'> {
  return {
    ...(modules.length > 0 && { modules: writeModules(modules.map((each) => each.document)) }),
    ...(advisories.length > 0 && { updateinfo: writeUpdateinfo(advisories.map((each) => each.stanza)) }),
  };
}

/** Without its head a package was not verified, and has no place in a bundle. */
function listingOf(digest: Digest, heads: Heads | undefined): Listing {
  const listing = heads?.listings.get(digest);
  if (!listing) throw new Error(`the package ${digest} was not verified`);
  return listing;
}
