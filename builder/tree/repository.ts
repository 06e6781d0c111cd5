import type { OpenedBundle } from '../../repo/bundle/open.ts';
import { members, repositoryKeys } from '../../repo/bundle/paths.ts';
import { decompress } from '../../repo/core/compression.ts';
import { digestOf } from '../../repo/core/digest.ts';
import { Fault } from '../../repo/core/fault.ts';
import { type Fingerprint, fingerprintsIn, readKeys, verifyDetached } from '../../repo/core/signature.ts';
import type { Package } from '../../repo/package/package.ts';
import { readModules } from '../../repo/rpm/modules.ts';
import { readRepomd, type RepomdFile } from '../../repo/rpm/repomd.ts';
import { readAdvisories } from '../../repo/rpm/updateinfo.ts';
import type { Findings } from './audit.ts';
import { indexPath, packagesIn } from './contents.ts';
import { auditSignatures } from './signatures.ts';

const repodata = `${members.repository}/repodata`;
const [indexKey, packagesKeys] = [repositoryKeys.index, repositoryKeys.packages].map((path) => `${members.repository}/${path}`) as [string, string];

/** What dnf reads before it reads a package: indexes and keys. */
export const isOfRepository = (path: string): boolean => path.startsWith(`${repodata}/`) || path === indexKey || path === packagesKeys;

/** What dnf would find in an RPM bundle: its repomd.xml, signed, the indexes that this names, and the keys. @throws Fault untrusted without a good signature */
export async function auditRepository(bundle: OpenedBundle, path: string): Promise<Findings> {
  const { files } = readRepomd(await readSignedRepomd(bundle, path), path);
  const strays = await auditIndexes(bundle, files);
  const index = indexPath(bundle);
  // What is not the file that was signed is not read.
  if (strays.length > 0 || index === undefined || files.get('primary')?.path !== index.slice(members.repository.length + 1)) {
    throw new Fault('untrusted', `${path}: the repository inside is not whole`, { details: strays.length > 0 ? strays : [`${repodata}: has no primary.xml`] });
  }
  const packages = await packagesIn(bundle.kept.get(index)!, bundle, path);
  const keys = blocksOf(bundle.kept.get(packagesKeys));
  const problems = [...(await auditLists(bundle, files, packages)), ...(await auditDocuments(bundle, files)), ...(await auditKeys(bundle, keys))];
  return { packages, index: 'primary.xml', problems: problems.length > 0 ? problems : await auditSignatures(bundle, packages, keys, path) };
}

async function readSignedRepomd({ kept, keyring, signer }: OpenedBundle, path: string): Promise<string> {
  const [content, signature] = ['repomd.xml', 'repomd.xml.asc'].map((name) => {
    const found = kept.get(`${repodata}/${name}`);
    if (!found) throw new Fault('untrusted', `${path}: ${repodata}/${name} is missing`);
    return found;
  }) as [Buffer, Buffer];
  await verifyDetached(content, signature, await readKeys([keyring], [signer], path), `${path}: repomd.xml`);
  return content.toString('utf8');
}

/** Every index as it is packed and as it is unpacked, and nothing beside them. */
async function auditIndexes({ files, kept }: OpenedBundle, named: ReadonlyMap<string, RepomdFile>): Promise<string[]> {
  const places = new Map([...named.values()].map((file) => [`${members.repository}/${file.path}`, file]));
  const known = new Set([...places.keys(), `${repodata}/repomd.xml`, `${repodata}/repomd.xml.asc`]);
  const strays = [...files.keys()].filter((place) => place.startsWith(`${repodata}/`) && !known.has(place)).map((place) => `${place}: repomd.xml does not name it`);
  const wrong = await Promise.all([...places].map(async ([place, file]) => {
    const content = kept.get(place);
    const isIt = content !== undefined && files.get(place)?.digest === file.digest && content.length === file.size && (await unpacksTo(content, file, place));
    return isIt ? [] : [`${place}: is not what repomd.xml names`];
  }));
  return [...wrong.flat(), ...strays];
}

async function unpacksTo(content: Buffer, { open }: RepomdFile, place: string): Promise<boolean> {
  if (open?.size === undefined) return false;
  try {
    return digestOf(await decompress(content, 'gz', open.size, place)) === open.digest;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return false;
  }
}

/** dnf joins what three indexes say of a package by the package's digest. */
async function auditLists({ kept }: OpenedBundle, named: ReadonlyMap<string, RepomdFile>, packages: readonly Package[]): Promise<string[]> {
  const wanted = packages.map((item) => item.digest).sort().join();
  const lists = await Promise.all(['filelists', 'other'].map(async (type) => {
    const file = named.get(type);
    if (!file) return [`${repodata}: has no ${type}.xml`];
    const text = (await decompress(kept.get(`${members.repository}/${file.path}`)!, 'gz', file.open!.size!, type)).toString('latin1');
    const found = [...text.matchAll(/<package pkgid="([0-9a-f]{64})"/g)].map(([, digest]) => digest!).sort().join();
    return found === wanted ? [] : [`${type}.xml: is not about the packages that primary.xml names`];
  }));
  return lists.flat();
}

/** What dnf reads besides: streams of modules, and advisories. A bundle need not have any. */
async function auditDocuments({ kept }: OpenedBundle, named: ReadonlyMap<string, RepomdFile>): Promise<string[]> {
  const readers = [['modules', (content: Buffer) => readModules(content.toString('utf8'), 'modules.yaml')], ['updateinfo', (content: Buffer) => readAdvisories(content, 'updateinfo.xml')]] as const;
  const problems = await Promise.all(readers.map(async ([type, read]) => {
    const file = named.get(type);
    if (!file) return [];
    try {
      read(await decompress(kept.get(`${members.repository}/${file.path}`)!, 'gz', file.open!.size!, type));
      return [];
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return [`${repodata}: ${error.message}`];
    }
  }));
  return problems.flat();
}

/** With these dnf verifies the index and the packages; none but those that bundle.json names may be among them. */
async function auditKeys({ kept, descriptor, signer }: OpenedBundle, keys: readonly Buffer[]): Promise<string[]> {
  const [own, upstream] = await Promise.all([blocksOf(kept.get(indexKey)), keys].map(async (blocks) => (await fingerprintsOf(blocks)).sort().join(', ')));
  return [
    ...(own === signer ? [] : [`${indexKey}: holds ${own || 'no key'}, not that of the signer`]),
    ...(upstream === [...descriptor.keys].sort().join(', ') ? [] : [`${packagesKeys}: holds ${upstream || 'no key'}, not those that ${members.descriptor} names`]),
  ];
}

/** One key a block. */
function blocksOf(content: Buffer | undefined): Buffer[] {
  const blocks = (content?.toString('latin1') ?? '').split(/(?=^-----BEGIN PGP PUBLIC KEY BLOCK-----$)/m).filter((block) => block.trim() !== '');
  return blocks.map((block) => Buffer.from(block));
}

async function fingerprintsOf(blocks: readonly Buffer[]): Promise<Fingerprint[]> {
  return (await Promise.all(blocks.map((block) => fingerprintsIn(block, packagesKeys).catch(() => ['no readable key'])))).flat();
}
