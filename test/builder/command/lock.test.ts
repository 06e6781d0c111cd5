import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { diff } from '../../../builder/command/diff.ts';
import { inspect } from '../../../builder/command/inspect.ts';
import { lock } from '../../../builder/command/lock.ts';
import { why } from '../../../builder/command/why.ts';
import { readLock } from '../../../builder/lock/read.ts';
import { runProgram } from '../../../repo/console/run.ts';
import { capture } from '../../support/capture.ts';
import { bookworm, made, madeUpstream, type MadeUpstream } from '../../support/upstream.ts';

const name = 'small.d12.x86_64.lock.json';
let upstream: MadeUpstream;

beforeEach(async () => {
  upstream = await madeUpstream();
});
afterEach(() => upstream.close());

describe('pgark lock', () => {
  test('settles every package down to the base set, with a proof for each root', async () => {
    const { result, stdout } = await makeLock();

    const locked = await read(name);
    expect(result).toBe(0);
    expect(locked.packages.map((item) => `${item.name} ${item.version}`)).toEqual([
      'apt 2.6.1', 'gpgv 2.2.40', 'libc6 2.36-9', 'libpq5 15.15-1', 'patroni 3.0.2-1', 'postgresql-15 15.15-1',
      'postgresql-15-one 1.0', 'postgresql-15-other 1.0', 'postgresql-client-15 15.15-1', 'python3 3.11',
    ]);
    expect(locked.packages.filter((item) => item.base).map((item) => item.name)).toEqual(['apt', 'gpgv', 'libc6']);
    expect(locked.roots.map((root) => [root.package, root.proof.map((place) => locked.packages[place]!.name), root.conflicts])).toEqual([
      ['patroni', ['patroni', 'python3'], []],
      ['postgresql-15', ['libpq5', 'postgresql-15', 'postgresql-client-15'], []],
      ['postgresql-15-one', ['libpq5', 'postgresql-15', 'postgresql-15-one', 'postgresql-client-15'], ['postgresql-15-other']],
      ['postgresql-15-other', ['libpq5', 'postgresql-15', 'postgresql-15-other', 'postgresql-client-15'], ['postgresql-15-one']],
    ]);
    expect(stdout).toContain('4 roots, 10 packages');
  });

  test('names the address of the manifest, whatever mirror was used', async () => {
    await makeLock();

    const text = await readFile(join(upstream.folder, name), 'utf8');

    expect(text).toContain('"url": "http://archive.invalid/debian/pool/main/l/libpq5/libpq5_15.15-1_amd64.deb"');
    expect(text).not.toContain('127.0.0.1');
  });

  test('gives the same bytes twice, from another store, and from a shuffled index', async () => {
    await makeLock();
    const first = await readFile(join(upstream.folder, name), 'utf8');
    await upstream.publish(bookworm({ packages: { amd64: made.map((each) => each.stanza).toReversed().join('\n') } }));

    await makeLock('--store', join(upstream.folder, 'another store'));

    const second = await readFile(join(upstream.folder, name), 'utf8');
    // Only the digests of the indexes may tell the two apart.
    const without = (text: string): string => text.replace(/"sources": \[.*?\n  \],/s, '');
    expect(without(second)).toBe(without(first));
    expect(second).not.toBe(first);
    await makeLock();
    expect(await readFile(join(upstream.folder, name), 'utf8')).toBe(second);
  });

  test('carries recommended packages when the bundle says so', async () => {
    await edit((text) => `${text}recommends: include\n`);

    await makeLock();

    expect((await read(name)).packages.map((item) => item.name)).toContain('sysstat');
  });

  test('works without the network on what is in the store', async () => {
    await makeLock();
    const first = await readFile(join(upstream.folder, name), 'utf8');
    upstream.server.meddle = (_path, _request, response) => (response.destroy(), true);

    const { result } = await makeLock('--offline');

    expect(result).toBe(0);
    expect(await readFile(join(upstream.folder, name), 'utf8')).toBe(first);
  });

  test.each([
    ['an extension that cannot be had is an error, explained', 'missing: error', 4, /bundle\.yml:7:19  postgresql-15-absent \(extension absent\): /],
    ['an extension that cannot be had is a warning, when the bundle says so', 'missing: warn', 0, /left out  \S+bundle\.yml:7:19  postgresql-15-absent \(extension absent\): /],
  ])('%s', async (_what, policy, code, message) => {
    await edit((text) => text.replace('[one, other]', `[one, absent]\n${policy}`));

    const { result, stderr } = await makeLock();

    expect([result, stderr]).toEqual([code, expect.stringMatching(message)]);
  });

  test('an extension that cannot be had stands in the lock, even where nothing is said', async () => {
    await edit((text) => text.replace('[one, other]', '[one, absent]\nmissing: skip'));

    const { stderr } = await makeLock();

    expect((await read(name)).missing.map((each) => each.package)).toEqual(['postgresql-15-absent']);
    expect(stderr).not.toContain('left out');
  });

  test('a base set that cannot be installed is an error, not an empty lock', async () => {
    await upstream.publish(bookworm({ packages: { amd64: made.map((each) => each.stanza.replace('gpgv | gpgv2', 'nowhere')).join('\n') } }));

    const { result, stderr } = await makeLock();

    expect([result, stderr]).toEqual([4, expect.stringContaining('what every system has cannot be had on d12.x86_64')]);
    expect(await readdir(upstream.folder)).not.toContain(name);
  });

  test('an expired Release ends it, and no lock is written', async () => {
    await upstream.publish(bookworm({ validUntil: Date.parse('2026-07-12T00:00:00Z') }));

    const { result, stderr } = await makeLock();

    expect([result, stderr]).toEqual([6, expect.stringContaining('test/bookworm: its Release expired on 2026-07-12')]);
    expect(await readdir(upstream.folder)).not.toContain(name);
  });

  test('a mirror that is asked for by --json answers with one object', async () => {
    const { stdout } = await makeLock('--json');

    expect(JSON.parse(stdout)).toMatchObject({ locks: [{ path: join(upstream.folder, name), roots: 4, packages: 10, conflicts: 2, missing: 0 }] });
  });

  test.each([
    [[], 'one bundle manifest is needed'],
    [['BUNDLE'], 'a target is needed'],
    [['BUNDLE', '--target', 'd12.x86-64'], 'there is no target "d12.x86-64", did you mean "d12.x86_64"?'],
    [['BUNDLE', '--target', 'all', '--pg', '17'], 'the bundle "small" has no PostgreSQL 17 for d12.x86_64'],
  ])('%j is a usage error', async (args, message) => {
    const { result, stderr } = await pgark('lock', ...args.map((arg) => (arg === 'BUNDLE' ? upstream.bundle : arg)), ...upstream.options);

    expect([result, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('pgark why', () => {
  test('tells the chain from a root', async () => {
    await makeLock();

    const { stdout } = await pgark('why', 'libpq5', '--lock', join(upstream.folder, name));

    expect(stdout).toBe(
      'libpq5 15.15-1 amd64  from test/bookworm\n  postgresql-15 was asked for: server postgresql\n    postgresql-15 15.15-1 requires postgresql-client-15\n      postgresql-client-15 15.15-1 requires libpq5 (>= 15.15)\n        libpq5\n  and for 2 more: postgresql-15-one, postgresql-15-other\n',
    );
  });

  test('guesses a misspelt name', async () => {
    await makeLock();

    const { result, stderr } = await pgark('why', 'libpq6', '--lock', join(upstream.folder, name));

    expect([result, stderr]).toEqual([2, expect.stringContaining('has no package "libpq6", did you mean "libpq5"?')]);
  });
});

test('pgark inspect tells target, roots, sizes and sources of a lock', async () => {
  await makeLock();

  const { stdout } = await pgark('inspect', join(upstream.folder, name), '--packages');

  for (const line of [/target +d12\.x86_64/, /packages +10, /, /postgresql-15-one +1\.0 +extension one +not beside postgresql-15-other/, /test\/bookworm +2026-07-11T10:16:37\.000Z +signed by [0-9A-F]{40}/, /python3 +3\.11 +amd64/]) {
    expect(stdout).toMatch(line);
  }
});

test('pgark diff tells what a newer archive brings', async () => {
  await makeLock();
  const old = join(upstream.folder, 'old.json');
  await writeFile(old, await readFile(join(upstream.folder, name)));
  const newer = made.map((each) => each.stanza.replace('Package: python3\nVersion: 3.11', 'Package: python3\nVersion: 3.12')).join('\n');
  await upstream.publish(bookworm({ packages: { amd64: newer }, date: Date.parse('2026-08-11T10:16:37Z') }));
  await makeLock();

  const { stdout } = await pgark('diff', old, join(upstream.folder, name));

  expect(stdout).toContain('~ python3 3.11 → 3.12');
  expect(stdout).toContain('0 added, 0 removed, 1 changed, 9 the same');
});

const makeLock = (...more: string[]) => pgark('lock', upstream.bundle, '--target', 'd12.x86_64', '--out', upstream.folder, ...upstream.options, ...more);

const pgark = (...argv: string[]) => capture(() => runProgram({ name: 'pgark', version: '0', about: 'x', commands: [lock, why, diff, inspect] }, argv));

const read = async (file: string) => readLock(await readFile(join(upstream.folder, file), 'utf8'), file);

async function edit(change: (text: string) => string): Promise<void> {
  await writeFile(upstream.bundle, change(await readFile(upstream.bundle, 'utf8')));
}
