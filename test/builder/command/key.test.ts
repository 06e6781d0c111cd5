import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { build } from '../../../builder/command/build.ts';
import { keygen } from '../../../builder/command/keygen.ts';
import { expectTaken } from '../../../builder/command/key.ts';
import { readFingerprint, verify } from '../../../builder/command/verify.ts';
import type { CommandSpec } from '../../../repo/console/command.ts';
import { runProgram } from '../../../repo/console/run.ts';
import { silent } from '../../../repo/core/progress.ts';
import { Secret } from '../../../repo/core/secret.ts';
import { openSigner } from '../../../repo/core/signature.ts';
import { madeKey } from '../../support/archive.ts';
import { capture } from '../../support/capture.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-key-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const pgark = (command: CommandSpec, ...argv: string[]): ReturnType<typeof capture<number>> =>
  capture(() => runProgram({ name: 'pgark', version: '0', about: '', commands: [command] }, [command.name, ...argv]));

describe('pgark keygen', () => {
  test('makes a private key that only its owner reads, and tells the fingerprint', async () => {
    const { result, stdout } = await pgark(keygen, '--out', join(folder, 'key'), '--ed25519', '--json', '--quiet');

    const made = JSON.parse(stdout) as { fingerprint: string; private: string };
    const signer = await openSigner(await readFile(made.private, 'utf8'));
    expect(result).toBe(0);
    expect(signer.fingerprint).toBe(made.fingerprint);
    expect(Buffer.from(signer.publicKey)).toEqual(await readFile(join(folder, 'key/public.gpg')));
    expect((await stat(made.private)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'key'))).mode & 0o777).toBe(0o700);
    expect((await readdir(join(folder, 'key'))).toSorted()).toEqual(['key', 'public.asc', 'public.gpg']);
  });

  test('never overwrites a key', async () => {
    await pgark(keygen, '--out', folder, '--ed25519', '--quiet');
    const before = await readFile(join(folder, 'key'));

    const { result, stderr } = await pgark(keygen, '--out', folder, '--ed25519', '--quiet');

    expect([result, stderr]).toEqual([3, expect.stringContaining('a key is never overwritten')]);
    expect(await readFile(join(folder, 'key'))).toEqual(before);
  });

  test('locks it with the passphrase of a file, which is in none of the outputs', async () => {
    await writeFile(join(folder, 'secret'), 'correct horse\nsecond line\n');

    const { stdout, stderr } = await pgark(keygen, '--out', join(folder, 'key'), '--ed25519', '--passphrase-file', join(folder, 'secret'));
    const armoured = await readFile(join(folder, 'key/key'), 'utf8');

    expect(stdout + stderr + armoured).not.toContain('correct horse');
    await expect(openSigner(armoured)).rejects.toThrow(expect.objectContaining({ code: 'untrusted', message: expect.stringContaining('locked') }));
    await expect(openSigner(armoured, new Secret('wrong'))).rejects.toThrow(expect.objectContaining({ code: 'untrusted' }));
    await expect(openSigner(armoured, new Secret('correct horse'))).resolves.toBeDefined();
  });

  test('asks for a passphrase only where there is somebody to ask', async () => {
    const { result, stderr } = await pgark(keygen, '--out', join(folder, 'key'), '--passphrase', '--quiet');

    expect([result, stderr]).toEqual([2, expect.stringContaining('no terminal')]);
  });
});

describe('pgark build', () => {
  test('builds nothing without a key, and says how to make one', async () => {
    const usual = process.env['XDG_CONFIG_HOME'];
    process.env['XDG_CONFIG_HOME'] = folder;
    try {
      const { result, stderr } = await pgark(build, 'slim.yml', '--target', 'd12.x86_64', '--out', join(folder, 'out'), '--quiet');

      expect([result, stderr]).toEqual([2, expect.stringMatching(/there is no key to sign it with\n.*pgark keygen --out /)]);
      expect(await readdir(folder)).toEqual([]);
    } finally {
      if (usual === undefined) delete process.env['XDG_CONFIG_HOME'];
      else process.env['XDG_CONFIG_HOME'] = usual;
    }
  });

  test('refuses a key that is none', async () => {
    await writeFile(join(folder, 'key'), 'not a key');

    const { result, stderr } = await pgark(build, 'slim.yml', '--key', join(folder, 'key'), '--quiet');

    expect([result, stderr]).toEqual([3, expect.stringContaining('the signing key cannot be read')]);
  });
});

describe('pgark verify', () => {
  test.each(['910a 2919 F9C4 5824 656C  3859 ED57 AD95 F52D F3DC', '0x910A2919F9C45824656C3859ED57AD95F52DF3DC'])('reads a fingerprint as people write it: %s', (text) => {
    expect(readFingerprint(text)).toBe('910A2919F9C45824656C3859ED57AD95F52DF3DC');
  });

  test('checks nothing without a fingerprint', async () => {
    const { result, stderr } = await pgark(verify, 'x.tar');

    expect([result, stderr]).toEqual([2, expect.stringContaining('--fingerprint FPR')]);
  });
});

test('a key that the rpm of the target cannot import signs nothing for it', async () => {
  const { signer } = await madeKey();
  const take = (format: 'deb' | 'rpm', release: string): Promise<void> => expectTaken(signer, { format, release }, silent);

  await expect(take('rpm', '8')).rejects.toMatchObject({ code: 'invalid', message: `the key ${signer.fingerprint} cannot sign for EL 8: it is a key of the kind EdDSA, which EL 8 does not take` });
  await expect(Promise.all([take('rpm', '9'), take('rpm', '10'), take('deb', '12')])).resolves.toHaveLength(3);
});
