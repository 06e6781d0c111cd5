import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { lock } from '../../../builder/command/lock.ts';
import { readCatalog } from '../../../builder/manifest/catalog.ts';
import { ownManifests } from '../../../builder/manifest/files.ts';
import { runProgram } from '../../../repo/console/run.ts';
import { madeKey } from '../../support/archive.ts';
import { capture } from '../../support/capture.ts';
import type { Entry } from '../../support/mirror/entry.ts';
import { makeMirror, type MadeMirror } from '../../support/mirror/mirror.ts';
import type { MadePlace } from '../../support/mirror/world.ts';

// Waiting between attempts is held in test/builder/source/fetch.test.ts.
vi.mock('node:timers/promises', () => ({ setTimeout: async () => {} }));

const catalog = await readCatalog(ownManifests);
const families = [
  { code: 'd12.x86_64', suite: 'pgdg/bookworm-pgdg', folder: 'pgdg-apt/dists/bookworm-pgdg/', index: /main\/binary-amd64\/by-hash\/SHA256\/\w+$/, vector: 'postgresql-17-pgvector' },
  { code: 'el9.x86_64', suite: 'pgdg/pgdg17', folder: 'pgdg-yum/17/', index: /-primary\.xml\.gz$/, vector: 'pgvector_17' },
] as const;

const text = `name: small
version: '1.0'
about: A server and an extension
sources: [debian, rocky, pgdg, pigsty-pgsql]
targets: [d12.x86_64, el9.x86_64]
pg: ['17']
groups: [pgsql-core]
extensions:
  - pgvector
`;

let mirror: MadeMirror;

afterEach(() => mirror.close());

describe.each(families)('pgark lock for $code', ({ code, suite, folder, index, vector }) => {
  test('writes a lock when all is well', async () => {
    await open();

    const { exit, locks } = await lockOf(text);

    expect(exit).toBe(0);
    expect(locks).toEqual([`small.${code}.lock.json`]);
  });

  test('writes none, and names a source that is signed with another key than the pinned one, and the line that asks for it', async () => {
    await open();
    const other = await madeKey('somebody else');
    await writeFile(join(mirror.folder, 'mirror.asc'), other.armoured);

    const { exit, stderr, locks } = await lockOf(text);

    expect(exit).toBe(6);
    expect(stderr).toMatch(/bundle\.yml:4:\d+ {2}\S+ is not signed by a trusted key/);
    expect(locks).toEqual([]);
  });

  test('writes none, and names a package that is in no source, and the line that asks for it', async () => {
    await open();

    const { exit, stderr, locks } = await lockOf(`${text}packages: [no-such-thing]\n`);

    expect(exit).toBe(4);
    expect(stderr).toMatch(/bundle\.yml:10:12 {2}no-such-thing: nothing offers no-such-thing/);
    expect(locks).toEqual([]);
  });

  test('writes none, and names an extension that the platform lacks, and the line that asks for it', async () => {
    await open();
    const absent = code.startsWith('d') ? 'db2_fdw' : 'debversion';

    const { exit, stderr, locks } = await lockOf(`${text}  - ${absent}\n`);

    expect(exit).toBe(4);
    expect(stderr).toContain(`bundle.yml:10:5  ${absent}: no package is known for it on ${code} for PostgreSQL 17`);
    expect(locks).toEqual([]);
  });

  test('writes none, and names two sources that have a package at the same version with different contents, and the line that asks for it', async () => {
    await open((world) => twice(world, vector));

    const { exit, stderr, locks } = await lockOf(text);

    expect(exit).toBe(6);
    expect(stderr).toMatch(new RegExp(`${vector} 0\\.8\\.\\d+-1\\S* \\w+: `));
    expect(stderr).toContain(`${suite} has `);
    expect(stderr).toContain('pigsty-pgsql/');
    expect(stderr).toMatch(/bundle\.yml:9:5 asks for/);
    expect(locks).toEqual([]);
  });

  test('writes none, and names a mirror that cannot be reached, and the line that asks for its source', async () => {
    await open();
    mirror.server.meddle = (path, request) => path.startsWith(folder) && Boolean(request.socket.destroy());

    const { exit, stderr, locks } = await lockOf(text);

    expect(exit).toBe(5);
    expect(stderr).toMatch(new RegExp(`bundle\\.yml:4:26  ${suite}: http://127\\.0\\.0\\.1:\\d+/${folder}\\S+ cannot be fetched`));
    expect(locks).toEqual([]);
  });

  test('writes none, and names a mirror that has another size than the signed index says, and the line that asks for its source', async () => {
    await open();
    const [path, content] = [...mirror.files].find(([each]) => each.startsWith(folder) && index.test(each))!;
    mirror.files.set(path, Buffer.concat([content, Buffer.from('more')]));

    const { exit, stderr, locks } = await lockOf(text);

    expect(exit).toBe(6);
    expect(stderr).toMatch(new RegExp(`bundle\\.yml:4:26 .* is not what the signed index of ${suite} names: the server has ${content.length + 4} bytes`));
    expect(locks).toEqual([]);
  });

  async function open(change?: (world: readonly MadePlace[]) => void): Promise<void> {
    mirror = await makeMirror(catalog, catalog.targets.filter((target) => target.code === code), change);
  }

  async function lockOf(bundle: string): Promise<{ exit: number; stderr: string; locks: string[] }> {
    const file = join(mirror.folder, 'bundle.yml');
    await writeFile(file, bundle);
    const program = { name: 'pgark', version: '0', about: '', commands: [lock] };
    const { result, stderr } = await capture(() => runProgram(program, ['lock', file, '--target', code, '--out', mirror.folder, ...mirror.options]));
    return { exit: result, stderr, locks: (await readdir(mirror.folder)).filter((name) => name.endsWith('.lock.json')) };
  }
});

/** Puts what PGDG has under a name into a repository of Pigsty as well, with another content. */
function twice(world: readonly MadePlace[], name: string): void {
  const [from, to] = [/^pgdg/, /^pigsty$/].map((archive) => world.filter(({ place }) => archive.test(place.archive)));
  const found = from!.flatMap(({ entries }) => [...entries].flatMap(([arch, packages]): [string, Entry][] => (packages.has(name) ? [[arch, packages.get(name)!]] : [])));
  for (const [arch, entry] of found) for (const { place, entries } of to!) if (/pgsql/.test(place.path)) entries.get(arch)!.set(name, { ...entry, content: 'something else\n' });
}
