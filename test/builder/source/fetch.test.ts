import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fetchBlob, fetchDocument, readFetched, type Listed } from '../../../builder/source/fetch.ts';
import { openHttp, shown, type Http } from '../../../builder/source/http.ts';
import { openStore, type Store } from '../../../builder/store/store.ts';
import { digestOf } from '../../../repo/core/digest.ts';
import { answer, cutAfter, serveFiles, type MadeServer } from '../../support/server.ts';

const content = Buffer.from(Array.from({ length: 40_000 }, (_, index) => index % 251));
const waits = [1, 1, 1];

let folder: string;
let store: Store;
let http: Http;
let server: MadeServer;
let listed: Listed;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-fetch-'));
  store = await openStore(folder);
  http = openHttp();
  server = await serveFiles(new Map([['a.deb', content]]));
  listed = { url: `${server.url}/a.deb`, size: content.length, digest: digestOf(content), source: 'debian/bookworm' };
});
afterEach(async () => {
  await http.close();
  await server.close();
  await rm(folder, { recursive: true });
});

describe('fetchBlob', () => {
  test('brings a file in, once', async () => {
    await fetchBlob(http, store, listed, waits);
    await fetchBlob(http, store, listed, waits);

    expect(await store.read(listed.digest)).toEqual(content);
    expect(server.requests).toEqual(['a.deb']);
  });

  test('goes on where a cut connection ended', async () => {
    let cuts = 2;
    server.meddle = (_, request, response, found) => cuts-- > 0 && (cutAfter(10_000, found!, request, response), true);

    await fetchBlob(http, store, listed, waits);

    expect(await store.read(listed.digest)).toEqual(content);
    expect(server.requests).toEqual(['a.deb', 'a.deb bytes=10000-', 'a.deb bytes=20000-']);
  });

  test('goes on where an earlier run ended', async () => {
    server.meddle = (_, request, response, found) => (cutAfter(10_000, found!, request, response), true);
    await expect(fetchBlob(http, store, listed, [])).rejects.toMatchObject({ code: 'fetch' });
    server.meddle = () => false;

    await fetchBlob(http, store, listed, waits);

    expect(await store.read(listed.digest)).toEqual(content);
    expect(server.requests).toEqual(['a.deb', 'a.deb bytes=10000-']);
  });

  test('begins anew when the file has changed meanwhile', async () => {
    const other = Buffer.alloc(content.length, 7);
    server.meddle = (_, request, response) => (cutAfter(10_000, other, request, response), true);
    await expect(fetchBlob(http, store, listed, [])).rejects.toMatchObject({ code: 'fetch' });
    server.meddle = () => false;

    await fetchBlob(http, store, listed, waits);

    expect(await store.read(listed.digest)).toEqual(content);
  });

  test('begins anew when what was left of another version does not come out right', async () => {
    const incoming = await store.begin(listed.digest, listed.size);
    await incoming.append(Buffer.alloc(10_000, 7));
    await incoming.close();

    await fetchBlob(http, store, listed, waits);

    expect(await store.read(listed.digest)).toEqual(content);
    expect(server.requests).toEqual(['a.deb bytes=10000-', 'a.deb']);
  });

  test('tries again what may pass, with a server that is busy', async () => {
    let busy = 2;
    server.meddle = (_path, _request, response) => busy-- > 0 && (response.writeHead(503).end(), true);

    await fetchBlob(http, store, listed, waits);

    expect(server.requests).toHaveLength(3);
  });

  test('a cut that never ends is told with the address, the source and how far it came', async () => {
    server.meddle = (_, request, response, found) => (cutAfter(1000, found!, request, response), true);

    await expect(fetchBlob(http, store, listed, [1])).rejects.toMatchObject({ code: 'fetch', message: expect.stringMatching(/^debian\/bookworm: http:\/\/127\.0\.0\.1:\d+\/a\.deb cannot be fetched: /) });
    expect(await store.has(listed.digest)).toBe(false);
  });

  test('does not ask twice for what is not there', async () => {
    await expect(fetchBlob(http, store, { ...listed, url: `${server.url}/b.deb` }, waits)).rejects.toMatchObject({
      code: 'fetch',
      message: `debian/bookworm: ${server.url}/b.deb cannot be fetched: the server answers 404`,
    });
    expect(server.requests).toEqual(['b.deb']);
  });

  test('a file with one flipped byte is not trusted, and nothing of it is kept', async () => {
    const flipped = Buffer.from(content);
    flipped[12_345]! ^= 1;
    server.meddle = (_, request, response) => (answer(request, response, flipped), true);

    await expect(fetchBlob(http, store, listed, waits)).rejects.toMatchObject({ code: 'untrusted', message: expect.stringContaining('is not what the signed index of debian/bookworm names') });

    expect(await store.has(listed.digest)).toBe(false);
    expect(await readdir(join(folder, 'partial'))).toEqual([]);
  });

  test.each([
    ['larger', Buffer.concat([content, Buffer.from('!')])],
    ['smaller', content.subarray(1)],
  ])('a file that is said to be %s than listed is not fetched', async (_what, other) => {
    server.meddle = (_, request, response) => (answer(request, response, other), true);

    await expect(fetchBlob(http, store, listed, waits)).rejects.toMatchObject({ code: 'untrusted', message: expect.stringContaining(`the server has ${other.length} bytes`) });
  });

  test('a body without an end is left once it is larger than listed', async () => {
    server.meddle = (_path, _request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(Buffer.alloc(16_384)), 1);
      response.on('close', () => clearInterval(timer));
      return true;
    };

    await expect(fetchBlob(http, store, listed, waits)).rejects.toMatchObject({ code: 'untrusted', message: expect.stringContaining('is larger than the 40000 bytes') });
  });

  test('a machine that refuses connections is told', async () => {
    await server.close();

    await expect(fetchBlob(http, store, listed, [1])).rejects.toMatchObject({ code: 'fetch', message: expect.stringContaining('ECONNREFUSED') });
    server = await serveFiles(new Map());
  });

  test('follows a redirection', async () => {
    server.meddle = (path, _request, response) => path === 'old.deb' && (response.writeHead(302, { location: '/a.deb' }).end(), true);

    await fetchBlob(http, store, { ...listed, url: `${server.url}/old.deb` }, waits);

    expect(server.requests).toEqual(['old.deb', 'a.deb']);
  });

  test('hands over the user and password of an address, and never shows them', async () => {
    let seen: string | undefined;
    server.meddle = (_path, request, response) => ((seen = request.headers.authorization), response.writeHead(403).end(), true);
    const url = listed.url.replace('//', '//mirror:s3cret@');

    const failure = await fetchBlob(http, store, { ...listed, url }, waits).catch((error: unknown) => error as Error);

    expect(seen).toBe(`Basic ${Buffer.from('mirror:s3cret').toString('base64')}`);
    expect(JSON.stringify(failure)).not.toContain('s3cret');
    expect(shown(url)).toBe(listed.url);
  });
});

describe('readFetched', () => {
  test('tells apart what is there, what somebody else has dropped, and what was altered', async () => {
    const digest = await store.put(content);
    const there = await readFetched(store, digest);
    await store.drop(digest);

    const dropped = await readFetched(store, digest);

    expect(there).toEqual(content);
    expect(dropped).toBeUndefined();
    await store.put(content);
    await writeFile(store.pathOf(digest), 'altered');
    await expect(readFetched(store, digest)).rejects.toMatchObject({ code: 'untrusted' });
  });
});

describe('fetchDocument', () => {
  test('says so when there is none', async () => {
    expect(await fetchDocument(http, `${server.url}/InRelease`, 'debian/bookworm', 100, waits)).toBeUndefined();
  });

  test('refuses one that is too large', async () => {
    await expect(fetchDocument(http, listed.url, 'debian/bookworm', 100, waits)).rejects.toMatchObject({ code: 'untrusted', message: expect.stringContaining('is larger than 100 bytes') });
  });
});

test('a proxy of the environment is used, and no_proxy goes around it', async () => {
  const proxy = await serveFiles(new Map());
  proxy.meddle = (_path, request, response) => (response.writeHead(200).end(`by way of the proxy: ${request.url}`), true);
  const proxied = openHttp({ env: { http_proxy: proxy.url.replace('127.0.0.1', 'localhost'), no_proxy: '127.0.0.1' } });

  const far = await fetchDocument(proxied, 'http://mirror.invalid/x', 's', 100, []);
  const near = await fetchDocument(proxied, listed.url, 's', 100_000, []);

  expect(far?.toString()).toBe('by way of the proxy: http://mirror.invalid/x');
  expect(near).toEqual(content);
  await proxied.close();
  await proxy.close();
});

test('an interrupted transfer says so, and is not tried again', async () => {
  const stop = new AbortController();
  const stoppable = openHttp({ signal: stop.signal });
  server.meddle = (_path, _request, response) => {
    response.writeHead(200, { 'content-length': content.length }).write(content.subarray(0, 100));
    setTimeout(() => stop.abort(), 10);
    return true;
  };

  await expect(fetchBlob(stoppable, store, listed, waits)).rejects.toMatchObject({ code: 'fetch', message: 'interrupted' });
  await stoppable.close();
  expect(server.requests).toHaveLength(1);
});
