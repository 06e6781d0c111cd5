import { readSignature } from 'openpgp';
import { beforeAll, expect, test } from 'vitest';
import { Fault } from '../../../repo/core/fault.ts';
import { type Keys, verifyOfAnyVersion } from '../../../repo/core/legacy.ts';
import { makeKey, openSigner, readKeys, type Signer } from '../../../repo/core/signature.ts';

const content = Buffer.from('content');
let signer: Signer;
let keys: Keys;
let signature: Buffer;

beforeAll(async () => {
  signer = await openSigner((await makeKey('ed25519', 'test')).privateKey);
  keys = await readKeys([signer.publicKey], [signer.fingerprint], 'it');
  const armoured = await signer.detached(content, new Date(Math.floor(Date.now() / 1000) * 1000));
  signature = Buffer.from((await readSignature({ armoredSignature: armoured })).write() as Uint8Array);
});

test('a signature of today is verified as any other', async () => {
  expect(await verifyOfAnyVersion(content, signature, keys, 'it')).toMatchObject({ signer: signer.fingerprint });
});

test('a mutated signature is refused with a Fault, or is none the worse for it', async () => {
  let seed = 7;
  const random = (below: number): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % below;
  const strange: unknown[] = [];
  const signers = new Set<string>();

  for (let round = 0; round < 1500; round++) {
    const copy = Buffer.from(signature);
    for (let change = random(3); change >= 0; change--) copy[random(copy.length)] = random(256);
    // Half of them are taken for version 3.
    if (round % 2 === 0) copy.set([0x89, 0, copy.length - 3, 3, 5]);
    await verifyOfAnyVersion(content, random(5) === 0 ? copy.subarray(0, random(copy.length)) : copy, keys, 'it').then(
      (result) => signers.add(result.signer),
      (error: unknown) => error instanceof Fault || strange.push(error),
    );
  }

  expect(strange).toEqual([]);
  expect([...signers].filter((each) => each !== signer.fingerprint)).toEqual([]);
});
