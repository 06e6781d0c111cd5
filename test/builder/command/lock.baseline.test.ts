import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inspect } from '../../../builder/command/inspect.ts';
import { lock } from '../../../builder/command/lock.ts';
import { why } from '../../../builder/command/why.ts';
import { readLock } from '../../../builder/lock/read.ts';
import { runProgram } from '../../../repo/console/run.ts';
import { madeKey } from '../../support/archive.ts';
import { capture } from '../../support/capture.ts';
import { makeRepositories, makeRpm } from '../../support/repository.ts';
import { serveFiles, type MadeServer } from '../../support/server.ts';

const packages = [
  makeRpm('app', '1-1', 'x86_64', { requires: ['libc >= 2'] }),
  makeRpm('libc', '2-9', 'x86_64'),
  makeRpm('libc-langpack', '2-9', 'x86_64', { requires: ['libc = 2-9'] }),
  makeRpm('agent', '1-1', 'x86_64', { conflicts: ['libc >= 2'] }),
];
const name = 'small.el9.x86_64.lock.json';
let folder: string;
let server: MadeServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-baseline-'));
  const key = await madeKey();
  server = await serveFiles(await makeRepositories([{ path: 'os', date: Date.parse('2026-11-20T10:00:00Z'), packages: packages.map((made) => made.stanza) }], key));
  const files = {
    'manifests/distros.yml': "releases:\n  - { code: el9, title: EL 9, distro: rocky, format: rpm, release: '9', minor: '9.8', pg: 14-18, libc: { name: glibc, version: '2.34' }, home: '/usr/pgsql-{pg}', locale: { name: C.UTF-8, package: x } }\n",
    'manifests/sources/test.yml': `name: test\nabout: x\nmodule: node\narchives: { test: { url: http://archive.invalid } }\nkeys: { ${key.fingerprint}: { owner: x } }\nrepositories: [{ repository: os, targets: [el9], archive: test, path: os, keys: [${key.fingerprint}] }]\n`,
    'manifests/baselines/old.yml': 'about: x\non: [el9]\npackages: [libc 2-1, libc-langpack 2-1, unheard-of 1-1]\n',
    'manifests/baselines/torn.yml': 'about: x\non: [el9]\npackages: [agent 1-1]\n',
    'manifests/baselines/other.yml': 'about: x\non: [el8]\npackages: [agent 1-1]\n',
    [`manifests/keys/${key.fingerprint}.asc`]: key.armoured,
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

test('pgark lock holds a bundle against every kind of host of its target, ships what is needed there, and warns of what stands in the way', async () => {
  const { result, stderr } = await makeLock();

  const { packages: shipped, baselines } = await read();
  expect(result).toBe(0);
  expect(shipped.map((item) => [item.name, item.because[0]])).toEqual([['app', { kind: 'root', root: 'app' }], ['libc', expect.objectContaining({ by: 0 })], ['libc-langpack', { kind: 'baseline', baseline: 'old' }]]);
  expect(baselines).toEqual([
    { name: 'old', packages: 2, assumed: 2, unknown: 1, failing: [] },
    { name: 'torn', packages: 1, assumed: 0, unknown: 0, failing: [{ roots: ['app'], reasons: expect.arrayContaining([expect.stringContaining('agent 1-1 excludes libc 2-9')]) }] },
  ]);
  expect(stderr).toMatch(/on torn {2}app: .*agent 1-1 excludes libc 2-9/);
});

test('pgark lock holds a bundle against no other than those that it names', async () => {
  await makeLock('baselines: [old]\n');

  expect((await read()).baselines!.map((baseline) => baseline.name)).toEqual(['old']);
});

test('pgark lock refuses a baseline that nobody knows, with the nearest name', async () => {
  const { result, stderr } = await makeLock('baselines: [otter]\n');

  expect([result, stderr]).toEqual([3, expect.stringContaining('unknown baseline "otter", did you mean "other"?')]);
});

test('pgark why and inspect tell of the hosts that something is shipped for', async () => {
  await makeLock();

  const told = await pgark('why', 'libc-langpack', '--lock', join(folder, name));
  const inside = await pgark('inspect', join(folder, name));

  expect(told.stdout).toContain('for hosts like old: their version cannot stay beside something shipped');
  expect(inside.stdout).toContain('closed under choice: 0 branches');
  expect(inside.stdout).toMatch(/old +2 packages, 2 of them at versions that no index has\n/);
  expect(inside.stdout).toMatch(/torn +1 packages +not app: /);
});

async function makeLock(more = ''): Promise<{ result: unknown; stderr: string }> {
  await writeFile(join(folder, 'bundle.yml'), `name: small\nversion: '1.0'\nabout: x\nsources: [test]\ntargets: { el9.x86_64: ['17'] }\npackages: [app]\n${more}`);
  return pgark('lock', join(folder, 'bundle.yml'), '--target', 'el9.x86_64', '--out', folder, '--manifests', join(folder, 'manifests'), '--store', join(folder, 'store'), '--mirror', `test=${server.url}`);
}

const pgark = (...argv: string[]) => capture(() => runProgram({ name: 'pgark', version: '0', about: 'x', commands: [lock, why, inspect] }, argv));
const read = async () => readLock(await readFile(join(folder, name), 'utf8'), name);
