import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Drawn } from '../../../builder/manifest/manifest.ts';
import { Source, type RepositoryPlace } from '../../../builder/manifest/source.ts';
import type { Suite, Upstream } from '../../../builder/source/upstream.ts';
import { openHttp, type Http } from '../../../builder/source/http.ts';
import { chooseMirrors } from '../../../builder/source/mirror.ts';
import { drawRepository } from '../../../builder/source/repository.ts';
import { openStore, type Store } from '../../../builder/store/store.ts';
import { digestOf } from '../../../repo/core/digest.ts';
import { silent } from '../../../repo/core/progress.ts';
import type { Target } from '../../../repo/package/target.ts';
import { madeKey, type MadeKey } from '../../support/archive.ts';
import { makeRepositories, makeRpm, primaryOf, type MadeRepository } from '../../support/repository.ts';
import { serveFiles, type MadeServer } from '../../support/server.ts';

const target: Target = { code: 'el9.x86_64', distro: 'rocky', format: 'rpm', release: '9', codename: '', arch: 'x86_64', packageArch: 'x86_64' };
const now = new Date('2026-11-22T08:00:00Z');
const packages = [makeRpm('postgresql17-server', '17.5-3PGDG.rhel9'), makeRpm('postgresql17-docs', '17.5-3PGDG.rhel9', 'noarch'), makeRpm('glibc', '2.34-100.el9', 'i686')].map((made) => made.stanza);
const pgdg: MadeRepository = { path: '17/el9', date: Date.parse('2026-11-20T10:00:00Z'), packages };

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
  folder = await mkdtemp(join(tmpdir(), 'pgark-repository-'));
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

describe('a repository', () => {
  test('is read from its signature down', async () => {
    await publish(pgdg);

    const { name, release, signer, indexes, digest } = await draw();

    const primary = primaryOf(packages);
    expect([name, release.date.toISOString(), signer]).toEqual(['pgdg/pgdg17', '2026-11-20T10:00:00.000Z', key.fingerprint]);
    expect(indexes).toEqual([{ path: expect.stringMatching(/^repodata\/[0-9a-f]{64}-primary\.xml$/), size: primary.length, digest: digestOf(primary) }]);
    expect(digest).toBe(digestOf(files.get('17/el9/repodata/repomd.xml')!));
  });

  test('gives the packages of the target and those for all', async () => {
    await publish(pgdg);

    const suite = await draw();

    expect(suite.packages.map((item) => `${item.name} ${item.version} ${item.arch} ${item.source}`)).toEqual([
      'postgresql17-server 17.5-3PGDG.rhel9 x86_64 pgdg/pgdg17',
      'postgresql17-docs 17.5-3PGDG.rhel9 noarch pgdg/pgdg17',
    ]);
  });

  test('gives only what the manifest takes from it', async () => {
    await publish(pgdg);

    const only = await draw({}, { only: ['postgresql*'], without: ['*-docs'] });

    expect(only.packages.map((item) => item.name)).toEqual(['postgresql17-server']);
  });

  test('gives nothing of a module that nobody turned on, unless it stands above modules', async () => {
    const modules = 'document: modulemd\ndata: { name: postgresql, stream: "17", artifacts: { rpms: ["postgresql17-server-0:17.5-3PGDG.rhel9.x86_64"] } }\n';
    await publish({ ...pgdg, modules });

    const [seen, above] = [await draw(), await draw({}, { hotfixes: true })];

    expect(seen.packages.map((item) => item.name)).toEqual(['postgresql17-docs']);
    expect(seen.indexes.map((index) => index.path.slice(-12))).toEqual(['-primary.xml', 'modules.yaml']);
    expect(above.packages.map((item) => item.name)).toEqual(['postgresql17-server', 'postgresql17-docs']);
  });

  test('is not read twice: the second time only its repomd.xml and the signature are asked for', async () => {
    await publish(pgdg);
    await draw();
    server.requests.length = 0;

    await draw();

    expect(server.requests).toEqual(['17/el9/repodata/repomd.xml', '17/el9/repodata/repomd.xml.asc']);
  });

  test('is read without the network once it was read', async () => {
    await publish(pgdg);
    const before = await draw();

    const after = await draw({ http: undefined });

    expect(after.packages.map((item) => item.stanza)).toEqual(before.packages.map((item) => item.stanza));
  });

  test('is told apart from one of the same name at another place', async () => {
    await publish(pgdg, { ...pgdg, path: '17/el8', date: pgdg.date - 1000 });
    await draw();

    const other = await draw({}, { path: '17/el8' });

    expect(other.release.date.getTime()).toBe(pgdg.date - 1000);
    expect(warnings).toEqual([]);
  });

  test('that falls behind what was seen before is not followed back', async () => {
    await publish(pgdg);
    await draw();
    files.clear();
    await publish({ ...pgdg, date: pgdg.date - 1000, packages: [] });

    const suite = await draw();

    expect(suite.packages).toHaveLength(2);
    expect(warnings).toEqual([expect.stringContaining('names a mirror that is behind; using the repomd.xml of 2026-11-20T10:00:00.000Z seen before')]);
  });
});

describe('a repository is not trusted', () => {
  test('when another key signed it, and nothing more is fetched', async () => {
    await publish(pgdg);
    const stranger = await makeRepositories([pgdg], await madeKey());
    files.set('17/el9/repodata/repomd.xml.asc', stranger.get('17/el9/repodata/repomd.xml.asc')!);

    await expect(draw()).rejects.toMatchObject({ code: 'untrusted', message: 'pgdg/pgdg17 is not signed by a trusted key' });

    expect(server.requests).toHaveLength(2);
  });

  test('when its index is not signed', async () => {
    await publish({ ...pgdg, unsigned: true });

    await expect(draw()).rejects.toMatchObject({ code: 'untrusted', message: 'pgdg/pgdg17 has no signature over its index (repodata/repomd.xml.asc)' });
  });

  test('when its repomd.xml was altered', async () => {
    await publish(pgdg);
    files.set('17/el9/repodata/repomd.xml', Buffer.from(files.get('17/el9/repodata/repomd.xml')!.toString().replace('primary', 'secondary')));

    await expect(draw()).rejects.toMatchObject({ code: 'untrusted' });
  });

  test('when it is dated in the future', async () => {
    await publish({ ...pgdg, date: now.getTime() + 3_600_000 });

    await expect(draw()).rejects.toMatchObject({ code: 'untrusted', message: expect.stringContaining('still to come') });
  });

  test('when its primary.xml has another digest', async () => {
    await publish(pgdg);
    const path = [...files.keys()].find((each) => each.includes('primary'))!;
    const altered = Buffer.from(files.get(path)!);
    altered[altered.length - 20]! ^= 1;
    files.set(path, altered);

    await expect(draw()).rejects.toMatchObject({ code: 'untrusted', message: expect.stringContaining('does not have the digest') });
  });

  test.each([
    ['the server has another size than it names', (text: string) => text.replace(/<size>\d+/, '<size>7'), 'the server has'],
    ['it unpacks to more than it names', (text: string) => text.replace(/<open-size>\d+/, '<open-size>7'), 'unpacks to more than the 7 bytes'],
    ['it unpacks to less than it names', (text: string) => text.replace(/<open-size>/, '<open-size>9'), 'unpacks to something else'],
    ['it unpacks to something else', (text: string) => text.replace(/(open-checksum type="sha256">)[0-9a-f]{64}/, `$1${'0'.repeat(64)}`), 'unpacks to something else'],
    ['it names no primary.xml', (text: string) => text.replace('"primary"', '"other"'), 'names no primary.xml with a SHA-256'],
    ['it names one by SHA-1 only', (text: string) => text.replace('<checksum type="sha256"', '<checksum type="sha"'), 'names no primary.xml with a SHA-256'],
  ])('when %s', async (_, lie, message) => {
    await publish({ ...pgdg, lie });

    await expect(draw()).rejects.toMatchObject({ code: 'untrusted', message: expect.stringContaining(message) });
  });
});

describe('a repository cannot be read', () => {
  test('when there is none', async () => {
    await expect(draw()).rejects.toMatchObject({ code: 'fetch', message: expect.stringContaining('there is no repository at') });
  });

  test('when it is packed with bzip2, and the message says what is read', async () => {
    await publish({ ...pgdg, lie: (text) => text.replace('primary.xml.gz', 'primary.xml.bz2') });

    await expect(draw()).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('packed in a way that is not read'), details: ['gzip, xz and zstd are'] });
  });

  test('when it has packages of other architectures only', async () => {
    await publish({ ...pgdg, packages: [makeRpm('glibc', '2.34-100.el9', 'aarch64').stanza] });

    await expect(draw()).rejects.toMatchObject({ code: 'invalid', message: 'pgdg/pgdg17 has no packages for x86_64', details: ['its 1 packages are for aarch64'] });
  });

  test('without the network when it never was', async () => {
    await expect(draw({ http: undefined })).rejects.toMatchObject({ code: 'fetch', hint: 'run once without --offline' });
  });
});

async function publish(...repositories: MadeRepository[]): Promise<void> {
  for (const [path, content] of await makeRepositories(repositories, key)) files.set(path, content);
}

function draw(differently: Partial<Upstream> = {}, place: Partial<RepositoryPlace> = {}): Promise<Suite> {
  const source = Source.parse({
    name: 'pgdg',
    about: 'a test',
    module: 'pgsql',
    archives: { 'pgdg-yum': { url: 'https://yum.example.org' } },
    keys: { [key.fingerprint]: { owner: 'a test' } },
    repositories: [{ repository: 'pgdg17', targets: ['el9'], archive: 'pgdg-yum', path: '17/el9', keys: [key.fingerprint] }],
  });
  const suite: RepositoryPlace = { format: 'rpm', suite: 'pgdg17', archive: 'pgdg-yum', path: '17/el9', keys: [key.fingerprint], only: [], without: [], priority: 99, hotfixes: false, ...place };
  const drawn: Drawn = { source, suite };
  const upstream = { http, store, mirrors: chooseMirrors([source], [], [`pgdg-yum=${server.url}`]), keyring: { [key.fingerprint]: Buffer.from(key.armoured) }, now, patience: [], ...differently };
  return drawRepository(drawn, target, upstream, { ...silent, warn: (line) => void warnings.push(line) });
}
