import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { catalogCheck } from '../../../builder/command/catalog-check.ts';
import { catalogUpdate } from '../../../builder/command/catalog-update.ts';
import { readCatalog } from '../../../builder/manifest/catalog.ts';
import { runProgram } from '../../../repo/console/run.ts';
import { capture } from '../../support/capture.ts';
import { debs, makeWorld, rpms, type World } from '../../support/checked.ts';

let world: World;

beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.close());

describe('pgark catalog update', () => {
  test('proposes nothing where the rows are right, and writes nothing unless told', async () => {
    const { code, stdout } = await update();

    expect([code, stdout]).toEqual([0, 'every row that was looked at says what its source has\n']);
    expect(await readdir(world.manifests)).not.toContain('observed');
  });

  test('shows new versions as a diff of single lines, whose comments stay', async () => {
    await world.publishDeb({ ...debs, 'postgresql-15-moving': '2.0.1-1', tool: '3.2-1' });
    await world.publishRpm({ ...rpms, moving_16: '2.1-1.el9', moving_17: '2.1-1.el9' });

    const { stdout } = await update();

    expect(stdout).toBe(`--- a/manifests/components/test.yml
+++ b/manifests/components/test.yml
@@ -12,4 +12,4 @@
     about: A tool
     deb: [tool]
     published:
-      - { on: [d12], from: apt, version: '3.1' }
+      - { on: [d12], from: apt, version: '3.2' }
--- a/manifests/extensions/test.yml
+++ b/manifests/extensions/test.yml
@@ -20,8 +20,8 @@
     deb: 'postgresql-{pg}-moving'
     rpm: 'moving_{pg}'
     published:
-      - el9 yum 16-17 2.0   # a comment that stays
-      - d12 apt 15 2.0
+      - el9 yum 16-17 2.1   # a comment that stays
+      - d12 apt 15 2.0.1
 
   coming:
     about: Published nowhere yet
`);
  });

  test('parts a row where its majors come to differ', async () => {
    await world.publishRpm({ ...rpms, moving_17: '2.1-1.el9' });

    const { added, removed } = await changes();

    expect(removed).toEqual(['      - el9 yum 16-17 2.0   # a comment that stays']);
    expect(added).toEqual(['      - el9 yum 16 2.0   # a comment that stays', '      - el9 yum 17 2.1   # a comment that stays']);
  });

  test('parts a row where its architectures come to differ, and only as far as was looked at', async () => {
    await world.publishDeb({ ...debs, 'postgresql-15-moving': '2.1-1' });

    const { added } = await changes('--target', 'd12.aarch64');

    expect(added).toEqual(['      - d12.x86_64 apt 15 2.0', '      - d12.aarch64 apt 15 2.1']);
  });

  test('leaves a gap where a package vanished, and keeps the extension', async () => {
    const { 'postgresql-15-moving': _, ...rest } = debs;
    await world.publishDeb(rest);
    await world.publishRpm({ stable_16: '1.2-1.el9', stable_17: '1.2-1.el9' });

    const { added, removed } = await changes();

    expect(removed).toEqual(['    published:', '      - el9 yum 16-17 2.0   # a comment that stays', '      - d12 apt 15 2.0']);
    expect(added).toEqual(['    gaps:', '      - el9 16-17', '      - d12 15']);
  });

  test('fills gaps and widens rows', async () => {
    await world.publishDeb({ ...debs, 'postgresql-15-coming': '0.1-1', 'postgresql-16-coming': '0.1-1', 'postgresql-16-stable': '1.2+dfsg-1' });

    const { added, removed } = await changes();

    expect(removed).toEqual(['      - d12 apt 15 1.2+dfsg   # a comment', '      - d12 15-16']);
    expect(added).toEqual(['      - d12 apt 15-16 1.2+dfsg   # a comment', '    published:', '      - d12 apt 15-16 0.1']);
  });

  test('names a package by its new name where one alone takes its place, and asks where several might', async () => {
    const { 'postgresql-15-stable': _, tool: __, ...rest } = debs;
    await world.publishDeb({ ...rest, 'postgresql-15-steady': { Version: '1.3-1', Provides: 'postgresql-15-stable' }, 'tool-a': { Version: '1', Replaces: 'tool' }, 'tool-b': { Version: '1', Replaces: 'tool' } });

    const { added, open } = await changes();

    expect(added).toEqual(['      - d12 apt 15 1.3 postgresql-{pg}-steady   # a comment']);
    expect(open).toContain('tool on d12 from apt: tool is gone; there is tool-a, tool-b');
  });

  test('with --write makes the manifests and the sources agree, and records signers and dependencies', async () => {
    const { 'postgresql-15-stable': _, ...rest } = debs;
    await world.publishDeb({ ...rest, 'postgresql-15-moving': '2.0.1-1', 'postgresql-15-coming': '0.1-1' });
    await world.publishRpm({ ...rpms, moving_17: '2.1-1.el9', coming_17: '1.0-1.el9' });

    await run('--write');

    await readCatalog(world.manifests);
    const { code, stdout } = await check('--detailed-exitcode');
    const { stdout: again } = await update();
    expect([code, again]).toEqual([0, 'every row that was looked at says what its source has\n']);
    expect(stdout).toContain('0 errors, 0 changes');
    expect(JSON.parse(await world.read('observed/apt.d12.json'))).toEqual({
      source: 'apt',
      release: 'd12',
      signers: { bookworm: world.keys[0].fingerprint },
      needs: { 'postgresql-15': 'libc6 libpq5', 'postgresql-15-coming': '', 'postgresql-15-moving': '', tool: '' },
    });
    expect(await world.read('extensions/test.yml')).toContain('  # What does not change.\n');
  });

  test('writes the same record twice, whatever was looked at first', async () => {
    await run('--write', '--target', 'd12.aarch64');
    const half = await world.read('observed/apt.d12.json');
    await run('--write');
    const whole = await world.read('observed/apt.d12.json');

    await run('--write', '--target', 'd12.x86_64');

    expect(half).toContain('"aarch64"');
    expect(whole).not.toContain('"aarch64"');
    expect(await world.read('observed/apt.d12.json')).toBe(whole);
  });

  test('does not touch rows of a source that cannot be reached', async () => {
    const { code, stdout } = await run('--source', 'apt', '--mirror', 'apt=http://127.0.0.1:9');

    expect([code, stdout]).toEqual([5, 'no source could be read\n']);
  });

  test('writes nothing that it has from a mirror with keys of its own', async () => {
    const { code } = await run('--write', '--mirrors', 'mirrors.yml');

    expect(code).toBe(2);
  });

  test('asks where rows do not stand in lines of their own', async () => {
    const text = await world.read('components/test.yml');
    await writeFile(join(world.manifests, 'components/test.yml'), text.replace("    published:\n      - { on: [d12], from: apt, version: '3.1' }", "    published: [{ on: [d12], from: apt, version: '3.1' }]"));
    await world.publishDeb({ ...debs, tool: '3.2-1' });

    const { added, open } = await changes();

    expect(added).toEqual([]);
    expect(open).toEqual(['tool in components/test.yml: its rows do not stand in lines of their own, and are not edited']);
  });
});

async function changes(...argv: string[]): Promise<{ added: string[]; removed: string[]; open: string[] }> {
  const { stdout } = await run('--json', ...argv);
  const { diff, open } = JSON.parse(stdout) as { diff: string; open: string[] };
  const lines = (mark: string): string[] => diff.split('\n').filter((line) => line.startsWith(mark) && !line.startsWith(mark.repeat(3))).map((line) => line.slice(1));
  return { added: lines('+'), removed: lines('-'), open };
}

const update = (): Promise<{ code: number; stdout: string }> => run();
const run = (...argv: string[]): Promise<{ code: number; stdout: string }> => runCommand(catalogUpdate.name, argv);
const check = (...argv: string[]): Promise<{ code: number; stdout: string }> => runCommand(catalogCheck.name, argv);

async function runCommand(name: string, argv: readonly string[]): Promise<{ code: number; stdout: string }> {
  const { result, stdout } = await capture(() => runProgram({ name: 'pgark', version: '0', about: 'x', commands: [catalogCheck, catalogUpdate] }, [...name.split(' '), ...world.options, ...argv]));
  return { code: result, stdout };
}
