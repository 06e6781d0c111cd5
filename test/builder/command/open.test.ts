import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { diff } from '../../../builder/command/diff.ts';
import { inspect } from '../../../builder/command/inspect.ts';
import { freeze } from '../../../builder/lock/freeze.ts';
import type { Lock } from '../../../builder/lock/lock.ts';
import { writeLock } from '../../../builder/lock/read.ts';
import { describe } from '../../../builder/tree/describe.ts';
import { pack } from '../../../repo/bundle/pack.ts';
import { members } from '../../../repo/bundle/paths.ts';
import { runProgram } from '../../../repo/console/run.ts';
import { writeDocument } from '../../../repo/core/document.ts';
import { writeIndexes } from '../../../repo/deb/index.ts';
import { madeKey, type MadeKey } from '../../support/archive.ts';
import { capture } from '../../support/capture.ts';
import { answer } from '../lock/sample.ts';

const lock: Lock = {
  ...freeze(answer),
  groups: [{ name: 'pgsql-gis', pg: '15', packages: ['postgresql-15-postgis-3'], missing: ['a', 'b', 'c', 'd', 'e', 'f'] }],
  baselines: [{ name: 'el9.4-server', packages: 9, assumed: 3, unknown: 0, failing: [] }, { name: 'el9.5-server', packages: 9, assumed: 0, unknown: 0, failing: [{ roots: ['postgresql-15-rival'], reasons: ['agent excludes it'] }] }],
};
let folder: string;
let key: MadeKey;
let tar: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-open-'));
  key = await madeKey();
  const descriptor = describe(lock, writeLock(lock), key.signer);
  const created = new Date(descriptor.created);
  const indexes = writeIndexes(lock.packages, { origin: 'pgark', label: 'pgark', suite: 'stable', codename: 'bookworm', component: 'main', arch: 'amd64', date: created, description: 'x' });
  const tree = new Map([
    [members.descriptor, { content: writeDocument(descriptor) }],
    [members.keyring, { content: key.signer.publicKey }],
    [members.bootstrap, { content: '#!/bin/sh\n' }],
    ...[...indexes].map(([path, content]) => [`${members.repository}/${path}`, { content }] as const),
  ]);
  tar = (await pack({ id: descriptor.id, tree, created, signer: key.signer, blobPath: () => '', out: folder })).path;
  await writeFile(join(folder, 'sample.lock.json'), writeLock(lock));
});
afterEach(() => rm(folder, { recursive: true }));

test('pgark inspect tells who signed a bundle, and what is in it', async () => {
  const { result, stdout } = await pgark('inspect', tar, '--packages');

  expect(result).toBe(0);
  expect(stdout).toMatch(new RegExp(`signed by +${key.fingerprint}`));
  expect(stdout).toMatch(/postgresql-15-rival +1\.0 +extension rival +not beside postgresql-15-postgis-3/);
  expect(stdout).toMatch(/libpq5 +1\.0 +amd64/);
});

test('pgark inspect tells the groups of a bundle and the hosts that it was proven on, as of its lock', async () => {
  const bundle = await pgark('inspect', tar);
  const locked = await pgark('inspect', join(folder, 'sample.lock.json'));

  expect(bundle.stdout).toMatch(/groups\n {2}pgsql-gis +PostgreSQL 15 +postgresql-15-postgis-3 +without a, b, c, d and 2 more\n/);
  expect(bundle.stdout).toMatch(/proven on\n {2}el9\.4-server\n {2}el9\.5-server +not postgresql-15-rival: agent excludes it\n/);
  expect(locked.stdout).toMatch(/el9\.4-server +9 packages, 3 of them at versions that no index has\n/);
});

test('pgark diff finds nothing between a lock and the bundle made from it', async () => {
  const { stdout } = await pgark('diff', join(folder, 'sample.lock.json'), tar);

  expect(stdout).toContain('0 added, 0 removed, 0 changed, 6 the same');
});

test('a bundle whose index was altered is not trusted', async () => {
  const content = await readFile(tar);
  content[content.indexOf('Package: libpq5') + 9]! ^= 1;
  await writeFile(tar, content);

  const { result, stderr } = await pgark('inspect', tar);

  expect([result, stderr]).toEqual([6, expect.stringContaining('Packages is not what was signed')]);
});

test('a file that is not there is told', async () => {
  const { result, stderr } = await pgark('inspect', join(folder, 'none.tar'));

  expect([result, stderr]).toEqual([3, expect.stringContaining('none.tar: no such file')]);
});

const pgark = (...argv: string[]) => capture(() => runProgram({ name: 'pgark', version: '0', about: 'x', commands: [inspect, diff] }, argv));
