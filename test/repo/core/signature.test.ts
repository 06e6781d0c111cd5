import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { Secret } from '../../../repo/core/secret.ts';
import { expiriesIn, fingerprintOf, makeKey, openSigner, readKeys, type Signer, verifyDetached, verifyInline } from '../../../repo/core/signature.ts';

let signer: Signer;
let stranger: Signer;
const later = (): Date => new Date(Math.floor(Date.now() / 1000) * 1000);

beforeAll(async () => {
  signer = await openSigner((await makeKey('ed25519', 'test')).privateKey);
  stranger = await openSigner((await makeKey('ed25519', 'stranger')).privateKey);
});

const keysOf = (...signers: Signer[]) => readKeys(signers.map((each) => each.publicKey), signers.map((each) => each.fingerprint), 'test');

test('the same content at the same moment gives the same signature', async () => {
  const date = later();

  expect(await signer.detached('content', date)).toBe(await signer.detached('content', date));
});

test('a detached signature names its signer and its moment', async () => {
  const date = later();
  const signature = await signer.detached('content', date);

  const result = await verifyDetached(Buffer.from('content'), Buffer.from(signature), await keysOf(signer), 'it');

  expect(result).toEqual({ signer: signer.fingerprint, date });
});

test('one flipped byte is not trusted', async () => {
  const signature = await signer.detached('content', later());

  const attempt = verifyDetached(Buffer.from('contenu'), Buffer.from(signature), await keysOf(signer), 'it');

  await expect(attempt).rejects.toMatchObject({ code: 'untrusted' });
});

test("another key's signature is not trusted", async () => {
  const signature = await stranger.inline('text\n', later());

  const attempt = verifyInline(signature, await keysOf(signer), 'InRelease');

  await expect(attempt).rejects.toMatchObject({ code: 'untrusted', message: 'InRelease is not signed by a trusted key' });
});

test('only the signed text of a cleartext document is read', async () => {
  const document = await signer.inline('Suite: stable\n', later());

  const result = await verifyInline(`Suite: evil\n${document}`, await keysOf(signer), 'InRelease').catch((error: Error) => error);

  expect(result instanceof Error || result.text.trim() === 'Suite: stable').toBe(true);
});

test('a key whose fingerprint is not pinned is not accepted', async () => {
  const attempt = readKeys([stranger.publicKey], [signer.fingerprint], 'debian');

  await expect(attempt).rejects.toMatchObject({ code: 'untrusted', details: [expect.stringContaining(signer.fingerprint), expect.stringContaining(stranger.fingerprint)] });
});

test('a locked key opens with its passphrase and with no other', async () => {
  const { privateKey, fingerprint } = await makeKey('ed25519', 'locked', new Secret('right'));

  expect((await openSigner(privateKey, new Secret('right'))).fingerprint).toBe(fingerprint);
  await expect(openSigner(privateKey, new Secret('wrong'))).rejects.toMatchObject({ code: 'untrusted' });
  await expect(openSigner(privateKey)).rejects.toMatchObject({ code: 'untrusted' });
});

test('fingerprints are upper case, forty digits', async () => {
  expect((await keysOf(signer)).map(fingerprintOf)).toEqual([expect.stringMatching(/^[0-9A-F]{40}$/)]);
});

test('what a stranger signed is refused by the fingerprint of its key', async () => {
  const signature = await stranger.inline('text\n', later());

  const attempt = verifyInline(signature, await keysOf(signer), 'InRelease');

  await expect(attempt).rejects.toMatchObject({ details: [expect.stringContaining(stranger.fingerprint)] });
});

test('a key tells until when it is valid, or that it is for good', async () => {
  const fingerprint = 'B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8';
  const material = await readFile(join(import.meta.dirname, '../../../manifests/keys', `${fingerprint}.asc`));

  expect(await expiriesIn(material)).toEqual(new Map([[fingerprint, new Date('2031-01-19T11:44:21Z')]]));
  expect(await expiriesIn(signer.publicKey)).toEqual(new Map([[signer.fingerprint, undefined]]));
});
