import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lock } from '../../../builder/command/lock.ts';
import { readLock } from '../../../builder/lock/read.ts';
import { runProgram } from '../../../repo/console/run.ts';
import { madeKey, type MadeKey } from '../../support/archive.ts';
import { capture } from '../../support/capture.ts';
import { makeRepositories, makeRpm, type MadeRepository } from '../../support/repository.ts';
import { serveFiles, type MadeServer } from '../../support/server.ts';

const name = 'small.el9.x86_64.lock.json';
const date = Date.parse('2026-11-20T10:00:00Z');

const baseos = [
  makeRpm('setup', '2.13.7-10.el9', 'noarch'),
  makeRpm('filesystem', '3.16-5.el9', 'x86_64', { requires: ['setup'], files: ['/bin'] }),
  makeRpm('basesystem', '11-13.el9', 'noarch', { requires: ['filesystem', 'setup'] }),
  makeRpm('glibc', '2.34-100.el9', 'x86_64', { provides: ['libc.so.6(GLIBC_2.34)(64bit)'], requires: ['basesystem', '(glibc-gconv-extra(x86-64) = 2.34-100.el9 if redhat-rpm-config)'] }),
  makeRpm('glibc', '2.34-100.el9', 'i686', { provides: ['libc.so.6(GLIBC_2.34)'] }),
  makeRpm('bash', '5.1.8-9.el9', 'x86_64', { requires: ['libc.so.6(GLIBC_2.34)(64bit)'], files: ['/bin/sh'] }),
  makeRpm('postgresql-private', '13.20-1.el9', 'x86_64', { provides: ['postgresql17-libs(x86-64) = 99'] }),
];
const pgdg = [
  makeRpm('postgresql17-libs', '17.5-3PGDG.rhel9', 'x86_64', { requires: ['libc.so.6(GLIBC_2.34)(64bit)'] }),
  makeRpm('postgresql17-server', '17.4-1PGDG.rhel9', 'x86_64'),
  makeRpm('postgresql17-server', '17.5-3PGDG.rhel9', 'x86_64', { requires: ['/bin/sh', 'postgresql17-libs(x86-64) = 17.5-3PGDG.rhel9'], recommends: ['bash'] }),
];

let folder: string;
let key: MadeKey;
let server: MadeServer;
let files: Map<string, Buffer>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-lock-rpm-'));
  key = await madeKey();
  files = new Map();
  server = await serveFiles(files);
  await publish({ path: '9/BaseOS/x86_64/os', date, packages: baseos.map((made) => made.stanza) }, { path: '17/rhel-9', date: date + 1000, packages: pgdg.map((made) => made.stanza) });
  await writeManifests();
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

describe('pgark lock for an RPM target', () => {
  test('settles every package from repomd.xml to the ground', async () => {
    const { result, stdout } = await makeLock();

    const locked = readLock(await readFile(join(folder, name), 'utf8'), name);
    expect(result).toBe(0);
    expect(stdout).toContain('1 roots, 7 packages');
    expect(locked.packages.map((item) => `${item.name} ${item.version} ${item.arch}${item.base ? ' base' : ''}`)).toEqual([
      'basesystem 11-13.el9 noarch base', 'bash 5.1.8-9.el9 x86_64', 'filesystem 3.16-5.el9 x86_64 base', 'glibc 2.34-100.el9 x86_64',
      'postgresql17-libs 17.5-3PGDG.rhel9 x86_64', 'postgresql17-server 17.5-3PGDG.rhel9 x86_64', 'setup 2.13.7-10.el9 noarch base',
    ]);
    expect(locked.roots[0]!.proof.map((place) => locked.packages[place]!.name)).toEqual(['bash', 'glibc', 'postgresql17-libs', 'postgresql17-server']);
  });

  test('names where each package is, by the address of the manifest', async () => {
    await makeLock();

    const { packages, sources } = readLock(await readFile(join(folder, name), 'utf8'), name);
    expect(packages.find((item) => item.name === 'postgresql17-server')).toMatchObject({
      source: 'pgdg/pgdg17',
      url: 'https://yum.invalid/17/rhel-9/Packages/postgresql17-server-17.5-3PGDG.rhel9.x86_64.rpm',
      stanza: pgdg[2]!.stanza,
    });
    expect(sources.map((source) => [source.name, source.suite, source.date, source.signer, source.indexes.length])).toEqual([
      ['pgdg/pgdg17', 'pgdg17', '2026-11-20T10:00:01.000Z', key.fingerprint, 1],
      ['rocky/baseos', 'baseos', '2026-11-20T10:00:00.000Z', key.fingerprint, 1],
    ]);
  });

  test('gives the same bytes offline', async () => {
    await makeLock();
    const first = await readFile(join(folder, name), 'utf8');
    await server.close();

    const { result } = await makeLock('--offline');

    expect(result).toBe(0);
    expect(await readFile(join(folder, name), 'utf8')).toBe(first);
  });

  test('writes nothing when an index is not signed', async () => {
    await publish({ path: '17/rhel-9', date, packages: [], unsigned: true });
    files.delete('17/rhel-9/repodata/repomd.xml.asc');

    const { result, stderr } = await makeLock();

    expect(result).toBe(6);
    expect(stderr).toContain('pgdg/pgdg17 has no signature over its index');
    await expect(readFile(join(folder, name))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('tells why a package cannot be had', async () => {
    await publish({ path: '17/rhel-9', date: date + 2000, packages: [pgdg[2]!.stanza] });

    const { result, stderr } = await makeLock();

    expect(result).toBe(4);
    expect(stderr).toContain('postgresql17-server 17.5-3PGDG.rhel9 needs postgresql17-libs(x86-64) = 17.5-3PGDG.rhel9; postgresql-private 13.20-1.el9 offers postgresql17-libs(x86-64) = 99 only');
  });
});

async function publish(...repositories: MadeRepository[]): Promise<void> {
  for (const [path, content] of await makeRepositories(repositories, key)) files.set(path, content);
}

const makeLock = (...more: string[]) =>
  capture(() =>
    runProgram({ name: 'pgark', version: '0', about: 'x', commands: [lock] }, [
      'lock', join(folder, 'bundle.yml'), '--target', 'el9.x86_64', '--out', folder, '--manifests', join(folder, 'manifests'), '--store', join(folder, 'store'),
      '--mirror', `rocky=${server.url}`, '--mirror', `pgdg=${server.url}`, ...more,
    ]),
  );

async function writeManifests(): Promise<void> {
  const { fingerprint, armoured } = key;
  const source = (called: string, ...repositories: string[]): string =>
    `name: ${called}\nabout: a test\nmodule: node\narchives: { ${called}: { url: https://yum.invalid } }\nkeys: { ${fingerprint}: { owner: a test, url: http://keys.invalid/ } }\nrepositories:\n${repositories.map((each) => `  - { ${each}, archive: ${called}, keys: [${fingerprint}] }\n`).join('')}`;
  const documents: Record<string, string> = {
    'manifests/distros.yml': "releases:\n  - { code: el9, title: Rocky 9, distro: rocky, format: rpm, release: '9', minor: '9.6', architectures: [x86_64], pg: 14-18, libc: { name: glibc, version: '2.34' }, home: '/usr/pgsql-{pg}', locale: { name: C.UTF-8, package: glibc-langpack-en } }\n",
    'manifests/sources/rocky.yml': source('rocky', "repository: baseos, targets: [el9], path: '{release}/BaseOS/{arch}/os', without: ['postgresql*-libs']"),
    'manifests/sources/pgdg.yml': source('pgdg', "repository: 'pgdg{pg}', targets: [el9], path: '{pg}/rhel-{release}', hotfixes: true"),
    'manifests/components/pgsql.yml': "module: pgsql\nabout: x\ncomponents:\n  postgresql: { about: The server, kind: server, rpm: ['postgresql{pg}-server'], published: [{ on: [el9], from: pgdg }] }\n",
    [`manifests/keys/${fingerprint}.asc`]: armoured,
    'bundle.yml': "name: small\nversion: '1.0'\nabout: x\nsources: [rocky, pgdg]\ntargets: { el9.x86_64: ['17'] }\nmodules: [pgsql]\n",
  };
  for (const [path, text] of Object.entries(documents)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}
