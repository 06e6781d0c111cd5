import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, storeFolder, type Store } from '../../../builder/store/store.ts';
import { digestOf } from '../../../repo/core/digest.ts';

const content = Buffer.from('twelve bytes');
const digest = digestOf(content);

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-store-'));
  store = await openStore(folder);
});
afterEach(() => rm(folder, { recursive: true }));

describe('a blob on its way in', () => {
  test('counts once all of it is there', async () => {
    const incoming = await store.begin(digest, content.length);
    await incoming.append(content.subarray(0, 5));

    expect(await store.has(digest)).toBe(false);

    await incoming.append(content.subarray(5));
    expect(await incoming.finish()).toBe(true);
    expect(await store.has(digest)).toBe(true);
    expect(await store.read(digest)).toEqual(content);
    expect(await readdir(join(folder, 'partial'))).toEqual([]);
  });

  test('that is half does not count, and is taken up by the next attempt with its version', async () => {
    const first = await store.begin(digest, content.length);
    await first.restart('"version 1"');
    await first.append(content.subarray(0, 5));
    await first.close();

    const second = await store.begin(digest, content.length);

    expect(await store.has(digest)).toBe(false);
    expect([second.size, second.validator]).toEqual([5, '"version 1"']);
    await second.append(content.subarray(5));
    expect(await second.finish()).toBe(true);
  });

  test('that is wrong is thrown away', async () => {
    const incoming = await store.begin(digest, content.length);
    await incoming.append(Buffer.from('twelve bytez'));

    expect(await incoming.finish()).toBe(false);

    expect(await store.has(digest)).toBe(false);
    expect(await readdir(join(folder, 'partial'))).toEqual([]);
  });

  test('that is larger than promised is not trusted, and nothing of it is kept', async () => {
    const incoming = await store.begin(digest, content.length);

    const appending = incoming.append(Buffer.alloc(content.length + 1));

    await expect(appending).rejects.toMatchObject({ code: 'untrusted', message: 'the file is larger than the 12 bytes that its index names' });
    expect(incoming.size).toBe(0);
    await incoming.close();
  });

  test('is not shared with another attempt that runs at the same time', async () => {
    const [one, two] = await Promise.all([store.begin(digest, content.length), store.begin(digest, content.length)]);
    await one.append(content.subarray(0, 4));
    await two.append(content);

    expect(await two.finish()).toBe(true);
    await one.append(content.subarray(4));
    expect(await one.finish()).toBe(true);
    expect(await store.read(digest)).toEqual(content);
  });

  test('left by a process that still lives is left alone', async () => {
    const path = join(folder, 'partial', `${digest}.1.abcdef01.part`);
    await writeFile(path, content.subarray(0, 5));

    const incoming = await store.begin(digest, content.length);

    expect(incoming.size).toBe(0);
    expect((await stat(path)).size).toBe(5);
    await incoming.close();
  });

  test('left by a process that is gone is taken up', async () => {
    await writeFile(join(folder, 'partial', `${digest}.4194305.abcdef01.part`), content.subarray(0, 7));

    const incoming = await store.begin(digest, content.length);

    expect(incoming.size).toBe(7);
    await incoming.close();
  });
});

test('what is put is found under its digest, and a second time is one blob', async () => {
  const [one, two] = await Promise.all([store.put(content), store.put(content)]);

  expect([one, two]).toEqual([digest, digest]);
  expect(await readdir(join(folder, 'blobs', digest.slice(0, 2)))).toEqual([digest]);
});

test('a blob that was altered in the store is not trusted, and is removed', async () => {
  await store.put(content);
  await writeFile(store.pathOf(digest), 'twelve bytez');

  await expect(store.read(digest)).rejects.toMatchObject({ code: 'untrusted' });

  expect(await store.has(digest)).toBe(false);
});

test('a remembered document comes back, whatever its name', async () => {
  await store.remember('debian/../bookworm/InRelease', content);

  expect(await store.recall('debian/../bookworm/InRelease')).toEqual(content);
  expect(await store.recall('debian/trixie/InRelease')).toBeUndefined();
  expect(await readdir(join(folder, 'names'))).toHaveLength(1);
});

test('a name that is no digest leads nowhere', () => {
  expect(() => store.pathOf('../../etc/passwd')).toThrow('not a digest');
});

test('a folder that cannot be made is told with a remedy', async () => {
  await writeFile(join(folder, 'file'), '');

  await expect(openStore(join(folder, 'file', 'store'))).rejects.toMatchObject({ code: 'invalid', hint: '--store DIR names another folder' });
});

test.each([
  [{ XDG_CACHE_HOME: '/x' }, '/x/pgark'],
  [{ XDG_CACHE_HOME: '' }, '.cache/pgark'],
])('with %j the store is at %s', (env, path) => {
  expect(storeFolder(env)).toContain(path);
});

