import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chooseMirrors } from '../../../builder/source/mirror.ts';
import { type LockedRpm, packageKeys, verifyPackages } from '../../../builder/source/packages.ts';
import type { Upstream } from '../../../builder/source/upstream.ts';
import { openStore, type Store } from '../../../builder/store/store.ts';
import type { Keys } from '../../../repo/core/legacy.ts';
import { silent } from '../../../repo/core/progress.ts';
import { fingerprintOf, makeKey, openSigner, readKeys, type Signer } from '../../../repo/core/signature.ts';
import { claimOf, signedFile } from '../../repo/rpm/package.fixture.ts';

let folder: string;
let store: Store;
let keys: ReadonlyMap<string, Keys>;
let pgdg: Signer;
let pigsty: Signer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-packages-'));
  store = await openStore(folder);
  pgdg = await openSigner((await makeKey('ed25519', 'pgdg')).privateKey);
  pigsty = await openSigner((await makeKey('ed25519', 'pigsty')).privateKey);
  const of = (signer: Signer): Promise<Keys> => readKeys([signer.publicKey], [signer.fingerprint], 'it');
  keys = new Map([['pgdg/pg17', await of(pgdg)], ['pigsty/infra', await of(pigsty)]]);
});

afterAll(() => rm(folder, { recursive: true }));

async function locked(source: string, signer: Signer): Promise<LockedRpm> {
  const file = await signedFile(signer, new Date(Math.floor(Date.now() / 1000) * 1000));
  await store.put(file);
  return { ...claimOf(file), source };
}

test('packages are verified by the keys of their own source, and tell what they list', async () => {
  const items = [await locked('pgdg/pg17', pgdg), await locked('pigsty/infra', pigsty)];

  const { listings, keys: signers } = await verifyPackages(items, keys, store, '9', silent);

  expect([...listings.keys()].sort()).toEqual(items.map((item) => item.digest).sort());
  expect(listings.get(items[0]!.digest)!.files).toContain('<file>/etc/alpha</file>');
  expect([...signers.keys()]).toEqual([pgdg.fingerprint, pigsty.fingerprint].sort());
  expect(signers.get(pgdg.fingerprint)).toContain('-----BEGIN PGP PUBLIC KEY BLOCK-----');
});

test('a key of one source is no good for another', async () => {
  const attempt = verifyPackages([await locked('pgdg/pg17', pigsty)], keys, store, '9', silent);

  await expect(attempt).rejects.toMatchObject({ code: 'untrusted', message: 'alpha 1:1.0-2.el9 noarch is not signed by a trusted key' });
});

test('a source without keys has no package that is trusted', async () => {
  const attempt = verifyPackages([await locked('other/x', pgdg)], keys, store, '9', silent);

  await expect(attempt).rejects.toMatchObject({ code: 'untrusted' });
});

test('everything that is not to be trusted is told at once', async () => {
  const items = [await locked('pgdg/pg17', pigsty), { ...(await locked('pgdg/pg17', pgdg)), arch: 'x86_64' }];

  const attempt = verifyPackages(items, keys, store, '9', silent);

  await expect(attempt).rejects.toMatchObject({
    code: 'untrusted',
    message: '2 packages cannot be taken',
    details: ['alpha 1:1.0-2.el9 noarch is not signed by a trusted key', expect.any(String), 'alpha 1:1.0-2.el9 x86_64: its file is not what the metadata says', '  architecture: the package has noarch, the metadata x86_64'],
  });
});

describe('the keys of a lock', () => {
  const upstream = (keyring: Upstream['keyring']): Upstream => ({ http: undefined, store, mirrors: chooseMirrors([], [], []), keyring, now: new Date() });

  test('are those that it pins for each source, and of what is at hand no other', async () => {
    const found = await packageKeys([{ name: 'pgdg/pg17', keys: [pgdg.fingerprint, 'A'.repeat(40)] }], upstream({ [pgdg.fingerprint]: pgdg.publicKey, ['A'.repeat(40)]: pigsty.publicKey }), silent);

    expect(found.get('pgdg/pg17')!.map(fingerprintOf)).toEqual([pgdg.fingerprint]);
  });

  test('are in the store still when a lock is built without the manifest that had them', async () => {
    await packageKeys([{ name: 'yard/el9', keys: [pigsty.fingerprint] }], upstream({ [pigsty.fingerprint]: pigsty.publicKey }), silent);

    const found = await packageKeys([{ name: 'yard/el9', keys: [pigsty.fingerprint] }], upstream({}), silent);

    expect(found.get('yard/el9')!.map(fingerprintOf)).toEqual([pigsty.fingerprint]);
  });

  test('that are not at hand are told for all sources at once', async () => {
    const attempt = packageKeys([{ name: 'b/x', keys: ['B'.repeat(40)] }, { name: 'a/x', keys: ['A'.repeat(40)] }], upstream({}), silent);

    await expect(attempt).rejects.toMatchObject({ code: 'untrusted', message: '2 sources cannot be trusted', details: expect.arrayContaining(['a/x: none of the keys at hand has a pinned fingerprint', 'b/x: none of the keys at hand has a pinned fingerprint']) });
  });
});

test('a release whose rpm is not known is refused', async () => {
  await expect(verifyPackages([], keys, store, '11', silent)).rejects.toMatchObject({ code: 'invalid' });
});
