import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Invocation } from '../../../repo/console/command.ts';
import { silent } from '../../../repo/core/progress.ts';
import { bundleOf, readGiven } from '../../../vagrant/sandbox/options.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-options-'));
});
afterEach(() => rm(folder, { recursive: true }));

const said = (options: Record<string, string | true>): Invocation =>
  ({ value: (name: string) => (typeof options[name] === 'string' ? options[name] : undefined), has: (name: string) => name in options, progress: silent, signal: new AbortController().signal }) as unknown as Invocation;

describe('what a sandbox is to be', () => {
  test('is Debian 12 under LXC when nothing is said', async () => {
    expect(await readGiven(said({}))).toEqual({ provider: 'lxc', os: 'd12' });
  });

  test.each([
    [{ provider: 'docker' }, 'there is no provider "docker"'],
    [{ os: 'd9', provider: 'libvirt' }, 'there is no operating system "d9"'],
    [{ os: 'el9' }, 'under LXC there is no box for el9'],
  ])('%j is refused', async (options, message) => {
    await expect(readGiven(said(options))).rejects.toMatchObject({ code: 'usage', message });
  });

  test('may be any known system on a hypervisor', async () => {
    expect(await readGiven(said({ os: 'el10', provider: 'virtualbox', pg: '17' }))).toEqual({ provider: 'virtualbox', os: 'el10', pg: '17' });
  });
});

describe('the bundle of a sandbox', () => {
  const given = { provider: 'libvirt', os: 'el9' } as const;

  test('is none where nothing is installed', async () => {
    expect(await bundleOf(said({ 'no-provision': true }), given, silent)).toEqual({});
  });

  test('is not built by itself for what is not Debian', async () => {
    await expect(bundleOf(said({}), given, silent)).rejects.toMatchObject({ code: 'usage', message: 'no bundle is built by itself for el9' });
  });

  test('is trusted by a fingerprint that was given, and by nothing else', async () => {
    for (const name of ['x.tar', 'bootstrap']) await writeFile(join(folder, name), '');
    const bundle = join(folder, 'x.tar');

    await expect(bundleOf(said({ bundle }), given, silent)).rejects.toMatchObject({ code: 'usage', message: 'whom the bundle must be signed by is not said' });
    expect(await bundleOf(said({ bundle, fingerprint: 'ABCD' }), given, silent)).toEqual({ bundle, bootstrap: join(folder, 'bootstrap'), fingerprint: 'ABCD' });
  });

  test('comes with its bootstrap', async () => {
    await writeFile(join(folder, 'x.tar'), '');

    await expect(bundleOf(said({ bundle: join(folder, 'x.tar'), fingerprint: 'ABCD' }), given, silent)).rejects.toMatchObject({ code: 'usage', message: `${join(folder, 'bootstrap')} is not there` });
  });
});
