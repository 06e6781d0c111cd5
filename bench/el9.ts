import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { families } from '../builder/family.ts';
import type { Setting } from '../builder/solve/universe.ts';
import { decompressing } from '../repo/core/compression.ts';
import type { Package } from '../repo/package/package.ts';
import { streamPrimary } from '../repo/rpm/primary.ts';
import { RelationReader } from '../repo/rpm/relation.ts';

/** The repodata of CentOS Stream 9 that lies beside the project, or where PGARK_EL9 says. */
const corpus = process.env['PGARK_EL9'] ?? join(import.meta.dirname, '../../shared/corpus/el9');

export const repositories = ['appstream', 'baseos'] as const;

export const setting: Setting = { arch: 'x86_64', ...families.rpm, sources: repositories };

/** The packed primary.xml of a repository. */
export function primaryOf(repository: (typeof repositories)[number]): string {
  const folder = join(corpus, repository, 'repodata');
  if (!existsSync(folder)) throw new Error(`there is no repodata of CentOS Stream 9 in ${corpus}; PGARK_EL9 names another folder`);
  return join(folder, readdirSync(folder).find((name) => name.endsWith('primary.xml.gz'))!);
}

/** All packages for x86_64, streamed. */
export async function readPackages(): Promise<Package[]> {
  const relations = new RelationReader();
  const lists: Package[][] = [];
  for (const source of repositories) {
    const packed = readFileSync(primaryOf(source));
    lists.push(await streamPrimary(decompressing(packed, 'gz', most, source), () => gunzipSync(packed), { source, priority: 99 }, relations));
  }
  return lists.flat().filter((item) => item.arch === 'x86_64' || item.arch === 'noarch');
}

const most = 1 << 29;

/** Figures of a busy machine say less. */
export const load = (): string => `load of the machine ${loadavg()[0]!.toFixed(1)} on ${cpus().length} processors`;
