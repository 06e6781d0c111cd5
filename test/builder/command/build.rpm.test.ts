import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { generateKey } from 'openpgp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { build } from '../../../builder/command/build.ts';
import { diff } from '../../../builder/command/diff.ts';
import { inspect } from '../../../builder/command/inspect.ts';
import { keygen } from '../../../builder/command/keygen.ts';
import { lock } from '../../../builder/command/lock.ts';
import { verify } from '../../../builder/command/verify.ts';
import { why } from '../../../builder/command/why.ts';
import type { Lock } from '../../../builder/lock/lock.ts';
import { readLock } from '../../../builder/lock/read.ts';
import { recallCatalog } from '../../../builder/manifest/cache.ts';
import { fillStore, openUpstream, verifyStore } from '../../../builder/pipeline.ts';
import type { Store } from '../../../builder/store/store.ts';
import type { Heads } from '../../../builder/tree/rpm.ts';
import { openBundle } from '../../../repo/bundle/open.ts';
import { runProgram } from '../../../repo/console/run.ts';
import { type Progress, silent } from '../../../repo/core/progress.ts';
import { openSigner } from '../../../repo/core/signature.ts';
import { madeKey, type MadeKey } from '../../support/archive.ts';
import { capture } from '../../support/capture.ts';
import { elUpstream, type ElUpstream } from '../../support/el-upstream.ts';
import { makeRepositories } from '../../support/repository.ts';
import { makeSignedRpm } from '../../support/signed-rpm.ts';
import { packTiny } from '../../support/tiny.ts';

const program = { name: 'pgark', version: '1', about: '', commands: [lock, build, keygen, verify, inspect, diff, why] };
const lockFile = 'small.el9.x86_64.lock.json';

let upstream: ElUpstream;

beforeEach(async () => {
  upstream = await elUpstream();
});
afterEach(() => upstream.close());

describe('pgark for an RPM target', () => {
  test('makes the same signed bundle twice, which verify, inspect, why and diff understand', async () => {
    const key = await madeKey('the builder');
    const made = await makeBundle(key, 'one');
    const again = await makeBundle(key, 'two');

    const verdict = await run('verify', made, '--fingerprint', key.fingerprint);
    const inspected = await run('inspect', made, '--packages');
    const reason = await run('why', 'postgresql17-libs', '--lock', join(upstream.folder, lockFile));
    const difference = await run('diff', join(upstream.folder, lockFile), made);

    expect(await readFile(again)).toEqual(await readFile(made));
    expect([verdict.result, verdict.stdout, verdict.stderr]).toEqual([0, expect.stringContaining('is good'), expect.any(String)]);
    expect(inspected.stdout).toMatch(/postgresql17-server +1:17\.5~rc1\^git2-3PGDG\.rhel9 +x86_64/);
    expect(inspected.stdout).toContain(upstream.keys.packages.fingerprint);
    expect(reason.stdout).toContain('postgresql17-server 1:17.5~rc1^git2-3PGDG.rhel9 requires postgresql17-libs(x86-64) >= 17.5');
    expect(difference.stdout).toContain('0 added, 0 removed, 0 changed, 6 the same');
  });

  test('lays out a repository that dnf reads, with the keys of those who signed its packages and no other', async () => {
    const key = await madeKey('the builder');
    const made = await makeBundle(key, 'one');

    const { files, kept, descriptor } = await openBundle(made, key.fingerprint, (path) => path.startsWith('repo/') && !path.endsWith('.rpm'));

    expect([...files.keys()].filter((path) => path.startsWith('repo/')).map((path) => path.replace(/[0-9a-f]{64}/, 'DIGEST')).sort()).toEqual([
      'repo/Packages/b/basesystem-11-13.el9.noarch.rpm', 'repo/Packages/b/bash-5.1.8-9.el9.x86_64.rpm', 'repo/Packages/g/glibc-2.34-100.el9.x86_64.rpm',
      'repo/Packages/p/postgresql17-libs-17.5-3PGDG.rhel9.x86_64.rpm', 'repo/Packages/p/postgresql17-server-17.5~rc1^git2-3PGDG.rhel9.x86_64.rpm', 'repo/Packages/s/setup-2.13.7-10.el9.noarch.rpm',
      'repo/keys/packages.asc', 'repo/keys/pgark.asc',
      ...['filelists', 'other', 'primary'].map((name) => `repo/repodata/DIGEST-${name}.xml.gz`), 'repo/repodata/repomd.xml', 'repo/repodata/repomd.xml.asc',
    ]);
    expect(descriptor.keys).toEqual([upstream.keys.packages.fingerprint, upstream.keys.rocky.fingerprint].sort());
    const lists = [...kept].find(([path]) => path.endsWith('-filelists.xml.gz'))![1];
    expect(gunzipSync(lists).toString()).toContain('<file>/usr/pgsql-17/bin/postgres</file>');
  });

  test('builds from a lock without the network what is in the store, by the keys that the lock names', async () => {
    await run('lock', join(upstream.folder, 'bundle.yml'), '--target', 'el9.x86_64', '--out', upstream.folder, ...upstream.options);
    const locked = await lockOf();
    await makeBundle(await madeKey('the builder'), 'one');
    await upstream.server.close();

    const { heads } = await fill(locked, true);

    expect(locked.sources.map(({ name, keys }) => [name, keys])).toEqual([['pgdg/pgdg17', [upstream.keys.index.fingerprint, upstream.keys.packages.fingerprint].sort()], ['rocky/baseos', [upstream.keys.rocky.fingerprint]]]);
    expect(heads.listings.size).toBe(6);
  });
});

test('a mirror that signs the index anew is followed, and the packages are verified by the keys of those who made them', async () => {
  const mirror = await madeKey('a mirror');
  const made = upstream.baseos.map((each) => each.stanza);
  for (const [path, content] of await makeRepositories([{ path: '9/BaseOS', date: Date.parse('2026-07-11T10:16:37Z'), packages: made }], mirror)) upstream.files.set(path, content);
  await writeFile(join(upstream.folder, 'mirror.asc'), mirror.armoured);
  await writeFile(join(upstream.folder, 'mirrors.yml'), `archives: { rocky: { url: '${upstream.server.url}', keys: [mirror.asc] } }\n`);

  await run('lock', join(upstream.folder, 'bundle.yml'), '--target', 'el9.x86_64', '--out', upstream.folder, ...upstream.options, '--mirrors', join(upstream.folder, 'mirrors.yml'));

  const locked = await lockOf();
  const { heads } = await fill(locked, false);
  expect(locked.sources.map(({ signer, keys }) => ({ signer, keys }))).toContainEqual({ signer: mirror.fingerprint, keys: [mirror.fingerprint, upstream.keys.rocky.fingerprint].sort() });
  expect([...heads.keys.keys()]).toEqual([upstream.keys.packages.fingerprint, upstream.keys.rocky.fingerprint].sort());
});

test('a key that the target will soon not take is told', async () => {
  const { privateKey, publicKey } = await generateKey({ type: 'ecc', curve: 'ed25519Legacy', userIDs: [{ name: 'soon gone' }], keyExpirationTime: 20 * 86_400, subkeys: [] });
  const signer = await openSigner(privateKey);
  const soon = { fingerprint: signer.fingerprint, armoured: publicKey };
  const [baseos, pgdg] = [await Promise.all(upstream.baseos.map((_, place) => makeSignedRpm(signer, ['setup', 'basesystem', 'glibc', 'bash'][place]!, '1-1', 'x86_64', { files: place === 3 ? ['/bin/sh'] : [] }))), [await makeSignedRpm(signer, 'postgresql17-server', '17.5-3')]];
  await upstream.close();
  upstream = await elUpstream({ baseos, pgdg, signers: [soon, soon] });
  await run('lock', join(upstream.folder, 'bundle.yml'), '--target', 'el9.x86_64', '--out', upstream.folder, ...upstream.options);
  const warnings: string[] = [];

  await fill(await lockOf(), false, { ...silent, step: (_title, act) => act({ ...silent, warn: (text) => warnings.push(text) }) });

  expect(warnings).toEqual([expect.stringMatching(new RegExp(`^the key ${soon.fingerprint}, which signs packages: it expires on .*, in (19|20) days$`))]);
});

describe('nothing is built of RPM packages', () => {
  test('that a key of another source signed, or nobody: all are named', async () => {
    upstream.pgdg[0] = await makeSignedRpm(upstream.keys.rocky.signer, 'postgresql17-libs', '17.5-3PGDG.rhel9', 'x86_64', { requires: ['libc.so.6(GLIBC_2.34)(64bit)'] });
    upstream.baseos[0] = await makeSignedRpm(undefined, 'setup', '2.13.7-10.el9', 'noarch');
    await upstream.publish();

    const { result, stderr } = await refusedBuild();

    expect(result).toBe(6);
    expect(stderr).toContain('2 packages cannot be taken');
    expect(stderr).toContain('postgresql17-libs 17.5-3PGDG.rhel9 x86_64 is not signed by a trusted key');
    expect(stderr).toMatch(/setup 2\.13\.7-10\.el9 noarch is not signed by a trusted key\s+it carries no signature/);
  });

  test('whose header says another thing than the metadata that the lock was made by', async () => {
    upstream.pgdg[1]!.stanza = upstream.pgdg[1]!.stanza.replace('<rpm:entry name="/bin/sh"/>', '');
    await upstream.publish();

    const { result, stderr } = await refusedBuild();

    expect([result, stderr]).toEqual([6, expect.stringContaining('requires: the metadata does not have /bin/sh')]);
  });

  test('that need an rpm newer than that of the target', async () => {
    upstream.pgdg[1] = await makeSignedRpm(upstream.keys.packages.signer, 'postgresql17-server', '17.5-3PGDG.rhel9', 'x86_64', { requires: ['rpmlib(Unheard) <= 9.0-1'] });
    await upstream.publish();

    const { result, stderr } = await refusedBuild();

    expect([result, stderr]).toEqual([4, expect.stringContaining('it needs rpmlib(Unheard) 9.0-1')]);
  });

  test('of a lock that does not say by whose keys they are signed', async () => {
    await run('lock', join(upstream.folder, 'bundle.yml'), '--target', 'el9.x86_64', '--out', upstream.folder, ...upstream.options);
    const path = join(upstream.folder, lockFile);
    await writeFile(path, (await readFile(path, 'utf8')).replace(/"keys": \[[^\]]*\],\s*/g, ''));

    const { result, stderr } = await refusedBuild(path);

    expect([result, stderr]).toEqual([6, expect.stringContaining('the lock does not say by whose keys its packages are signed')]);
  });
});

/** With the runtime and the installer of `packTiny`; all else as `pgark build` does it. */
async function makeBundle({ signer }: MadeKey, name: string): Promise<string> {
  await run('lock', join(upstream.folder, 'bundle.yml'), '--target', 'el9.x86_64', '--out', upstream.folder, ...upstream.options);
  const lock = await lockOf();
  const { heads, store } = await fill(lock, false);
  const packed = await packTiny({ lock, text: await readFile(join(upstream.folder, lockFile), 'utf8'), store, signer, heads, out: join(upstream.folder, name) });
  return packed.path;
}

const lockOf = async (): Promise<Lock> => readLock(await readFile(join(upstream.folder, lockFile), 'utf8'), lockFile);

async function fill(lock: Lock, offline: boolean, progress: Progress = silent): Promise<{ heads: Heads; store: Store }> {
  const catalog = await recallCatalog(join(upstream.folder, 'manifests'), join(upstream.folder, 'store/catalog'));
  const opened = await openUpstream({ store: join(upstream.folder, 'store'), mirrors: ['rocky', 'pgdg'].map((name) => `${name}=${upstream.server.url}`), offline }, catalog);
  try {
    await fillStore(lock, opened, silent);
    return { heads: (await verifyStore(lock, opened, progress))!, store: opened.store };
  } finally {
    await opened.http?.close();
  }
}

const run = (...argv: string[]) => capture(() => runProgram(program, argv));

async function refusedBuild(path = join(upstream.folder, 'bundle.yml')): Promise<{ result: number; stderr: string }> {
  const key = join(upstream.folder, 'key');
  const out = join(upstream.folder, 'out');
  await mkdir(out);
  await run('keygen', '--ed25519', '--out', key);
  const { result, stderr } = await run('build', path, ...(path.endsWith('.json') ? [] : ['--target', 'el9.x86_64']), '--out', out, '--key', join(key, 'key'), ...upstream.options);
  expect(await readdir(out)).toEqual([]);
  return { result, stderr };
}
