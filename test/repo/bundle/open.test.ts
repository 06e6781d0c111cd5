import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore, type Store } from '../../../builder/store/store.ts';
import { auditBundle, isAudited } from '../../../builder/tree/audit.ts';
import { openBundle, peekBundle } from '../../../repo/bundle/open.ts';
import { makeKey, openSigner, readKeys, verifyDetached, type Signer } from '../../../repo/core/signature.ts';
import { flip, forge, type Forged } from '../../support/forge.ts';
import { packTiny, paperLock, targets } from '../../support/tiny.ts';

let folder: string;
let store: Store;
let signer: Signer;
let other: Signer;
let good: string;
let bad: string;
const id = 'pgark-tiny-0.1.0.d12.x86_64';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-open-'));
  store = await openStore(join(folder, 'store'));
  [signer, other] = await Promise.all(['one', 'other'].map(async (name) => openSigner((await makeKey('ed25519', name)).privateKey))) as [Signer, Signer];
  good = (await packTiny({ ...(await paperLock(store, targets.bookworm)), store, signer, out: join(folder, 'good') })).path;
  bad = join(folder, 'bad.tar');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const check = async (path: string): Promise<void> => auditBundle(await openBundle(path, signer.fingerprint, isAudited), path);
const refusal = (message: RegExp, details?: RegExp, code = 'untrusted'): object => expect.objectContaining({ code, message: expect.stringMatching(message), ...(details && { details: expect.arrayContaining([expect.stringMatching(details)]) }) });
const named = (members: Forged[], name: string): Forged => members.find((member) => member.path === `${id}/${name}`)!;

describe('a bundle as it was packed', () => {
  test('is good from the signature down', async () => {
    await expect(check(good)).resolves.toBeUndefined();
  });

  test('tells of itself', async () => {
    const { descriptor, signer: by, sums } = await peekBundle(good);

    expect(descriptor).toMatchObject({ id, packages: 2, signer: by });
    expect([...sums.keys()].slice(0, 5)).toEqual(['bundle.json', 'keyring.gpg', 'bootstrap', 'configure', 'install']);
  });

  test('has a detached signature over the file as it is', async () => {
    const keys = await readKeys([signer.publicKey], [signer.fingerprint], 'test');

    const signed = await verifyDetached(await readFile(good), await readFile(`${good}.asc`), keys, good);

    expect(signed.signer).toBe(signer.fingerprint);
  });
});

describe('a bundle that was tampered with is refused', () => {
  test.each([
    ['in a package', 'tiny-server\ntiny-server\ntiny-server', /repo\/pool\/t\/tiny-server\/.*deb: its SHA-256 differs/],
    ['in an index', 'Package: tiny-common\nVersion: 2.0~rc1-1\nArchitecture: all\nMaintainer', /Packages: its SHA-256 differs/],
    ['in bundle.json', '"packages": 2', /bundle.json: its SHA-256 differs/],
    ['in bootstrap', '# bootstrap: checks', /bootstrap: its SHA-256 differs/],
  ])('one bit flipped %s', async (_where, near, detail) => {
    await flip(good, bad, near, 11);

    await expect(check(bad)).rejects.toThrow(refusal(/is not what was signed/, detail));
  });

  test('one bit flipped in the list of digests', async () => {
    await flip(good, bad, '  bundle.json', -3);

    await expect(check(bad)).rejects.toThrow(refusal(/SHA256SUMS is not signed by a trusted key/));
  });

  test('another key signed all of it', async () => {
    const { path } = await packTiny({ ...(await paperLock(store, targets.bookworm)), store, signer: other, out: join(folder, 'other') });

    await expect(check(path)).rejects.toThrow(refusal(/none of the keys at hand has a pinned fingerprint/, new RegExp(other.fingerprint)));
  });

  test('another key signed the repository inside', async () => {
    const mixed: Signer = { ...signer, inline: other.inline, detached: (content, date) => (String(content).startsWith('Origin') ? other : signer).detached(content, date) };
    const { path } = await packTiny({ ...(await paperLock(store, targets.bookworm)), store, signer: mixed, out: join(folder, 'mixed') });

    await expect(check(path)).rejects.toThrow(refusal(/InRelease is not signed by a trusted key/));
  });

  test.each<[string, (members: Forged[]) => Forged[], RegExp]>([
    ['a symbolic link', (all) => all.map((each) => (each.path.endsWith('.deb') ? { ...each, content: Buffer.alloc(0), type: 'SymbolicLink', linkpath: '/etc/shadow' } : each)), /which is a SymbolicLink, not a regular file/],
    ['a hard link', (all) => [...all, { ...all[4]!, path: `${id}/repo/x`, content: Buffer.alloc(0), type: 'Link', linkpath: '/etc/shadow' }], /which is a Link, not a regular file/],
    ['a folder', (all) => [{ ...all[0]!, path: `${id}/`, content: Buffer.alloc(0), type: 'Directory', mode: 0o777 }, ...all], /which is a Directory, not a regular file/],
    ['a device', (all) => [...all, { ...all[4]!, path: `${id}/repo/x`, content: Buffer.alloc(0), type: 'CharacterDevice' }], /which is a CharacterDevice, not a regular file/],
    ['a path that climbs', (all) => [...all, { ...all[4]!, path: `${id}/../../etc/cron.d/x` }], /does not stay inside/],
    ['an absolute path', (all) => [...all, { ...all[4]!, path: '/etc/cron.d/x' }], /does not stay inside/],
    ['a second top folder', (all) => [...all, { ...all[4]!, path: 'elsewhere/x' }], /does not stay inside/],
    ['a member twice', (all) => [...all, named(all, 'bootstrap')], /holds bootstrap twice/],
    ['a member that the list does not name', (all) => [...all, { ...named(all, 'bootstrap'), path: `${id}/repo/pool/x.deb` }], /repo\/pool\/x.deb, which the signed list does not name/],
    ['the signature first', (all) => [all[1]!, all[0]!, ...all.slice(2)], /stands where SHA256SUMS must stand/],
  ])('%s', async (_what, edit, message) => {
    await forge(good, bad, edit);

    await expect(check(bad)).rejects.toThrow(refusal(message));
  });

  test('a member is missing', async () => {
    await forge(good, bad, (all) => all.filter((each) => !each.path.endsWith('all.deb')));

    await expect(check(bad)).rejects.toThrow(refusal(/is not what was signed/, /all.deb: is missing/));
  });

  test('members stand in another order', async () => {
    await forge(good, bad, (all) => [...all.slice(0, 4), ...all.slice(4).reverse()]);

    await expect(check(bad)).rejects.toThrow(refusal(/is not what was signed/, /stands where bootstrap must stand/));
  });

  test.each([
    ['in the middle of a member', 20_000],
    ['between two blocks', 512 * 40],
    ['in the first header', 100],
  ])('it ends %s', async (_where, size) => {
    await writeFile(bad, await readFile(good));
    await truncate(bad, size);

    await expect(check(bad)).rejects.toThrow(refusal(/ends too early: after/, undefined, 'invalid'));
  });

  test('it goes on after its end', async () => {
    await writeFile(bad, Buffer.concat([await readFile(good), Buffer.alloc(512)]));

    await expect(check(bad)).rejects.toThrow(refusal(/goes on after its end/));
  });

  test('a header says the same in other bytes', async () => {
    const content = await readFile(good);
    // GNU tar and pax both read a mode with a blank before it.
    const place = content.indexOf(`${id}/bundle.json`) + 100;
    content.write(' 00644', place, 'latin1');
    content.fill(' ', place + 48, place + 56);
    const sum = content.subarray(place - 100, place + 412).reduce((total, byte) => total + byte, 0);
    content.write(`${sum.toString(8).padStart(6, '0')}\0 `, place + 48, 'latin1');
    await writeFile(bad, content);

    await expect(check(bad)).rejects.toThrow(refusal(/is not one that pgark writes/));
  });

  test('the descriptor does not tell the truth about the repository', async () => {
    const { lock } = await paperLock(store, targets.bookworm);
    const lying = { ...lock, roots: [{ ...lock.roots[0]!, package: 'postgresql-15' }] };
    const { path } = await packTiny({ lock: lying, text: 'lock', store, signer, out: join(folder, 'lying') });

    await expect(check(path)).rejects.toThrow(refusal(/the repository inside is not whole/, /the root postgresql-15 is not among the packages/));
  });

  test('it is no bundle at all', async () => {
    await writeFile(bad, 'not a tar, but long enough to be one '.repeat(40));

    await expect(check(bad)).rejects.toThrow(refusal(/./));
  });

  test('it is not there', async () => {
    await expect(check(join(folder, 'nowhere.tar'))).rejects.toThrow(refusal(/cannot be read: ENOENT/, undefined, 'invalid'));
  });
});
