import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lock } from '../../builder/lock/lock.ts';
import { writeLock } from '../../builder/lock/read.ts';
import { readCatalog } from '../../builder/manifest/catalog.ts';
import { carriersOf } from '../../builder/manifest/extension.ts';
import { manifestOf } from '../../builder/manifest/manifest.ts';
import { findTarget } from '../../builder/manifest/platform.ts';
import { ownManifests } from '../../builder/manifest/files.ts';
import { writeYaml } from '../../repo/core/document.ts';
import { openLocker, type Locker } from '../support/mirror/locker.ts';
import { makeMirror, type MadeMirror } from '../support/mirror/mirror.ts';
import { faultsIn } from './closed.ts';
import { differencesOf, explainedDifferences, matrixCells, matrixFile, unexplainedIn } from './matrix.ts';

const full = join(ownManifests, 'bundles', 'full.yml');
const catalog = await readCatalog(ownManifests);
const platforms = catalog.targets.map((target) => target.code).filter((code) => !code.startsWith('d11.'));

let mirror: MadeMirror;
let locker: Locker;
let folder: string;
const locks = new Map<string, Lock>();

beforeAll(async () => {
  mirror = await makeMirror(catalog);
  locker = await openLocker(mirror, catalog);
  folder = await mkdtemp(join(tmpdir(), 'pgark-catalog-'));
});

afterAll(async () => {
  await locker.close();
  await mirror.close();
  await rm(folder, { recursive: true });
});

describe('over a mirror made of the manifests, the bundle full is locked for every PostgreSQL', () => {
  test.each(platforms)('on %s, with a proof of each root that holds without the solver', async (code) => {
    const { bundle } = await locker.given(full);
    const { wanted, absent } = manifestOf(bundle, locker.catalog, findTarget(catalog.targets, code));

    const lock = await locker.lock(full, code);

    locks.set(code, lock);
    expect(lock.pg).toEqual(['14', '15', '16', '17', '18']);
    expect(lock.roots.map((root) => root.package)).toEqual(wanted.map((each) => each.package).toSorted());
    expect(lock.missing).toHaveLength(absent.length);
    expect(faultsIn(lock)).toEqual([]);
  });

  test.each(platforms)('on %s, with every kernel-bound extension, which excludes nothing', async (code) => {
    const lock = await lockedFor(code);
    const target = findTarget(catalog.targets, code);
    const bound = Object.values(catalog.extensions).filter((extension) => extension.kernel !== undefined);

    const packages = new Set(lock.pg.flatMap((pg) => bound.flatMap((extension) => carriersOf(extension, target, pg).map((carrier) => carrier.package))));

    const roots = lock.roots.filter((root) => packages.has(root.package));
    expect(packages.size).toBeGreaterThan(5);
    expect(roots.map((root) => root.package)).toEqual([...packages].sort());
    expect(roots.flatMap((root) => root.conflicts)).toEqual([]);
  });

  test('by the command itself for all targets at once, to the same bytes', async () => {
    const { stdout } = await promisify(execFile)(
      join(import.meta.dirname, '..', '..', 'pgark'),
      ['lock', full, '--target', 'all', '--out', folder, '--json', ...mirror.options],
      { env: { ...process.env, XDG_CACHE_HOME: folder }, maxBuffer: 1 << 24 },
    );

    const written = (await readdir(folder)).filter((name) => name.endsWith('.lock.json'));
    expect(stdout).toContain('full.el10.aarch64.lock.json');
    expect(written.sort()).toEqual(platforms.map((code) => `full.${code}.lock.json`).sort());
    for (const code of platforms) expect(await readFile(join(folder, `full.${code}.lock.json`), 'utf8') === writeLock(await lockedFor(code)), code).toBe(true);
  });
});

describe('over a mirror made of the manifests, PostgreSQL 13', () => {
  test.each(['d11.x86_64', 'd11.aarch64'])('is locked with all its extensions on %s', async (code) => {
    const bundle = join(folder, 'thirteen.yml');
    await writeFile(bundle, writeYaml({ name: 'thirteen', version: '1.0', about: 'The oldest', sources: ['debian'], targets: ['d11'], pg: ['13'], groups: ['platform'], extensions: 'all' }));

    const lock = await locker.lock(bundle, code);

    expect(lock.pg).toEqual(['13']);
    expect(lock.roots.filter((root) => root.kind === 'extension').length).toBeGreaterThan(30);
    expect(faultsIn(lock)).toEqual([]);
  });
});

describe.skipIf(matrixFile === undefined)(`what is locked agrees with the published matrix${matrixFile === undefined ? ' (skipped: ../shared/catalog/matrix.csv is not there)' : ''}`, () => {
  test('cell by cell: state, package, source and version, but for what is listed and explained', async () => {
    const cells = await matrixCells(matrixFile!);
    const differences = [];
    for (const code of platforms) differences.push(...differencesOf(cells.filter((cell) => cell.target === code), await lockedFor(code), locker.catalog));

    const open = unexplainedIn(differences, await explainedDifferences());

    expect(cells).toHaveLength(32_800);
    expect(new Set(cells.map((cell) => cell.target))).toEqual(new Set(platforms));
    expect(open).toEqual([]);
  });
});

describe('what judges here', () => {
  test('finds what is taken out of a proof, and what is put into it that excludes something there', async () => {
    const lock = await lockedFor('d12.x86_64');
    const placeOf = (name: string): number => lock.packages.findIndex((item) => item.name === name);
    const change = (root: string, proof: (places: readonly number[]) => number[]): Lock => ({ ...lock, roots: lock.roots.map((each) => (each.package === root ? { ...each, proof: proof(each.proof) } : each)) });
    const [rival] = lock.rivalries.find((each) => each.rivals.length === 1)!.rivals;

    const lacking = faultsIn(change('postgresql-17-pgvector', (places) => places.filter((place) => place !== placeOf('postgresql-17'))));
    const torn = faultsIn(change(lock.rivalries.find((each) => each.rivals[0] === rival)!.root, (places) => [...places, placeOf(rival!)]));

    expect(lacking).toEqual(['postgresql-17-pgvector: postgresql-17-pgvector lacks postgresql-17']);
    expect(torn.join()).toMatch(/ excludes /);
  });

  test('tells a difference that nobody has explained, and an explanation of none', () => {
    const open = unexplainedIn(['a differs', 'b differs'], ['b differs', 'c differs']);

    expect(open).toEqual(['a differs', 'c differs: agrees by now, its explanation can go']);
  });
});

async function lockedFor(code: string): Promise<Lock> {
  const lock = locks.get(code) ?? (await locker.lock(full, code));
  locks.set(code, lock);
  return lock;
}
