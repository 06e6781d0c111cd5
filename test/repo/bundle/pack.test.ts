import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../../builder/store/store.ts';
import { pack } from '../../../repo/bundle/pack.ts';
import { readMembers } from '../../../repo/bundle/read.ts';
import { digestFile } from '../../../repo/core/digest.ts';
import type { TreeFile } from '../../../repo/bundle/tree.ts';
import { makeKey, openSigner } from '../../../repo/core/signature.ts';

let folder: string;
let key: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-pack-'));
  key = (await makeKey('ed25519', 'test')).privateKey;
  await writeFile(join(folder, 'key'), key);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Packs in a process of its own, which has its own umask, zone and locale. */
async function packUnder(name: string, umask: string, env: Record<string, string>): Promise<string[]> {
  const script = join(import.meta.dirname, 'pack.fixture.ts');
  const out = join(folder, name);
  await promisify(execFile)('sh', ['-c', `umask ${umask}; exec "$0" "$@"`, process.execPath, '--disable-warning=ExperimentalWarning', script, join(folder, 'key'), out, env['ORDER'] ?? ''], { env: { ...process.env, ...env } });
  const files = (await readdir(join(out, 'bundle'))).sort();
  return Promise.all(files.map(async (file) => `${file} ${((await stat(join(out, 'bundle', file))).mode & 0o777).toString(8)} ${(await digestFile(join(out, 'bundle', file))).digest}`));
}

describe('the law "reproducible"', () => {
  test('the same lock and key give the same bytes and modes under another umask, zone, locale and order', async () => {
    const [once, again] = await Promise.all([
      packUnder('once', '022', { TZ: 'UTC', LC_ALL: 'C' }),
      packUnder('again', '077', { TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8', ORDER: 'shuffle' }),
    ]);

    expect(again).toEqual(once);
    expect(once.map((line) => line.split(' ').slice(0, 2))).toEqual([
      ['bootstrap', '755'],
      ['pgark-tiny-0.1.0.d12.x86_64.tar', '644'],
      ['pgark-tiny-0.1.0.d12.x86_64.tar.asc', '644'],
    ]);
  });
});

describe('packing', () => {
  const bootstrap = { content: '#!/bin/sh\n', executable: true as const };

  test('gives every member one date, root for its owner, and its own mode', async () => {
    const signer = await openSigner(key);
    const long = `repo/pool/${'l'.repeat(120)}/${'p'.repeat(130)}.deb`;
    const tree = new Map<string, TreeFile>([['bootstrap', bootstrap], [long, { content: 'x' }]]);

    const { path } = await pack({ id: 'pgark-x', tree, created: signer.created, signer, blobPath: () => '', out: join(folder, 'modes') });
    const members: object[] = [];
    for await (const { path: name, mode, mtime } of readMembers(path)) members.push({ name, mode: mode.toString(8), mtime });

    expect(members).toEqual(['SHA256SUMS', 'SHA256SUMS.asc', 'bootstrap', long].map((name) => ({ name: `pgark-x/${name}`, mode: name === 'bootstrap' ? '755' : '644', mtime: signer.created })));
  });

  test('leaves nothing behind when a blob is not what the store says', async () => {
    const signer = await openSigner(key);
    const store = await openStore(join(folder, 'store'));
    const blob = await store.put(Buffer.from('short'));
    const out = join(folder, 'torn');
    const tree = new Map<string, TreeFile>([['bootstrap', bootstrap], ['repo/pool/x.deb', { blob, size: 6 }]]);

    const packing = pack({ id: 'pgark-x', tree, created: signer.created, signer, blobPath: (digest) => store.pathOf(digest), out });

    await expect(packing).rejects.toThrow(/holds 5 bytes instead of 6/);
    expect(await readdir(out)).toEqual([]);
  });

  test('takes no blob that was altered in the store, be it of the same size', async () => {
    const signer = await openSigner(key);
    const store = await openStore(join(folder, 'poisoned'));
    const blob = await store.put(Buffer.from('genuine'));
    await writeFile(store.pathOf(blob), 'altered');
    const out = join(folder, 'refused');
    const tree = new Map<string, TreeFile>([['bootstrap', bootstrap], ['repo/pool/x.deb', { blob, size: 7 }]]);

    const packing = pack({ id: 'pgark-x', tree, created: signer.created, signer, blobPath: (digest) => store.pathOf(digest), out });

    await expect(packing).rejects.toMatchObject({ code: 'untrusted', message: expect.stringContaining(store.pathOf(blob)) });
    expect(await readdir(out)).toEqual([]);
  });

  test('stops whole when it is interrupted', async () => {
    const signer = await openSigner(key);
    const out = join(folder, 'stopped');
    const signal = AbortSignal.abort(new Error('interrupted'));

    const packing = pack({ id: 'pgark-x', tree: new Map([['bootstrap', bootstrap]]), created: signer.created, signer, blobPath: () => '', out, signal });

    await expect(packing).rejects.toThrow('interrupted');
    expect(await readdir(out)).toEqual([]);
  });
});
