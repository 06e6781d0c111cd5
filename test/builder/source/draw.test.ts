import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Drawn } from '../../../builder/manifest/manifest.ts';
import { Release } from '../../../builder/manifest/release.ts';
import { placesFor, Source } from '../../../builder/manifest/source.ts';
import { drawSuites } from '../../../builder/source/draw.ts';
import type { Suite, Upstream } from '../../../builder/source/upstream.ts';
import { openHttp, type Http } from '../../../builder/source/http.ts';
import { chooseMirrors } from '../../../builder/source/mirror.ts';
import { openStore, type Store } from '../../../builder/store/store.ts';
import { digestOf } from '../../../repo/core/digest.ts';
import type { Fault } from '../../../repo/core/fault.ts';
import { silent } from '../../../repo/core/progress.ts';
import type { Target } from '../../../repo/package/target.ts';
import { madeKey, makeArchive, makePackage, type MadeKey, type MadeSuite } from '../../support/archive.ts';
import { serveFiles, type MadeServer } from '../../support/server.ts';

const target: Target = { code: 'd12.x86_64', distro: 'debian', format: 'deb', release: '12', codename: 'bookworm', arch: 'x86_64', packageArch: 'amd64' };
const release = Release.parse({ code: 'd12', title: 'Debian 12', distro: 'debian', format: 'deb', release: '12', minor: '12.15', codename: 'bookworm', pg: '14-18', libc: { name: 'glibc', version: '2.36' }, home: '/usr/lib/postgresql/{pg}', locale: { name: 'C.UTF-8', package: 'locales' } });
const now = new Date('2026-11-22T08:00:00Z');
const text = [makePackage('postgresql-15', { Version: '15.15-1', Depends: 'libc6' }).stanza, makePackage('libc6', { Version: '2.36-9' }).stanza].join('\n');
const bookworm: MadeSuite = { suite: 'bookworm', date: Date.parse('2026-07-11T10:16:37Z'), packages: { amd64: text } };

let key: MadeKey;
let folder: string;
let store: Store;
let http: Http;
let server: MadeServer;
let files: Map<string, Buffer>;
const warnings: string[] = [];

beforeAll(async () => {
  key = await madeKey();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-draw-'));
  store = await openStore(folder);
  http = openHttp();
  files = new Map();
  server = await serveFiles(files);
  warnings.length = 0;
});
afterEach(async () => {
  await http.close();
  await server.close();
  await rm(folder, { recursive: true });
});

describe('a suite', () => {
  test('is read from its signature down', async () => {
    await publish(bookworm);

    const [suite] = await draw();

    expect(suite!.packages.map((item) => `${item.name} ${item.version} ${item.source}`)).toEqual(['postgresql-15 15.15-1 debian/bookworm', 'libc6 2.36-9 debian/bookworm']);
    expect(suite!.signer).toBe(key.fingerprint);
    expect(suite!.indexes).toEqual([{ path: 'main/binary-amd64/Packages', size: text.length, digest: digestOf(text) }]);
  });

  test('is read the same with its signature beside it', async () => {
    await publish({ ...bookworm, detached: true });
    const [beside] = await draw();
    files.clear();
    await publish(bookworm);
    const [within] = await draw();

    expect(beside!.digest).toBe(within!.digest);
    expect(beside!.packages.map((item) => item.name)).toEqual(within!.packages.map((item) => item.name));
  });

  test('is not read twice: the second time only its Release is asked for', async () => {
    await publish(bookworm);
    await draw();
    server.requests.length = 0;

    await draw();

    expect(server.requests).toEqual(['dists/bookworm/InRelease']);
  });

  test('is had by digest, or by name from a mirror without digests', async () => {
    await publish(bookworm);
    for (const path of files.keys()) if (path.includes('by-hash')) files.delete(path);

    await draw();

    expect(server.requests.map((path) => path.replace(/[0-9a-f]{64}/, 'DIGEST'))).toEqual([
      'dists/bookworm/InRelease',
      'dists/bookworm/main/binary-amd64/by-hash/SHA256/DIGEST',
      'dists/bookworm/main/binary-amd64/Packages.gz',
    ]);
  });

  test('signed by another key is not trusted, and nothing more is fetched', async () => {
    await publish(bookworm, await madeKey());

    await expect(draw()).rejects.toMatchObject({ code: 'untrusted', message: 'debian/bookworm is not signed by a trusted key' });

    expect(server.requests).toEqual(['dists/bookworm/InRelease']);
  });

  test('with a key at hand that is not pinned is not trusted', async () => {
    await publish(bookworm);
    const stranger = await madeKey();

    const drawing = draw({ keyring: { [key.fingerprint]: Buffer.from(stranger.armoured) } });

    await expect(drawing).rejects.toMatchObject({ code: 'untrusted', message: expect.stringContaining('none of the keys at hand has a pinned fingerprint') });
  });

  test('without any signature is not trusted', async () => {
    await publish(bookworm);
    files.set('dists/bookworm/InRelease', Buffer.from('Suite: bookworm\nCodename: bookworm\n'));

    await expect(draw()).rejects.toMatchObject({ code: 'untrusted' });
  });

  test('with text before what is signed is read from what is signed only', async () => {
    await publish({ ...bookworm, codename: 'sid' });
    files.set('dists/bookworm/InRelease', Buffer.concat([Buffer.from('Codename: bookworm\n\n'), files.get('dists/bookworm/InRelease')!]));

    await expect(draw()).rejects.toMatchObject({ code: 'untrusted' });
  });

  test('that calls itself by the name that moves with the releases is trusted, by any other it is not', async () => {
    await publish({ ...bookworm, named: 'oldstable' });
    await expect(draw()).resolves.toHaveLength(1);

    await publish({ ...bookworm, named: 'experimental' });
    await expect(draw()).rejects.toMatchObject({ code: 'untrusted', message: 'debian/bookworm: the Release there is for "bookworm", suite "experimental", not for "bookworm"' });
  });

  test('that expired is not trusted, and the message says when', async () => {
    await publish({ ...bookworm, validUntil: Date.parse('2026-11-21T00:00:00Z') });

    await expect(draw()).rejects.toMatchObject({ code: 'untrusted', message: 'debian/bookworm: its Release expired on 2026-11-21T00:00:00.000Z' });
  });

  test('that expires later is trusted until then', async () => {
    await publish({ ...bookworm, validUntil: Date.parse('2026-11-23T00:00:00Z') });

    await expect(draw()).resolves.toHaveLength(1);
    await expect(draw({ http: undefined, now: new Date('2026-11-23T00:00:01Z') })).rejects.toMatchObject({ message: expect.stringContaining('expired') });
  });

  test('dated in the future is not trusted', async () => {
    await publish({ ...bookworm, date: now.getTime() + 3_600_000 });

    await expect(draw()).rejects.toMatchObject({ code: 'untrusted', message: expect.stringContaining('still to come') });
  });

  test('that is another suite under this name is not trusted', async () => {
    await publish({ ...bookworm, codename: 'bullseye' });

    await expect(draw()).rejects.toMatchObject({ code: 'untrusted', message: 'debian/bookworm: the Release there is for "bullseye", not for "bookworm"' });
  });

  test('that goes back in time is not followed back', async () => {
    await publish(bookworm);
    await draw();
    await publish({ ...bookworm, date: Date.parse('2026-06-01T00:00:00Z'), packages: { amd64: makePackage('old').stanza } });

    const [suite] = await draw();

    expect(suite!.packages.map((item) => item.name)).toEqual(['postgresql-15', 'libc6']);
    expect(warnings).toEqual([expect.stringContaining('a mirror that is behind')]);
  });

  test('without the architecture is told', async () => {
    await publish({ ...bookworm, packages: { arm64: text } });

    await expect(draw()).rejects.toMatchObject({ code: 'invalid', message: 'debian/bookworm has no packages for amd64 in its component main' });
  });
});

describe('an index', () => {
  test('with one flipped byte is not trusted', async () => {
    await publish(bookworm);
    for (const [path, content] of files) if (path.includes('Packages.gz') || path.includes('by-hash')) files.set(path, flip(content, 20));

    await expect(draw()).rejects.toMatchObject({ code: 'untrusted', message: expect.stringContaining('is not what the signed index of debian/bookworm names') });
  });

  test('that unpacks to something else than listed is not trusted', async () => {
    await publish({ ...bookworm, lie: (listed) => listed.set('main/binary-amd64/Packages', { size: text.length, digest: digestOf('another') }) });

    await expect(draw()).rejects.toMatchObject({ code: 'untrusted', message: expect.stringContaining('unpacks to something else') });
  });

  test('that is a bomb is not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    await publish({ ...bookworm, lie: (listed) => listed.set('main/binary-amd64/Packages.gz', { size: bomb.length, digest: digestOf(bomb) }) });
    files.set(`dists/bookworm/main/binary-amd64/by-hash/SHA256/${digestOf(bomb)}`, bomb);

    await expect(draw()).rejects.toMatchObject({ code: 'untrusted', message: expect.stringContaining(`unpacks to more than the ${text.length} bytes`) });
  });

  test('whose path leaves the archive is refused', async () => {
    const stanza = makePackage('evil').stanza.replace(/Filename: .*/, 'Filename: ../../../etc/passwd');
    await publish({ ...bookworm, packages: { amd64: stanza } });

    await expect(draw()).rejects.toMatchObject({ message: expect.stringContaining('outside the archive') });
  });
});

describe('the user and password in the address of a mirror', () => {
  test.each([
    ['has nothing', () => files.clear()],
    ['has another file than its index names', () => { for (const path of files.keys()) if (path.includes('/main/')) files.set(path, Buffer.from('x')); }],
  ])('are not shown when it %s', async (_what, spoil) => {
    await publish(bookworm);
    spoil();
    const mirrors = chooseMirrors([sourceOf(server.url)], [], [`debian=${server.url.replace('://', '://alice:s3@cret@')}`]);

    const fault = (await draw({ mirrors }).catch((error: unknown) => error)) as Fault;

    expect(fault.message).toContain(new URL(server.url).host);
    expect(JSON.stringify(fault)).not.toMatch(/alice|s3|cret/);
  });
});

describe('offline', () => {
  test('what was verified before is verified again, and read from the store', async () => {
    await publish(bookworm);
    await draw();
    await server.close();

    const [suite] = await draw({ http: undefined });

    expect(suite!.packages).toHaveLength(2);
    server = await serveFiles(files);
  });

  test('nothing that was never fetched can be read', async () => {
    await expect(draw({ http: undefined })).rejects.toMatchObject({ code: 'fetch', message: 'debian/bookworm: no Release is in the store', hint: 'run once without --offline' });
  });

  test('a document that was altered in the store is not trusted', async () => {
    await publish(bookworm);
    await draw();
    const seen = (await store.recall('debian/bookworm/debian/InRelease'))!;
    await store.remember('debian/bookworm/debian/InRelease', Buffer.from(seen.toString().replace('Codename: bookworm', 'Codename: bookworn')));

    await expect(draw({ http: undefined })).rejects.toMatchObject({ code: 'untrusted' });
  });

  test('is offered when the mirror cannot be reached and all is in the store', async () => {
    await publish(bookworm);
    await draw();
    await server.close();

    await expect(draw()).rejects.toMatchObject({ code: 'fetch', hint: expect.stringContaining('--offline works on the Release of 2026-07-11T10:16:37.000Z in the store') });
    server = await serveFiles(files);
  });
});

async function publish(suite: MadeSuite, by = key): Promise<void> {
  for (const [path, content] of await makeArchive([suite], by)) files.set(path, content);
}

function draw(changes: Partial<Upstream> = {}): Promise<Suite[]> {
  const source = sourceOf(server.url);
  const suites: Drawn[] = placesFor(source, target, release, ['15']).map((suite) => ({ source, suite }));
  const upstream: Upstream = { http, store, mirrors: chooseMirrors([source], [], []), keyring: { [key.fingerprint]: Buffer.from(key.armoured) }, now, patience: [], ...changes };
  return drawSuites(suites, target, upstream, { ...silent, warn: (line) => warnings.push(line) });
}

function sourceOf(url: string): Source {
  return Source.parse({
    name: 'debian',
    about: 'a test archive',
    module: 'node',
    archives: { debian: { url, seen: ['oldstable'] } },
    keys: { [key.fingerprint]: { owner: 'test', url: 'https://keys.invalid/' } },
    suites: [{ suite: 'bookworm', codename: 'bookworm', targets: ['d12'], archive: 'debian', components: ['main'], keys: [key.fingerprint] }],
  });
}

function flip(content: Buffer, at: number): Buffer {
  const flipped = Buffer.from(content);
  flipped[at]! ^= 1;
  return flipped;
}
