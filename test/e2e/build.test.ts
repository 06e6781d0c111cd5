import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lock } from '../../builder/lock/lock.ts';
import { digestFile } from '../../repo/core/digest.ts';
import { silent } from '../../repo/core/progress.ts';
import { throwawayKey, type Key } from '../../vagrant/bundle.ts';
import { demand, execute } from '../../vagrant/execute.ts';

const top = resolve(import.meta.dirname, '../..');
const bundle = (name: string): string => join(top, 'manifests/bundles', `${name}.yml`);

/** For a machine that is not this one: other architecture, other release. Nothing of it is run here. */
describe('a bundle for another architecture, from the real archive', () => {
  let folder: string;
  let key: Key;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pgark-build-'));
    key = await throwawayKey(silent);
  });

  afterAll(() => rm(folder, { recursive: true }));

  test('is built and verified', async () => {
    await demand([join(top, 'pgark'), 'build', bundle('slim'), '--target', 'd13.aarch64', '--out', join(folder, 'first'), '--key', key.file], { timeout: 900 });

    const verdict = await demand([join(top, 'pgark'), 'verify', tarIn('first'), '--fingerprint', key.fingerprint]);

    expect(verdict).toContain('pgark-slim-0.1.0.d13.aarch64 is good');
    expect(verdict).toContain(key.fingerprint);
  });

  test('is the same to the byte under another umask, clock zone and locale, from what is in the store', async () => {
    const script = `umask 077; exec '${join(top, 'pgark')}' build '${bundle('slim')}' --target d13.aarch64 --offline --out '${join(folder, 'second')}' --key '${key.file}'`;
    await demand(['sh', '-c', script], { timeout: 900, env: { TZ: 'Pacific/Kiritimati', LC_ALL: 'C' } });

    const [first, second] = await Promise.all(['first', 'second'].map((name) => digestFile(tarIn(name))));

    expect(second).toEqual(first);
  });

  test('is refused on the word of another fingerprint', async () => {
    const { code, stderr } = await execute([join(top, 'pgark'), 'verify', tarIn('first'), '--fingerprint', 'F'.repeat(40)]);

    expect(code).toBe(6);
    expect(stderr).toContain(key.fingerprint);
  });

  const tarIn = (name: string): string => join(folder, name, 'pgark-slim-0.1.0.d13.aarch64.tar');
});

test('every extension package of the archive is locked and proven, for every target', { timeout: 600_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pgark-lock-'));
  try {
    await demand([join(top, 'pgark'), 'lock', bundle('debian'), '--target', 'all', '--out', folder], { timeout: 600 });

    const locks = await Promise.all(['d12.x86_64', 'd13.x86_64', 'd13.aarch64'].map(async (code) => Lock.parse(JSON.parse(await readFile(join(folder, `debian.${code}.lock.json`), 'utf8')))));

    expect(locks.map((lock) => lock.missing)).toEqual([[], [], []]);
    expect(locks.map((lock) => lock.roots.filter((root) => root.kind === 'extension').length > 70)).toEqual([true, true, true]);
    expect(locks.map((lock) => lock.roots.every((root) => root.kind !== 'extension' || root.proof.length > 0))).toEqual([true, true, true]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
