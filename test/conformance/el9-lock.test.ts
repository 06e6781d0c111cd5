import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { lock } from '../../builder/command/lock.ts';
import type { Lock } from '../../builder/lock/lock.ts';
import { readLock } from '../../builder/lock/read.ts';
import { runProgram } from '../../repo/console/run.ts';
import { madeKey } from '../support/archive.ts';
import { capture } from '../support/capture.ts';
import { serveFiles } from '../support/server.ts';
import { corpus, repositories } from './el9.ts';

const name = 'streams.el9.x86_64.lock.json';

// The repodata is real, of CentOS Stream 9, signed here by a key of ours as a mirror does.
test.skipIf(!existsSync(corpus))('a stream, a group and a path that only filelists tell are locked over real repodata of EL 9, and again without the network', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pgark-el9-'));
  const key = await madeKey();
  const files = await signedCorpus(key);
  const server = await serveFiles(files);
  await writeManifests(folder, key);
  const makeLock = (...more: string[]) => capture(() => runProgram({ name: 'pgark', version: '1', about: '', commands: [lock] }, ['lock', join(folder, 'bundle.yml'), '--target', 'el9.x86_64', '--out', folder, '--manifests', join(folder, 'manifests'), '--store', join(folder, 'store'), '--mirror', `el=${server.url}`, ...more]));

  const { result, stderr } = await makeLock();
  expect([result, stderr]).toEqual([0, expect.any(String)]);
  const text = await readFile(join(folder, name), 'utf8');
  await server.close();
  const again = await makeLock('--offline');

  const locked = readLock(text, name);
  expect([again.result, await readFile(join(folder, name), 'utf8')]).toEqual([0, text]);
  expect(versionOf(locked, 'postgresql-server')).toBe('16.6-1.module_el9+1137+39dc736e');
  expect(versionOf(locked, 'postgresql-private-libs')).toBe('16.6-1.module_el9+1137+39dc736e');
  expect(locked.modules!.map((each) => each.stream)).toEqual(['postgresql:16']);
  expect(locked.roots.map((root) => `${root.name} ${root.package}`)).toEqual(expect.arrayContaining(['@postgresql:16 postgresql-server', '@Container Management podman', 'krb5-server krb5-server']));
  expect(locked.packages.find((item) => item.name === 'words')!.because).toContainEqual(expect.objectContaining({ relation: '/usr/share/dict/words' }));
  expect(indexesOf(locked, 'el/appstream')).toEqual(['comps-AppStream.x86_64.xml', 'filelists.xml', 'modules.yaml', 'primary.xml']);
  expect(indexesOf(locked, 'el/baseos')).toEqual(['comps.xml', 'filelists.xml', 'primary.xml']);
  await rm(folder, { recursive: true });
});

const versionOf = ({ packages }: Lock, of: string): string => packages.find((item) => item.name === of)!.version;

const indexesOf = ({ sources }: Lock, of: string): string[] => sources.find((source) => source.name === of)!.indexes.map((index) => index.path.replace(/^repodata\/([0-9a-f]{64}-)?/, '')).sort();

async function signedCorpus({ signer }: Awaited<ReturnType<typeof madeKey>>): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const repository of repositories) {
    const folder = join(corpus, repository, 'repodata');
    for (const file of await readdir(folder)) files.set(`${repository}/repodata/${file}`, await readFile(join(folder, file)));
    // The corpus has an empty filelists.xml for AppStream, which its repomd.xml names by another digest unpacked.
    const repomd = files.get(`${repository}/repodata/repomd.xml`)!.toString().replace('98e9a2fa4d9193dad4cea8cc14915bb5ce80a197f43b1a6e51e8bc794d7c4708', '0fbbe12017601a7b56df49d9ccf44ffa76d5aad15b7a6865b0549d33b7ec4750');
    files.set(`${repository}/repodata/repomd.xml`, Buffer.from(repomd));
    files.set(`${repository}/repodata/repomd.xml.asc`, Buffer.from(await signer.detached(repomd, new Date())));
  }
  return files;
}

async function writeManifests(folder: string, { fingerprint, armoured }: Awaited<ReturnType<typeof madeKey>>): Promise<void> {
  const documents: Record<string, string> = {
    'manifests/distros.yml': "releases:\n  - { code: el9, title: EL 9, distro: rocky, format: rpm, release: '9', minor: '9.6', architectures: [x86_64], pg: 14-18, libc: { name: glibc, version: '2.34' }, home: '/usr/pgsql-{pg}', locale: { name: C.UTF-8, package: glibc-langpack-en } }\n",
    'manifests/sources/el.yml': `name: el\nabout: a test\nmodule: node\narchives: { el: { url: https://el.invalid } }\nkeys: { ${fingerprint}: { owner: a test } }\nrepositories:\n${repositories.map((each) => `  - { repository: ${each}, targets: [el9], archive: el, path: ${each}, keys: [${fingerprint}] }\n`).join('')}`,
    [`manifests/keys/${fingerprint}.asc`]: armoured,
    'bundle.yml': "name: streams\nversion: '1.0'\nabout: x\nsources: [el]\ntargets: { el9.x86_64: ['16'] }\npackages: ['@postgresql:16', krb5-server, '@Container Management']\n",
  };
  for (const [path, text] of Object.entries(documents)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}
