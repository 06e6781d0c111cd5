import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Drawn } from '../../../builder/manifest/manifest.ts';
import { Source, type RepositoryPlace } from '../../../builder/manifest/source.ts';
import type { Suite, Upstream } from '../../../builder/source/upstream.ts';
import { openHttp, type Http } from '../../../builder/source/http.ts';
import { searchFiles } from '../../../builder/source/further.ts';
import { chooseMirrors } from '../../../builder/source/mirror.ts';
import { throughModules } from '../../../builder/source/modules.ts';
import { drawRepository } from '../../../builder/source/repository.ts';
import { openStore, type Store } from '../../../builder/store/store.ts';
import { digestOf } from '../../../repo/core/digest.ts';
import { silent } from '../../../repo/core/progress.ts';
import type { Target } from '../../../repo/package/target.ts';
import { madeKey, type MadeKey } from '../../support/archive.ts';
import { filelistsOf, makeRepositories, makeRpm, primaryOf, type MadeRepository } from '../../support/repository.ts';
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
    const modules = 'document: modulemd\nversion: 2\ndata: { name: postgresql, stream: "17", artifacts: { rpms: ["postgresql17-server-0:17.5-3PGDG.rhel9.x86_64"] } }\n';
    await publish({ ...pgdg, modules });

    const [bound, above] = [await draw(), await draw({}, { hotfixes: true })];

    const seen = (suite: Suite, ...asked: string[]): string[] => throughModules([suite], target, asked).suites[0]!.packages.map((item) => item.name);
    expect([seen(bound), seen(bound, 'postgresql:17'), seen(above)]).toEqual([['postgresql17-docs'], ['postgresql17-server', 'postgresql17-docs'], ['postgresql17-server', 'postgresql17-docs']]);
    expect(bound.indexes.map((index) => index.path.slice(-12))).toEqual(['-primary.xml', 'modules.yaml']);
  });

  test('may be packed with bzip2', async () => {
    await publish(pgdg);
    const path = [...files.keys()].find((each) => each.includes('primary'))!;
    const packed = execFileSync('bzip2', ['-c'], { input: primaryOf(packages) });
    files.set(path.replace('.gz', '.bz2'), packed);
    await republish((repomd) => repomd.replace('.xml.gz', '.xml.bz2').replace(digestOf(files.get(path)!), digestOf(packed)).replace(/<size>\d+/, `<size>${packed.length}`));

    const suite = await draw();

    expect(suite.packages).toHaveLength(2);
    expect(suite.indexes[0]!.path).toMatch(/primary\.xml$/);
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

    await expect(draw()).rejects.toMatchObject({ code: 'untrusted', message: 'pgdg/pgdg17 is not signed by a trusted key', hint: expect.stringContaining('`keys` names in the file for --mirrors') as string });

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

test('a stanza is not taken from an index that was altered since it was read', async () => {
  await publish(pgdg);
  const [item] = (await draw()).packages;
  const digest = digestOf(files.get([...files.keys()].find((each) => each.includes('primary'))!)!);

  await writeFile(store.pathOf(digest), gzipSync('<package type="rpm">'));

  expect(() => item!.stanza).toThrow(expect.objectContaining({ code: 'untrusted', message: expect.stringContaining('was altered') }));
});

describe('R6: the lists of all files', () => {
  const words = makeRpm('words', '3-1');
  const owned: MadeRepository = { ...pgdg, packages: [...packages, words.stanza], filelists: filelistsOf([{ digest: digestOf(words.content), name: 'words', files: ['/usr/share/dict/words'] }]) };
  const search = async (...paths: string[]): Promise<{ suites: readonly Suite[]; found: ReadonlyMap<string, readonly string[]> }> => searchFiles([await draw()], paths, upstreamOf(), silent);

  test('are not fetched with a repository, but when a path asks for them', async () => {
    await publish(owned);

    const before = await draw();
    const fetched = server.requests.some((path) => path.includes('filelists'));
    const { suites, found } = await search('/usr/share/dict/words', '/no');

    expect([fetched, server.requests.some((path) => path.includes('filelists'))]).toEqual([false, true]);
    expect([...found]).toEqual([[digestOf(words.content), ['/usr/share/dict/words']]]);
    expect(suites[0]!.indexes.slice(before.indexes.length)).toEqual([{ path: expect.stringMatching(/^repodata\/[0-9a-f]{64}-filelists\.xml$/), size: owned.filelists!.length, digest: digestOf(owned.filelists!) }]);
  });

  test.each([
    ['are not what repomd.xml names', (text: string) => text.replace(/(filelists.*?open-checksum type="sha256">)[0-9a-f]{64}/s, `$1${'0'.repeat(64)}`), 'unpacks to something else than its repomd.xml names'],
    ['unpack to more than it names', (text: string) => text.replace(/(filelists.*?<open-size>)\d+/s, '$17'), 'unpacks to more than the 7 bytes'],
  ])('are not trusted when they %s', async (_, lie, message) => {
    await publish({ ...owned, lie });

    await expect(search('/usr/share/dict/words')).rejects.toMatchObject({ code: 'untrusted', message: expect.stringContaining(message) });
  });

  test('are missing where a repository has none, and then nothing is found in it', async () => {
    await publish(pgdg);

    expect((await search('/usr/share/dict/words')).found.size).toBe(0);
  });
});

describe('a repository cannot be read', () => {
  test('when there is none', async () => {
    await expect(draw()).rejects.toMatchObject({ code: 'fetch', message: expect.stringContaining('there is no repository at') });
  });

  test('when it is packed in a way that nobody uses, and the message says what is read', async () => {
    await publish({ ...pgdg, lie: (text) => text.replace('primary.xml.gz', 'primary.xml.lz4') });

    await expect(draw()).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('packed in a way that is not read'), details: ['gzip, xz, zstd and bzip2 are'] });
  });

  test('when it has packages of other architectures only', async () => {
    await publish({ ...pgdg, packages: [makeRpm('glibc', '2.34-100.el9', 'aarch64').stanza] });

    await expect(draw()).rejects.toMatchObject({ code: 'untrusted', message: 'pgdg/pgdg17 is not for el9.x86_64, as its source says', details: ['its packages are for aarch64'] });
  });

  test('when it is that of another release, signed by the same key', async () => {
    await publish({ ...pgdg, packages: [makeRpm('postgresql17', '17.5-3PGDG.rhel8').stanza], lie: (text) => text.replace('<data ', '<tags><distro cpeid="cpe:/o:redhat:enterprise_linux:8">EL 8</distro></tags><data ') });

    await expect(draw()).rejects.toMatchObject({ code: 'untrusted', details: ['its repomd.xml says that it is for release 8', 'its packages are made for EL 8'] });
  });

  test('without the network when it never was', async () => {
    await expect(draw({ http: undefined })).rejects.toMatchObject({ code: 'fetch', hint: 'run once without --offline' });
  });
});

async function publish(...repositories: MadeRepository[]): Promise<void> {
  for (const [path, content] of await makeRepositories(repositories, key)) files.set(path, content);
}

/** Changes the repomd.xml that is there, and signs it anew. */
async function republish(edit: (repomd: string) => string): Promise<void> {
  const repomd = Buffer.from(edit(files.get('17/el9/repodata/repomd.xml')!.toString()));
  files.set('17/el9/repodata/repomd.xml', repomd);
  files.set('17/el9/repodata/repomd.xml.asc', Buffer.from(await key.signer.detached(repomd, new Date())));
}

function draw(differently: Partial<Upstream> = {}, place: Partial<RepositoryPlace> = {}): Promise<Suite> {
  const suite: RepositoryPlace = { format: 'rpm', suite: 'pgdg17', archive: 'pgdg-yum', path: '17/el9', keys: [key.fingerprint], only: [], without: [], priority: 99, hotfixes: false, ...place };
  const drawn: Drawn = { source: sourceOf(), suite };
  return drawRepository(drawn, target, { ...upstreamOf(), ...differently }, { ...silent, warn: (line) => void warnings.push(line) });
}

const upstreamOf = (): Upstream => ({ http, store, mirrors: chooseMirrors([sourceOf()], [], [`pgdg-yum=${server.url}`]), keyring: { [key.fingerprint]: Buffer.from(key.armoured) }, now, patience: [] });

const sourceOf = (): Source =>
  Source.parse({
    name: 'pgdg',
    about: 'a test',
    module: 'pgsql',
    archives: { 'pgdg-yum': { url: 'https://yum.example.org' } },
    keys: { [key.fingerprint]: { owner: 'a test' } },
    repositories: [{ repository: 'pgdg17', targets: ['el9'], archive: 'pgdg-yum', path: '17/el9', keys: [key.fingerprint] }],
  });
