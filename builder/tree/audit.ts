import { members, records, repositoryComponent, repositorySuite } from '../../repo/bundle/paths.ts';
import type { OpenedBundle } from '../../repo/bundle/open.ts';
import { Fault } from '../../repo/core/fault.ts';
import { readKeys, verifyDetached, verifyInline } from '../../repo/core/signature.ts';
import { readPackages } from '../../repo/deb/packages.ts';
import { readRelease } from '../../repo/deb/release.ts';
import type { Package } from '../../repo/package/package.ts';

/** The members whose content an audit reads; all else is only digested. */
export const isAudited = (path: string): boolean => path.startsWith(`${suite}/`);

const suite = `${members.repository}/dists/${repositorySuite}`;

/**
 * Checks what the list of digests cannot say: that the repository inside is signed by the same key, that its indexes are
 * those of its Release, that every package is the one its index names, and that the descriptor tells the truth.
 * @throws Fault untrusted with everything that is wrong
 */
export async function auditBundle(bundle: OpenedBundle, path: string): Promise<void> {
  const release = await readSignedRelease(bundle, path);
  const index = `${repositoryComponent}/binary-${bundle.descriptor.target.packageArch}/Packages`;
  const packages = readPackages(bundle.kept.get(`${suite}/${index}`) ?? new Uint8Array(), path);
  const problems = [
    ...auditIndexes(bundle, readRelease(release, `${path}: Release`).files),
    ...(bundle.files.has(`${suite}/${index}`) ? [] : [`${suite}/${index}: is missing`]),
    ...auditPool(bundle, packages),
    ...auditDescriptor(bundle, packages),
  ];
  if (problems.length > 0) throw new Fault('untrusted', `${path}: the repository inside is not whole`, { details: problems });
}

async function readSignedRelease({ kept, keyring, signer }: OpenedBundle, path: string): Promise<string> {
  const [inline, release, detached] = ['InRelease', 'Release', 'Release.gpg'].map((name) => {
    const content = kept.get(`${suite}/${name}`);
    if (!content) throw new Fault('untrusted', `${path}: ${suite}/${name} is missing`);
    return content;
  }) as [Buffer, Buffer, Buffer];
  const keys = await readKeys([keyring], [signer], path);
  const { text } = await verifyInline(inline.toString('utf8'), keys, `${path}: InRelease`);
  await verifyDetached(release, detached, keys, `${path}: Release`);
  if (text.trimEnd() !== release.toString('utf8').trimEnd()) throw new Fault('untrusted', `${path}: InRelease and Release differ`);
  return text;
}

function auditIndexes({ files }: OpenedBundle, listed: ReturnType<typeof readRelease>['files']): string[] {
  return [...listed].flatMap(([name, { digest, size }]) => {
    const folder = name.slice(0, name.lastIndexOf('/'));
    const places = [`${suite}/${name}`, `${suite}/${folder}/by-hash/SHA256/${digest}`];
    return places.filter((place) => files.get(place)?.digest !== digest || files.get(place)?.size !== size).map((place) => `${place}: is not what Release names`);
  });
}

function auditPool({ files }: OpenedBundle, packages: readonly Package[]): string[] {
  const named = new Map(packages.map((item) => [`${members.repository}/${item.url}`, item]));
  const wrong = [...named].filter(([place, item]) => files.get(place)?.digest !== item.digest || files.get(place)?.size !== item.size);
  const strays = [...files.keys()].filter((place) => place.startsWith(`${members.repository}/`) && !place.startsWith(`${suite}/`) && !named.has(place));
  return [...wrong.map(([place]) => `${place}: is not what Packages names`), ...strays.map((place) => `${place}: no index names it`)];
}

function auditDescriptor({ descriptor, files }: OpenedBundle, packages: readonly Package[]): string[] {
  const held = new Set(packages.map((item) => item.name));
  const provided = new Set(packages.flatMap((item) => item.provides.map((capability) => capability.name)));
  const carried = (name: string): boolean => held.has(name) || provided.has(name);
  const arches = new Set(packages.map((item) => item.arch).filter((arch) => arch !== 'all' && arch !== descriptor.target.packageArch));
  const size = packages.reduce((sum, item) => sum + item.size, 0);
  return [
    ...(descriptor.lock === files.get(records.lock)?.digest ? [] : [`${records.lock}: is not the lock that ${members.descriptor} names`]),
    ...(descriptor.packages === packages.length ? [] : [`${members.descriptor}: it claims ${descriptor.packages} packages, there are ${packages.length}`]),
    ...(descriptor.size === size ? [] : [`${members.descriptor}: it claims ${descriptor.size} bytes of packages, there are ${size}`]),
    ...[...arches].map((arch) => `Packages: holds packages for ${arch}, the bundle is for ${descriptor.target.packageArch}`),
    ...descriptor.roots.filter((root) => !carried(root.package)).map((root) => `${members.descriptor}: the root ${root.package} is not among the packages`),
    ...descriptor.extensions.filter((extension) => !held.has(extension.package)).map((extension) => `${members.descriptor}: the package of the extension ${extension.name}, ${extension.package}, is not there`),
  ];
}
