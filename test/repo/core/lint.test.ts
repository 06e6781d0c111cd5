import { enums, generateKey } from 'openpgp';
import { describe, expect, test } from 'vitest';
import { keyPolicies, lintKeys } from '../../../repo/core/lint.ts';

const made = new Date('2026-01-01T00:00:00Z');
const now = new Date('2026-06-01T00:00:00Z');
const day = 86_400;

const keyOf = async (options: { hash?: 'sha1'; bits?: number; lasting?: number; curve?: 'nistP256' } = {}): Promise<Uint8Array> => {
  const key = await generateKey({
    ...(options.bits ? { type: 'rsa' as const, rsaBits: options.bits } : { type: 'ecc' as const, curve: options.curve ?? ('ed25519Legacy' as const) }),
    userIDs: [{ name: 'test' }],
    subkeys: [],
    date: made,
    keyExpirationTime: options.lasting ?? 0,
    format: 'object',
    config: { minRSABits: 1024, nonDeterministicSignaturesViaNotation: false, ...(options.hash && { preferredHashAlgorithm: enums.hash.sha1 }) },
  });
  return key.publicKey.write();
};

const kinds = async (material: Uint8Array, release: '8' | '9' | '10'): Promise<string[]> => (await lintKeys(material, keyPolicies[release], now, 'it')).map((each) => each.kind);

test('there is nothing to be said against a strong key that does not expire', async () => {
  expect(await lintKeys(await keyOf(), keyPolicies[10], now, 'it')).toEqual([]);
});

test('a short RSA key is refused by EL 9 and taken by EL 8', async () => {
  const key = await keyOf({ bits: 1024 });

  expect(await kinds(key, '8')).toEqual([]);
  expect(await lintKeys(key, keyPolicies[9], now, 'it')).toEqual([{ fingerprint: expect.stringMatching(/^[0-9A-F]{40}$/) as string, kind: 'short', sentence: 'it has 1024 bits, and EL 9 asks for 2048' }]);
});

test('elliptic curves are taken as far as rpm of a release knows them', async () => {
  const [eddsa, ecdsa] = await Promise.all([keyOf(), keyOf({ curve: 'nistP256' })]);

  const taken = await Promise.all((['8', '9', '10'] as const).map(async (release) => [await kinds(eddsa, release), await kinds(ecdsa, release)]));

  expect(taken).toEqual([[['refused'], ['refused']], [[], ['refused']], [[], []]]);
  expect((await lintKeys(eddsa, keyPolicies[8], now, 'it'))[0]!.sentence).toBe('it is a key of the kind EdDSA, which EL 8 does not take');
});

test('a key that rests on SHA-1 is refused by EL 9 and EL 10', async () => {
  const key = await keyOf({ hash: 'sha1', bits: 2048 });

  expect([await kinds(key, '8'), await kinds(key, '9'), await kinds(key, '10')]).toEqual([[], ['sha1'], ['sha1']]);
});

describe('a key that expires', () => {
  test.each([
    ['long from now is good', 365 * day, []],
    ['within 90 days is told', 200 * day, ['expiring']],
    ['in the past is told', 100 * day, ['expired']],
  ])('%s', async (_, lasting, expected) => {
    expect(await kinds(await keyOf({ lasting }), '9')).toEqual(expected);
  });
});

test('what is no key is a fault', async () => {
  await expect(lintKeys(Buffer.from('nothing'), keyPolicies[9], now, 'it')).rejects.toMatchObject({ code: 'invalid', message: 'it holds no public key' });
});
