import { Fault } from '../../repo/core/fault.ts';
import type { Progress } from '../../repo/core/progress.ts';
import type { Package } from '../../repo/package/package.ts';
import type { Target } from '../../repo/package/target.ts';
import { contradictionsOf } from '../../repo/rpm/belonging.ts';
import { readModules, type Modules } from '../../repo/rpm/modules.ts';
import { readPrimary, streamPrimary } from '../../repo/rpm/primary.ts';
import { RelationReader } from '../../repo/rpm/relation.ts';
import type { Repomd, RepomdFile } from '../../repo/rpm/repomd.ts';
import type { Drawn } from '../manifest/manifest.ts';
import { admits } from './admit.ts';
import { readIndex, rereader, streamIndex } from './repodata.ts';
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
  const { result: all, index } = await drawPrimary(primary, drawn, upstream, relations);
  expectBelonging(repomd, all, drawn, target);
  const packages = taken(all, drawn, target);
  const modules = await drawModules(repomd, drawn, upstream);
  progress.say(`${name}  ${repomd.date.toISOString().slice(0, 10)}  ${packages.length} packages, signed by ${signer}`);
  return { name, drawn, release: { date: repomd.date }, signer, digest, indexes: [index, ...(modules ? [modules.index] : [])], packages, repomd, modules: modules?.modules };
}

/** Its text is not held, where it can be had again. */
async function drawPrimary(file: RepomdFile, drawn: DrawnRepository, upstream: Upstream, relations: RelationReader): Promise<{ result: Package[]; index: Index }> {
  const origin = { source: nameOf(drawn), priority: drawn.suite.priority };
  const again = rereader(file, upstream);
  if (again) return streamIndex(file, drawn, upstream, (pieces) => streamPrimary(pieces, again, origin, relations));
  const { content, index } = await readIndex(file, drawn, upstream);
  return { result: readPrimary(content, origin, relations), index };
}

async function drawModules({ files }: Repomd, drawn: DrawnRepository, upstream: Upstream): Promise<{ modules: Modules; index: Index } | undefined> {
  const file = files.get('modules');
  if (!file || drawn.suite.hotfixes) return undefined;
  const { content, index } = await readIndex(file, drawn, upstream);
  return { modules: readModules(content.toString('utf8'), `${nameOf(drawn)}: ${file.path}`), index };
}

/** Whether it is read by way of a repomd.xml. */
export const isRepository = (drawn: Drawn): drawn is DrawnRepository => drawn.suite.format === 'rpm';

/** Two repositories that one key signs could be exchanged on the way; what can be told apart is. @throws Fault untrusted */
function expectBelonging(repomd: Repomd, packages: readonly Package[], drawn: DrawnRepository, target: Target): void {
  const contradictions = contradictionsOf({ repomd, packages, path: drawn.suite.path }, target);
  if (contradictions.length === 0) return;
  throw new Fault('untrusted', `${nameOf(drawn)} is not for ${target.code}, as its source says`, { details: contradictions, hint: 'either the source names the wrong place, or the mirror answers with another repository' });
}

/** Other architectures that a host could run, i686 on x86_64, are not taken: nothing that is bundled needs them. */
function taken(packages: readonly Package[], { suite }: DrawnRepository, { packageArch }: Target): Package[] {
  const admitted = admits(suite);
  return packages.filter((item) => (item.arch === packageArch || item.arch === 'noarch') && admitted(item.name));
}
