import { Fault } from '../../repo/core/fault.ts';
import type { Progress } from '../../repo/core/progress.ts';
import type { Package } from '../../repo/package/package.ts';
import type { Target } from '../../repo/package/target.ts';
import { readModules, type Modules } from '../../repo/rpm/modules.ts';
import { readPrimary } from '../../repo/rpm/primary.ts';
import { RelationReader } from '../../repo/rpm/relation.ts';
import type { Repomd } from '../../repo/rpm/repomd.ts';
import type { Drawn } from '../manifest/manifest.ts';
import { admits } from './admit.ts';
import { readIndex } from './repodata.ts';
import { obtainRepomd, type DrawnRepository } from './repomd.ts';
import type { Index, Suite, Upstream } from './upstream.ts';
import { nameOf } from './verify.ts';

/**
 * Reads the indexes of a repository for a target, verified from the signature down; its packages as they are without regard to
 * modules (modules.ts). Give all of one universe the same `relations`.
 */
export async function drawRepository(drawn: Drawn, target: Target, upstream: Upstream, progress: Progress, relations = new RelationReader()): Promise<Suite> {
  if (!isRepository(drawn)) throw new Error(`${nameOf(drawn)} is no RPM repository`);
  const name = nameOf(drawn);
  const { repomd, signer, digest } = await obtainRepomd(drawn, upstream, progress);
  const primary = repomd.files.get('primary');
  if (!primary) throw new Fault('untrusted', `${name}: its repomd.xml names no primary.xml with a SHA-256`);
  const { content, index } = await readIndex(primary, drawn, upstream);
  const packages = taken(readPrimary(content, { source: name, priority: drawn.suite.priority }, relations), drawn, target);
  const modules = await drawModules(repomd, drawn, upstream);
  progress.say(`${name}  ${repomd.date.toISOString().slice(0, 10)}  ${packages.length} packages, signed by ${signer}`);
  return { name, drawn, release: { date: repomd.date }, signer, digest, indexes: [index, ...(modules ? [modules.index] : [])], packages, repomd, modules: modules?.modules };
}

async function drawModules({ files }: Repomd, drawn: DrawnRepository, upstream: Upstream): Promise<{ modules: Modules; index: Index } | undefined> {
  const file = files.get('modules');
  if (!file || drawn.suite.hotfixes) return undefined;
  const { content, index } = await readIndex(file, drawn, upstream);
  return { modules: readModules(content.toString('utf8'), `${nameOf(drawn)}: ${file.path}`), index };
}

/** Whether it is read by way of a repomd.xml. */
export const isRepository = (drawn: Drawn): drawn is DrawnRepository => drawn.suite.format === 'rpm';

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
