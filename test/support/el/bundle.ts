import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inLines, report } from '../../../repo/console/report.ts';
import { pgark, throwawayKey, type Built } from '../../../vagrant/bundle.ts';
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

/** A bundle for EL 9 out of the packages made here, built by pgark of this tree as an operator builds it. `discard` removes it. */
export async function elBundle(): Promise<Built & { discard(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'pgark-el-bundle-'));
  const mirror = await elMirror(await elPackages(), folder);
  try {
    const key = await throwawayKey(report(inLines));
    const manifest = join(folder, 'slim.yml');
    await writeFile(manifest, slim);
    // A store of its own: what these addresses serve is not what they serve to others.
    await pgark(['build', manifest, '--target', 'el9.x86_64', '--out', folder, '--key', key.file, '--mirrors', mirror.mirrors, '--store', join(folder, 'store')], report(inLines));
    await rm(join(folder, 'store'), { recursive: true });
    const tar = (await readdir(folder)).find((file) => file.endsWith('.tar'))!;
    return { tar: join(folder, tar), bootstrap: join(folder, 'bootstrap'), fingerprint: key.fingerprint, discard: () => rm(folder, { recursive: true, force: true }) };
  } finally {
    await mirror.close();
  }
}
