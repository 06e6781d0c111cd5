import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fill, type Locked } from '../../../builder/source/fill.ts';
import { openHttp, type Http } from '../../../builder/source/http.ts';
import type { Mirrors } from '../../../builder/source/mirror.ts';
import { openStore, type Store } from '../../../builder/store/store.ts';
import { digestOf } from '../../../repo/core/digest.ts';
import { silent } from '../../../repo/core/progress.ts';
import { answer, serveFiles, type MadeServer } from '../../support/server.ts';

const contents = new Map(Array.from({ length: 30 }, (_, index) => [`pool/${index}.deb`, Buffer.alloc(500 + index, index)]));
const files: Locked[] = [...contents].map(([path, content]) => ({ path, digest: digestOf(content), size: content.length, source: 'debian/bookworm', archive: 'debian' }));
const total = files.reduce((sum, file) => sum + file.size, 0);

let folder: string;
let store: Store;
let http: Http;
let server: MadeServer;
let mirrors: Mirrors;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-fill-'));
  store = await openStore(folder);
  http = openHttp();
  server = await serveFiles(contents);
  mirrors = { of: () => ({ url: server.url, by: 'a test' }), addressOf: (_archive, path) => `${server.url}/${path}` };
});
afterEach(async () => {
  await http.close();
  await server.close();
  await rm(folder, { recursive: true });
});

test('everything that the store lacks is fetched, at most eight at once', async () => {
  let running = 0;
  let most = 0;
  server.meddle = (_path, request, response, content) => {
    most = Math.max(most, ++running);
    setTimeout(() => {
      running--;
      answer(request, response, content);
    }, 5);
    return true;
  };

  const fetched = await fill(store, files, http, mirrors, silent);

  expect(fetched).toBe(total);
  expect(await Promise.all(files.map((file) => store.has(file.digest)))).not.toContain(false);
  expect([most > 1, most <= 8]).toEqual([true, true]);
});

test('a second time nothing is fetched, and no network is needed', async () => {
  await fill(store, files, http, mirrors, silent);
  server.requests.length = 0;

  const fetched = await fill(store, files, undefined, mirrors, silent);

  expect([fetched, server.requests]).toEqual([0, []]);
});

test('only what is missing is fetched', async () => {
  await store.put(contents.get('pool/3.deb')!);

  await fill(store, files, http, mirrors, silent);

  expect(server.requests).not.toContain('pool/3.deb');
  expect(server.requests).toHaveLength(29);
});

test('without the network, what is missing is counted', async () => {
  await expect(fill(store, files, undefined, mirrors, silent)).rejects.toMatchObject({ code: 'fetch', message: '30 of 30 packages are not in the store' });
});

test('a package that is not what the lock names ends it', async () => {
  server.meddle = (path, request, response, content) => path === 'pool/7.deb' && (answer(request, response, Buffer.alloc(content!.length)), true);

  await expect(fill(store, files, http, mirrors, silent)).rejects.toMatchObject({ code: 'untrusted', message: expect.stringContaining('pool/7.deb is not what the signed index of debian/bookworm names') });
  expect(await store.has(files[7]!.digest)).toBe(false);
});
