import { compressionOf, decompress } from '../../repo/core/compression.ts';
import { digestOf } from '../../repo/core/digest.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Progress } from '../../repo/core/progress.ts';
import type { Package } from '../../repo/package/package.ts';
import type { Target } from '../../repo/package/target.ts';
import { readModules, seenThrough, type Modules } from '../../repo/rpm/modules.ts';
import { readPrimary } from '../../repo/rpm/primary.ts';
import { RelationReader } from '../../repo/rpm/relation.ts';
import type { Repomd, RepomdFile } from '../../repo/rpm/repomd.ts';
import type { Drawn } from '../manifest/manifest.ts';
import { admits } from './admit.ts';
import type { Index, Suite, Upstream } from './upstream.ts';
import { fetchBlob, readFetched } from './fetch.ts';
import { under } from './mirror.ts';
import { obtainRepomd, type DrawnRepository } from './repomd.ts';
import { nameOf } from './verify.ts';

/** Reads the indexes of a repository for a target, verified from the signature down. Give all of one universe the same `relations`. */
export async function drawRepository(drawn: Drawn, target: Target, upstream: Upstream, progress: Progress, relations = new RelationReader()): Promise<Suite> {
  if (!isRepository(drawn)) throw new Error(`${nameOf(drawn)} is no RPM repository`);
  const name = nameOf(drawn);
  const { repomd, signer, digest } = await obtainRepomd(drawn, upstream, progress);
  const primary = repomd.files.get('primary');
  if (!primary) throw new Fault('untrusted', `${name}: its repomd.xml names no primary.xml with a SHA-256`);
  const content = await obtainIndex(primary, drawn, upstream);
  const all = readPrimary(content, { source: name, priority: drawn.suite.priority }, relations);
  const modules = await drawModules(repomd, drawn, upstream);
  const packages = taken(modules ? seenThrough(modules.modules, all) : all, drawn, target);
  progress.say(`${name}  ${repomd.date.toISOString().slice(0, 10)}  ${packages.length} packages, signed by ${signer}`);
  return { name, drawn, release: { date: repomd.date }, signer, digest, indexes: [indexOf(primary, content), ...(modules ? [modules.index] : [])], packages };
}

/** Undefined where there are no modules, or where the packages stand above all modules (dnf.conf(5), module_hotfixes). */
async function drawModules({ files }: Repomd, drawn: DrawnRepository, upstream: Upstream): Promise<{ modules: Modules; index: Index } | undefined> {
  const file = files.get('modules');
  if (!file || drawn.suite.hotfixes) return undefined;
  const content = await obtainIndex(file, drawn, upstream);
  return { modules: readModules(content.toString('utf8'), `${nameOf(drawn)}: ${file.path}`), index: indexOf(file, content) };
}

/** A lock names indexes unpacked. */
const indexOf = ({ path }: RepomdFile, content: Buffer): Index => ({ path: path.replace(/\.(gz|xz|zst)$/, ''), size: content.length, digest: digestOf(content) });

const isRepository = (drawn: Drawn): drawn is DrawnRepository => drawn.suite.format === 'rpm';

/** Other architectures that a host could run, i686 on x86_64, are not taken: nothing that is bundled needs them. */
function taken(packages: readonly Package[], drawn: DrawnRepository, target: Target): Package[] {
  const native = packages.filter((item) => item.arch === target.packageArch || item.arch === 'noarch');
  if (native.length === 0 && packages.length > 0) {
    const archs = [...new Set(packages.map((item) => item.arch))].sort();
    throw new Fault('invalid', `${nameOf(drawn)} has no packages for ${target.packageArch}`, { details: [`its ${packages.length} packages are for ${archs.join(', ')}`] });
  }
  const admitted = admits(drawn.suite);
  return native.filter((item) => admitted(item.name));
}

/** More than any index that exists, less than a string can hold. */
const largest = 500_000_000;

/** The index unpacked: from the store, or fetched. What upstream names no unpacked digest for is kept as it came. */
async function obtainIndex(file: RepomdFile, drawn: DrawnRepository, upstream: Upstream): Promise<Buffer> {
  const { store } = upstream;
  if (file.open && (await store.has(file.open.digest))) return store.read(file.open.digest);
  const what = `${nameOf(drawn)}: ${file.path}`;
  const limit = file.open?.size ?? largest;
  expectReadable(file, limit, what);
  await fetchIndex(file, drawn, upstream);
  const packed = await readFetched(store, file.digest);
  if (!packed) return obtainIndex(file, drawn, upstream);
  const content = await decompress(packed, compressionOf(file.path), limit, what);
  if (!file.open || file.open.digest === file.digest) return content;
  if (digestOf(content) !== file.open.digest || content.length !== (file.open.size ?? content.length)) {
    throw new Fault('untrusted', `${what} unpacks to something else than its repomd.xml names`);
  }
  await store.put(content);
  await store.drop(file.digest);
  return content;
}

function expectReadable(file: RepomdFile, limit: number, what: string): void {
  if (!/\.(xml|yaml)(\.(gz|xz|zst))?$/.test(file.path)) throw new Fault('invalid', `${what} is packed in a way that is not read`, { details: ['gzip, xz and zstd are'] });
  if (Math.max(limit, file.size) > largest) throw new Fault('invalid', `${what} is larger than ${largest} bytes`);
}

async function fetchIndex(file: RepomdFile, drawn: DrawnRepository, { http, store, mirrors, patience }: Upstream): Promise<void> {
  if (await store.has(file.digest)) return;
  if (!http) throw new Fault('fetch', `${nameOf(drawn)}: the index ${file.path} is not in the store`, { hint: 'run once without --offline' });
  const { archive, path } = drawn.suite;
  await fetchBlob(http, store, { url: mirrors.addressOf(archive, under(path, file.path)), size: file.size, digest: file.digest, source: nameOf(drawn) }, patience);
}
