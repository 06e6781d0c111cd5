import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Lock } from '../../builder/lock/lock.ts';
import { releaseFor, type Catalog } from '../../builder/manifest/catalog.ts';
import { carriersOf } from '../../builder/manifest/extension.ts';
import { findTarget } from '../../builder/manifest/platform.ts';
import { readDocument } from '../../repo/core/document.ts';
import { versionOf } from '../support/mirror/revision.ts';

/** What was really published for one extension package on one platform under one major. */
export interface Cell {
  target: string;
  pg: string;
  group: string;
  package: string;
  state: string;
  repo: string;
  version: string;
}

/** One thing in which a lock says otherwise than a cell: `d12.x86_64 17 pgvector: source PGDG, locked debian`. */
export type Difference = string;

const path = join(import.meta.dirname, '..', '..', '..', 'shared', 'catalog', 'matrix.csv');

/** The facts about what was published; they are no part of the project. */
export const matrixFile: string | undefined = existsSync(path) ? path : undefined;

export async function matrixCells(file: string): Promise<Cell[]> {
  const [, ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => {
    const [target, pg, group, name, state, repo, version] = line.split(',') as [string, string, string, string, string, string, string];
    return { target, pg, group, package: name, state, repo, version };
  });
}

/** Holds the cells of one target against its lock. The manifests say which package a group has; the lock, what became of it. */
export function differencesOf(cells: readonly Cell[], lock: Lock, catalog: Catalog): Difference[] {
  const locked = lockedIn(lock, catalog);
  return cells.flatMap((cell) => {
    const found = locked(cell);
    const tell = (what: keyof Cell, ours: string): Difference[] => (cell[what] === ours ? [] : [`${cell.target} ${cell.pg} ${cell.group}: ${what} ${cell[what]}, locked ${ours}`]);
    if (found.state !== 'available' || cell.state !== 'available') return tell('state', found.state);
    return [...tell('package', found.package), ...tell('repo', found.repo), ...tell('version', found.version)];
  });
}

type Found = { state: 'available'; package: string; repo: string; version: string } | { state: 'missing' | 'not_applicable' };

/** A package that two extensions share, or all majors, is one root, which bears the name of the first that asks for it. */
function lockedIn(lock: Lock, catalog: Catalog): (cell: Cell) => Found {
  const target = findTarget(catalog.targets, lock.target.code);
  const roots = new Map(lock.roots.map((root) => [root.package, root]));
  const packages = new Map(lock.packages.map((item) => [`${item.name} ${item.version}`, item]));
  const missing = new Set(lock.missing.map((each) => `${each.name} ${each.pg}`));
  return ({ group, pg, version }) => {
    // Three groups of the matrix have no package of their own anywhere, and are no extensions of their own here.
    const extension = catalog.extensions[group];
    const carriers = extension ? carriersOf(extension, target, pg).map((carrier) => carrier.package) : [];
    const root = carriers.map((each) => roots.get(each)).find((each) => each !== undefined);
    if (!root) return { state: missing.has(`${group} ${pg}`) ? 'missing' : 'not_applicable' };
    const source = packages.get(`${root.package} ${root.version}`)!.source.split('/', 1)[0]!;
    const same = root.version === versionOf(version, source, releaseFor(catalog, target));
    return { state: 'available', package: root.package, repo: repositories[source] ?? source, version: same ? version : root.version };
  };
}

/** As the matrix calls the sources. */
const repositories: Readonly<Record<string, string>> = { pgdg: 'PGDG', 'pgdg-nonfree': 'PGDG', 'pigsty-pgsql': 'PIGSTY' };

/** matrix-differences.yml: what may differ, and why. */
const Explained = z.strictObject({ differences: z.array(z.strictObject({ because: z.string().min(20), cells: z.array(z.string()).min(1) })) });

export async function explainedDifferences(file = join(import.meta.dirname, 'matrix-differences.yml')): Promise<Difference[]> {
  return readDocument(Explained, await readFile(file, 'utf8'), file).differences.flatMap((each) => each.cells);
}

/** New differences, and those listed that differ no longer. */
export function unexplainedIn(differences: readonly Difference[], explained: readonly Difference[]): Difference[] {
  const [found, listed] = [new Set(differences), new Set(explained)];
  const stale = explained.filter((each) => !found.has(each)).map((each) => `${each}: agrees by now, its explanation can go`);
  return [...differences.filter((each) => !listed.has(each)), ...stale];
}
