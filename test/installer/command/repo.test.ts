import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listBundles, readBundles, rollBack, type BundlePlaces } from '../../../installer/command/rollback.ts';
import { listSetAside, readRestored, readSetAside, refreshing, restoreSetAside } from '../../../installer/command/set-aside.ts';
import type { Command, Completed } from '../../../installer/transport/command.ts';
import { rootShell } from '../../../installer/transport/root.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'pgark-repo-'))));
afterEach(async () => rm(folder, { recursive: true }));

const run = async (command: Command): Promise<Completed> => (await rootShell('here', { argv: ['env', '-i', 'sh', '-s'] }).run([command]))[0]!;

describe('sources that were set aside', () => {
  const aside = () => join(folder, 'aside');
  const etc = (name: string) => join(folder, 'etc', name);

  async function setAside(...rows: (readonly [stored: string, original: string, content: string])[]): Promise<void> {
    await mkdir(aside(), { recursive: true });
    for (const [stored, , content] of rows) await writeFile(join(aside(), stored), content);
    await writeFile(join(aside(), 'manifest'), rows.map(([stored, original]) => `${join(aside(), stored)} ${etc(original)}\n`).join(''));
  }

  test('come back to where they were, and are forgotten', async () => {
    await setAside(['a', 'sources.list', 'deb a\n'], ['b', 'sources.list.d/b.sources', 'Types: deb\n']);
    const listed = readSetAside(await run(listSetAside(aside())));

    const result = readRestored(await run(restoreSetAside(aside())));

    expect(listed).toEqual([etc('sources.list.d/b.sources'), etc('sources.list')]);
    expect(result).toEqual({ restored: listed, occupied: [] });
    expect(await readFile(etc('sources.list'), 'utf8')).toBe('deb a\n');
    expect(await readdir(aside())).toEqual([]);
  });

  test('come back once: the newest of several from one place, the others stay aside', async () => {
    await setAside(['a', 'sources.list', 'old\n'], ['a.1', 'sources.list', 'new\n']);

    const result = readRestored(await run(restoreSetAside(aside())));

    expect(result).toEqual({ restored: [etc('sources.list')], occupied: [etc('sources.list')] });
    expect(await readFile(etc('sources.list'), 'utf8')).toBe('new\n');
    expect(await readFile(join(aside(), 'manifest'), 'utf8')).toBe(`${join(aside(), 'a')} ${etc('sources.list')}\n`);
  });

  test('never replace what somebody has put there since', async () => {
    await setAside(['a', 'sources.list', 'old\n']);
    await mkdir(join(folder, 'etc'));
    await writeFile(etc('sources.list'), 'mine\n');

    const result = readRestored(await run(restoreSetAside(aside())));

    expect(result).toEqual({ restored: [], occupied: [etc('sources.list')] });
    expect(await readFile(etc('sources.list'), 'utf8')).toBe('mine\n');
  });

  test('are read again by whose they are', () => {
    expect(refreshing({ restored: ['/etc/yum.repos.d/_copr:x.repo'], occupied: [] })).toBe('dnf makecache');
    expect(refreshing({ restored: ['/etc/apt/sources.list', '/etc/apt/sources.list.d/b.sources'], occupied: [] })).toBe('apt-get update');
  });

  test('may be none', async () => {
    expect(readRestored(await run(restoreSetAside(aside())))).toEqual({ restored: [], occupied: [] });
    expect(readSetAside(await run(listSetAside(aside())))).toEqual([]);
  });
});

describe('going back to the previous bundle', () => {
  const places = (): BundlePlaces => ({
    repository: join(folder, 'www/pgark'),
    repositories: join(folder, 'www/.pgark'),
    home: join(folder, 'opt/pgark'),
    keyring: join(folder, 'keyring.gpg'),
    sourceList: join(folder, 'none.sources'),
    yumFile: join(folder, 'none.repo'),
  });

  async function bootstrapped(names: readonly string[], current: string, previous?: string): Promise<void> {
    for (const name of names) {
      await mkdir(join(folder, 'www/.pgark', name), { recursive: true });
      await mkdir(join(folder, 'opt/.pgark', name), { recursive: true });
      await writeFile(join(folder, 'opt/.pgark', name, 'keyring.gpg'), `key of ${name}`);
    }
    for (const room of ['www', 'opt']) {
      await symlink(`.pgark/${current}`, join(folder, room, 'pgark'));
      if (previous) await symlink(previous, join(folder, room, '.pgark/previous'));
    }
  }

  test('puts its repository, its programs and its key in use; twice comes back', async () => {
    await bootstrapped(['new', 'old'], 'new', 'old');

    const once = await run(rollBack(places()));
    const after = readBundles(await run(listBundles(places())));
    const links = await Promise.all(['www/pgark', 'opt/pgark', 'www/.pgark/previous'].map((path) => readlink(join(folder, path))));
    const key = await readFile(join(folder, 'keyring.gpg'), 'utf8');
    await run(rollBack(places()));

    expect(once.code).toBe(0);
    expect(after).toEqual({ current: 'old', previous: 'new' });
    expect(links).toEqual(['.pgark/old', '.pgark/old', 'new']);
    expect(key).toBe('key of old');
    expect(readBundles(await run(listBundles(places())))).toEqual({ current: 'new', previous: 'old' });
  });

  test('is refused where there is none, and nothing moves', async () => {
    await bootstrapped(['new'], 'new');

    const done = await run(rollBack(places()));

    expect(done).toMatchObject({ code: 1, stderr: 'there is no previous bundle\n' });
    expect(await readlink(join(folder, 'opt/pgark'))).toBe('.pgark/new');
    await expect(lstat(join(folder, 'keyring.gpg'))).rejects.toThrow('ENOENT');
  });

  test('is refused where it is not whole', async () => {
    await bootstrapped(['new', 'old'], 'new', 'old');
    await rm(join(folder, 'www/.pgark/old'), { recursive: true });

    const done = await run(rollBack(places()));

    expect(done).toMatchObject({ code: 1, stderr: 'old is not whole\n' });
  });
});
