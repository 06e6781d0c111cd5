import type { OpenedBundle } from '../../repo/bundle/open.ts';
import { members, repositorySuite } from '../../repo/bundle/paths.ts';
import { Fault } from '../../repo/core/fault.ts';
import { readKeys, verifyDetached, verifyInline } from '../../repo/core/signature.ts';
import { readRelease } from '../../repo/deb/release.ts';
import { indexPath, packagesIn } from './contents.ts';
import type { Findings } from './audit.ts';

/** The folder of everything that apt reads before it reads a package. */
export const suite = `${members.repository}/dists/${repositorySuite}`;

/** What apt would find in a Debian bundle: its Release, signed, and the indexes that this names. @throws Fault untrusted without a good signature */
export async function auditSuite(bundle: OpenedBundle, path: string): Promise<Findings> {
  const release = await readSignedRelease(bundle, path);
  const index = indexPath(bundle)!;
  const packages = await packagesIn(bundle.kept.get(index) ?? new Uint8Array(), bundle, path);
  const missing = bundle.files.has(index) ? [] : [`${index}: is missing`];
  return { packages, index: 'Packages', problems: [...auditIndexes(bundle, readRelease(release, `${path}: Release`).files), ...missing] };
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
