import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inLines, report } from '../../../repo/console/report.ts';
import { builtIn, pgark, throwawayKey, type Built } from '../../../vagrant/bundle.ts';
import type { Progress } from '../../../repo/core/progress.ts';
import { ofRun } from '../of-run.ts';
import { elMirror } from './mirror.ts';
import { elPackages } from './packages.ts';

/** What slim is on Debian, of what there is for an EL-like host. */
const slim = `name: slim
version: '0.1.0'
about: PostgreSQL with what keeps it available, backed up and watched, for an EL-like host
sources: [rocky, pgdg, pigsty-infra]
targets: { el9.x86_64: ['15'] }
groups: [platform, contrib]
extensions: [pg_cron, pg_repack, wal2json]
recommends: exclude
missing: error
`;

/** A bundle for EL 9 out of the packages made here, built by pgark of this tree as an operator builds it, once in a run. */
export async function elBundle(): Promise<Built> {
  const progress = report(inLines);
  return builtIn(await ofRun('slim-el9', (folder) => buildInto(folder, progress)), progress);
}

async function buildInto(folder: string, progress: Progress): Promise<void> {
  const beside = await mkdtemp(join(tmpdir(), 'pgark-el-bundle-'));
  const mirror = await elMirror(await elPackages(), beside);
  try {
    const key = await throwawayKey(progress);
    const manifest = join(beside, 'slim.yml');
    await writeFile(manifest, slim);
    // A store of its own: what these addresses serve is not what they serve to others.
    await pgark(['build', manifest, '--target', 'el9.x86_64', '--out', folder, '--key', key.file, '--mirrors', mirror.mirrors, '--store', join(beside, 'store')], progress);
  } finally {
    await mirror.close();
    await rm(beside, { recursive: true, force: true });
  }
}
