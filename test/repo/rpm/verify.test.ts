import { createSign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readKey, readPrivateKey } from 'openpgp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../../repo/core/digest.ts';
import type { Keys } from '../../../repo/core/legacy.ts';
import { makeKey, openSigner, readKeys, type Signer } from '../../../repo/core/signature.ts';
import { abilitiesOf } from '../../../repo/rpm/abilities.ts';
import { dependencyTags, signatureTags, tags } from '../../../repo/rpm/tags.ts';
import { type Claim, verifyPackage } from '../../../repo/rpm/verify.ts';
import { binarySignature, claimOf, fileOf, headerOf, int32, payload, signedFile, structureOf, text, texts, type Value } from './package.fixture.ts';

let folder: string;
let signer: Signer;
let stranger: Signer;
let keys: Keys;
const abilities = abilitiesOf('9')!;
/** No signature may be older than the key that makes it. */
let date: Date;
const now = (): Date => new Date(Math.floor(Date.now() / 1000) * 1000);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-rpm-'));
  signer = await openSigner((await makeKey('ed25519', 'upstream')).privateKey);
  stranger = await openSigner((await makeKey('ed25519', 'stranger')).privateKey);
  keys = await readKeys([signer.publicKey], [signer.fingerprint], 'it');
  date = now();
});

afterAll(() => rm(folder, { recursive: true }));

async function judge(file: Buffer, change: Partial<Claim> = {}, trusted = keys): Promise<unknown> {
  const path = join(folder, `${digestOf(file)}.rpm`);
  await writeFile(path, file);
  return verifyPackage(path, { ...claimOf(file), ...change }, { keys: trusted, abilities }).catch((error: unknown) => error);
}

const header = (change: Record<number, Value | undefined> = {}): Buffer => structureOf(tags.headerRegion, headerOf(change));

test('a package whose header is signed, and whose payload the header vouches for, is trusted', async () => {
  expect(await judge(await signedFile(signer, date))).toMatchObject({ signer: signer.fingerprint, date });
});

test('one good signature among several is enough, as rpm 6 writes them', async () => {
  const plain = header();
  const signatures = await Promise.all([stranger, signer].map((each) => binarySignature(each, plain, date)));

  const file = fileOf(plain, { [signatureTags.openpgp]: texts(...signatures.map((each) => each.toString('base64'))) });

  expect(await judge(file)).toMatchObject({ signer: signer.fingerprint });
});

test('a header of before payload digests is trusted by a signature over everything, and by no other', async () => {
  const old = header({ [tags.payloadDigest]: undefined, [tags.payloadDigestAlgorithm]: undefined });
  const whole: Value = { type: 'bytes', bytes: await binarySignature(signer, Buffer.concat([old, payload]), date) };

  expect(await judge(fileOf(old, { [signatureTags.dsaWhole]: whole }))).toMatchObject({ signer: signer.fingerprint });
  expect(await judge(await signedFile(signer, date, old))).toMatchObject({ code: 'untrusted', details: [expect.stringContaining('nothing in it vouches')] });
});

test('a payload digest of no named kind is one by SHA-256, as rpm 6 writes it', async () => {
  const six = header({ [tags.payloadDigestAlgorithm]: undefined });

  expect(await judge(await signedFile(signer, date, six))).toMatchObject({ signer: signer.fingerprint });
  expect(await judge(flipped(await signedFile(signer, date, six), -1))).toMatchObject({ code: 'untrusted' });
});

describe('is not trusted', () => {
  test.each([
    ['a package of another key', async () => signedFile(stranger, date), 'is not signed by a trusted key'],
    ['a package without a signature', async () => fileOf(header()), 'is not signed by a trusted key'],
    ['a payload with one byte changed', async () => flipped(await signedFile(signer, date), -1), 'its payload has another digest'],
    ['a payload cut off', async () => (await signedFile(signer, date)).subarray(0, -1), 'its payload has another digest'],
    ['a payload with more behind it', async () => Buffer.concat([await signedFile(signer, date), Buffer.alloc(1)]), 'its payload has another digest'],
    ['a header with one byte changed', async () => changed(await signedFile(signer, date), 'A <small>', 'A <Small>'), 'its header has another digest'],
    ['a header changed along with its digest', forged, 'is not signed by a trusted key'],
    ['a payload digest by MD5', async () => signedFile(signer, date, header({ [tags.payloadDigestAlgorithm]: int32(1) })), 'of a kind that is not trusted'],
  ])('%s', async (_, make, message) => {
    expect(await judge(await make())).toMatchObject({ code: 'untrusted', message: expect.stringContaining(message) as string });
  });
});

const flipped = (file: Buffer, at: number): Buffer => {
  const copy = Buffer.from(file);
  const place = at < 0 ? copy.length + at : at;
  copy[place] = copy[place]! ^ 1;
  return copy;
};

const changed = (file: Buffer, from: string, to: string): Buffer => Buffer.from(file.toString('latin1').replace(from, to), 'latin1');

async function forged(): Promise<Buffer> {
  const evil = header({ [tags.name]: text('omega') });
  return fileOf(evil, { [signatureTags.rsaHeader]: { type: 'bytes', bytes: await binarySignature(signer, header(), date) }, [signatureTags.sha256]: text(digestOf(evil)) });
}

describe('the metadata must say what the header says', () => {
  const differing = async (change: (stanza: string) => string): Promise<unknown> => {
    const file = await signedFile(signer, date);
    return judge(file, { stanza: change(claimOf(file).stanza) });
  };

  test('everything that differs is told at once', async () => {
    const file = await signedFile(signer, date);

    const fault = await judge(file, { name: 'beta', version: '1.0-2.el9', arch: 'x86_64', size: 1 });

    expect(fault).toMatchObject({
      code: 'untrusted',
      details: ['name: the package has alpha, the metadata beta', 'version: the package has 1:1.0-2.el9, the metadata 1.0-2.el9', 'architecture: the package has noarch, the metadata x86_64', `size: the package has ${file.length}, the metadata 1`],
    });
  });

  test('a requirement that the metadata hides is found', async () => {
    expect(await differing((stanza) => stanza.replace(/<rpm:entry name="\/bin\/sh".*?\/>/, ''))).toMatchObject({ code: 'untrusted', details: ['requires: the metadata does not have /bin/sh'] });
  });

  test('a provide that the metadata invents is found', async () => {
    expect(await differing((stanza) => stanza.replace('<rpm:provides>', '<rpm:provides><rpm:entry name="postgresql-server"/>'))).toMatchObject({ details: ['provides: the package does not have postgresql-server'] });
  });

  test('a bound that is not the same is found', async () => {
    expect(await differing((stanza) => stanza.replace('ver="4.5"', 'ver="4.4"'))).toMatchObject({
      details: ['requires: the metadata does not have shadow-utils GE 0:4.5-', 'requires: the package does not have shadow-utils GE 0:4.4-'],
    });
  });

  test('the lower versions of the C library, and what rpm itself answers for, may stand there or not', async () => {
    const more = '<rpm:requires><rpm:entry name="libc.so.6(GLIBC_2.4)(64bit)"/><rpm:entry name="rpmlib(FileDigests)" flags="LE" epoch="0" ver="4.6.0" rel="1"/>';

    expect(await differing((stanza) => stanza.replace('<rpm:requires>', more))).toMatchObject({ signer: signer.fingerprint });
  });
});

test('R15: what the rpm of the target cannot do is said', async () => {
  const file = await signedFile(signer, date, header({
    [dependencyTags.requires.name]: texts('rpmlib(FromTheFuture)', 'rpmlib(LargeFiles)', '/bin/sh', 'shadow-utils', 'libc.so.6(GLIBC_2.34)(64bit)'),
    [dependencyTags.requires.flags]: int32(0x0a, 0x0a, 0x400, 0x20c, 0),
    [dependencyTags.requires.version]: texts('7.0-1', '4.12.0-1', '', '4.5', ''),
    [tags.payloadCompressor]: text('brotli'),
  }));

  expect(await judge(file)).toMatchObject({ code: 'unsatisfiable', message: 'alpha 1:1.0-2.el9 noarch is too new for rpm 4.16.1.3 of EL 9', details: ['it needs rpmlib(FromTheFuture) 7.0-1', 'it needs a payload packed with brotli'] });
});

describe('a signature of version 3', () => {
  let rsa: { privateKey: string; publicKey: string; fingerprint: string };
  let old: Keys;

  beforeAll(async () => {
    rsa = await makeKey('rsa4096', 'epel');
    old = await readKeys([Buffer.from(rsa.publicKey)], [rsa.fingerprint], 'it');
    date = now();
  });

  const signed = async (hash: 'sha256' | 'sha1', over: Buffer, time = date): Promise<Buffer> => fileOf(header(), { [signatureTags.rsaHeader]: { type: 'bytes', bytes: await oldSignature(rsa, hash, over, time) } });

  test('is trusted like any other', async () => {
    expect(await judge(await signed('sha256', header()), {}, old)).toMatchObject({ signer: rsa.fingerprint, date });
  });

  test.each([
    ['over something else', async () => signed('sha256', payload), 'not one over this content'],
    ['with SHA-1', async () => signed('sha1', header()), 'a hash that is not trusted'],
    ['from before the key was made', async () => signed('sha256', header(), new Date(1000)), 'key'],
  ])('is not trusted %s', async (_, make, reason) => {
    expect(await judge(await make(), {}, old)).toMatchObject({ code: 'untrusted', details: [expect.stringContaining(reason)] });
  });

  test('is not trusted by another key', async () => {
    expect(await judge(await signed('sha256', header()))).toMatchObject({ code: 'untrusted', details: [expect.stringContaining('none of the trusted keys')] });
  });
});

/** As GnuPG made it with --force-v3-sigs (RFC 4880, 5.2.2). */
async function oldSignature({ privateKey, publicKey }: { privateKey: string; publicKey: string }, hash: 'sha256' | 'sha1', content: Buffer, time: Date): Promise<Buffer> {
  const key = await readPrivateKey({ armoredKey: privateKey });
  const numbers = Object.entries({ ...(key.keyPacket.publicParams as object), ...((key.keyPacket as unknown as { privateParams: object }).privateParams) } as Record<string, Uint8Array>);
  const { n, e, d, p, q } = Object.fromEntries(numbers.map(([name, bytes]) => [name, BigInt(`0x${Buffer.from(bytes).toString('hex')}`)])) as Record<'n' | 'e' | 'd' | 'p' | 'q', bigint>;
  const jwk = { kty: 'RSA', n: base64(n), e: base64(e), d: base64(d), p: base64(p), q: base64(q), dp: base64(d % (p - 1n)), dq: base64(d % (q - 1n)), qi: base64(inverse(q, p)) };
  const trailer = Buffer.alloc(5);
  trailer.writeUInt32BE(time.getTime() / 1000, 1);
  const value = createSign(hash).update(content).update(trailer).sign({ key: jwk, format: 'jwk' });
  const short = value.subarray(value.findIndex((byte) => byte !== 0));
  const bits = Buffer.alloc(2);
  bits.writeUInt16BE(short.length * 8 - Math.clz32(short[0]!) + 24);
  const id = Buffer.from((await readKey({ armoredKey: publicKey })).getKeyID().toHex(), 'hex');
  const body = Buffer.concat([Buffer.from([3, 5]), trailer, id, Buffer.from([1, hash === 'sha256' ? 8 : 2, 0, 0]), bits, short]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  return Buffer.concat([Buffer.from([0x89]), length, body]);
}

const base64 = (number: bigint): string => Buffer.from(number.toString(16).padStart(2 * Math.ceil(number.toString(16).length / 2), '0'), 'hex').toString('base64url');

function inverse(a: bigint, modulus: bigint): bigint {
  let [r, next, t, following] = [modulus, a % modulus, 0n, 1n];
  while (next > 0n) {
    const quotient = r / next;
    [r, next] = [next, r - quotient * next];
    [t, following] = [following, t - quotient * following];
  }
  return ((t % modulus) + modulus) % modulus;
}
