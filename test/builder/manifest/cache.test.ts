import { chmod, chown, cp, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recallCatalog } from '../../../builder/manifest/cache.ts';
import { readCatalog, type Catalog } from '../../../builder/manifest/catalog.ts';
import { ownManifests } from '../../../builder/manifest/files.ts';
import { digestOf } from '../../../repo/core/digest.ts';
import { writeSmall } from '../command/ext/small.ts';

let folder: string;
let manifests: string;
let cache: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-cache-'));
  manifests = join(folder, 'manifests');
  cache = join(folder, 'catalog');
  await writeSmall(manifests);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const files = async (): Promise<string[]> => (await readdir(cache)).map((name) => join(cache, name));

/** Puts something into the cache that reading the manifests would not give, digest and all. */
async function forge(path: string): Promise<void> {
  const body = JSON.stringify({ ...(JSON.parse((await readFile(path, 'utf8')).split('\n')[1]!) as Catalog), groups: {} });
  await writeFile(path, `${digestOf(body)}\n${body}`);
}

const isForged = async (): Promise<boolean> => Object.keys((await recallCatalog(manifests, cache)).groups).length === 0;

test('what was kept is what reading the manifests gives, to the last key', async () => {
  const read = await readCatalog(ownManifests);

  const first = await recallCatalog(ownManifests, cache);
  const second = await recallCatalog(ownManifests, cache);

  expect(first).toStrictEqual(read);
  expect(second).toStrictEqual(read);
  expect(await files()).toHaveLength(1);
});

test('the manifests are not read again while they are the same', async () => {
  await recallCatalog(manifests, cache);
  await forge((await files())[0]!);

  expect(await isForged()).toBe(true);
});

describe('the manifests are read again', () => {
  beforeEach(async () => {
    await recallCatalog(manifests, cache);
    await forge((await files())[0]!);
  });

  test.each(['distros.yml', 'groups.yml', 'sources/debian.yml', 'components/pgsql.yml', 'extensions/gis.yml'])('when %s has changed', async (name) => {
    await writeFile(join(manifests, name), `${await readFile(join(manifests, name), 'utf8')}# more\n`);

    expect(await isForged()).toBe(false);
  });

  test('when a key has changed, or one was added', async () => {
    const [name] = await readdir(join(manifests, 'keys'));

    await cp(join(manifests, 'keys', name!), join(manifests, 'keys', `${'B'.repeat(40)}.asc`));

    expect((await recallCatalog(manifests, cache)).keys['B'.repeat(40)]).toBeDefined();
    expect(await isForged()).toBe(false);
  });

  test('when a manifest was renamed', async () => {
    await cp(join(manifests, 'extensions/gis.yml'), join(manifests, 'extensions/maps.yml'));
    await rm(join(manifests, 'extensions/gis.yml'));

    expect(await isForged()).toBe(false);
  });

  test('when the cache is damaged or cut short, and then it is whole again', async () => {
    const [path] = await files();
    const text = await readFile(path!, 'utf8');

    for (const damaged of ['', '{}', text.slice(0, -10), text.replace('"releases"', '"Releases"'), `\n${text}`]) {
      await writeFile(path!, damaged);
      expect(await isForged()).toBe(false);
    }
    expect(await recallCatalog(manifests, cache)).toStrictEqual(await readCatalog(manifests));
  });

  test.each(['660', '602', '666'])('when others may write the cache (mode %s)', async (mode) => {
    await chmod((await files())[0]!, Number.parseInt(mode, 8));

    expect(await isForged()).toBe(false);
  });

  test('when others may write its folder, and nothing is written there', async () => {
    const [path] = await files();
    const before = (await stat(path!)).mtimeMs;
    await chmod(cache, 0o777);

    expect(await isForged()).toBe(false);
    expect((await stat(path!)).mtimeMs).toBe(before);
  });

  test('when the cache is a link to somewhere else', async () => {
    const [path] = await files();
    await cp(path!, join(folder, 'elsewhere.json'));
    await rm(path!);
    await symlink(join(folder, 'elsewhere.json'), path!);

    expect(await isForged()).toBe(false);
  });

  test.runIf(process.geteuid?.() === 0)('when the cache belongs to somebody else', async () => {
    await chown((await files())[0]!, 65534, 65534);

    expect(await isForged()).toBe(false);
  });
});

test('manifests with a mistake leave nothing in the cache, and are refused every time', async () => {
  await writeFile(join(manifests, 'extensions/gis.yml'), 'category: gis\nabuot: x\n');

  await expect(recallCatalog(manifests, cache)).rejects.toThrow('not valid');
  await expect(recallCatalog(manifests, cache)).rejects.toThrow('not valid');
  await expect(stat(cache)).rejects.toThrow('ENOENT');
});

test('the cache is private, whatever the umask made of the folders above it', async () => {
  await chmod(folder, 0o775);

  await recallCatalog(manifests, join(cache, 'inner'));

  expect((await stat(join(cache, 'inner'))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(cache, 'inner'))).toHaveLength(1);
});

test('a cache that cannot be made is no fault', async () => {
  expect(Object.keys((await recallCatalog(manifests, '/proc/nowhere/catalog')).extensions).length).toBeGreaterThan(0);
});

test('only the last few catalogs are kept', async () => {
  for (let round = 0; round < 6; round++) {
    await writeFile(join(manifests, 'groups.yml'), `# ${round}\ngroups: {}\n`);
    await recallCatalog(manifests, cache);

  }

  expect(await files()).toHaveLength(4);
});
