import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../../repo/core/secret.ts';
import type { CertificateRequest } from '../../../installer/vault/certificate.ts';
import { isLocked, lock, unlock } from '../../../installer/vault/private-key.ts';
import { openVault, type VaultOptions } from '../../../installer/vault/vault.ts';

let top: string;
let folder: string;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'pgark-custody-'));
  folder = join(top, 'vault');
});
afterEach(() => rmSync(top, { recursive: true }));

const etcd: CertificateRequest = { name: 'etcd-1', commonName: 'etcd-1', dns: ['localhost'], addresses: ['127.0.0.1'], days: 1825 };
const other: CertificateRequest = { ...etcd, name: 'pg-test-2', commonName: 'pg-test-2' };
const passphrase = new Secret('correct horse');
const keyPath = () => join(folder, 'authority.key');

/** A vault that was saved, with one certificate in it. */
async function saved(): Promise<void> {
  const vault = await openVault(folder);
  await vault.ensure([], [etcd]);
  await vault.save();
}

function lockKey(): void {
  writeFileSync(keyPath(), lock(new Secret(readFileSync(keyPath(), 'utf8')), passphrase).reveal(), { mode: 0o600 });
}

// A passphrase is made to be slow to try.
describe('a private key under a passphrase', { timeout: 60_000 }, () => {
  test.each([
    ['elliptic', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
    ['RSA, whose text is long', () => generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey],
  ])('is the same key when it is opened: %s', (_, make) => {
    const key = new Secret(make().export({ type: 'pkcs8', format: 'pem' }) as string);

    const locked = lock(key, passphrase);

    expect([isLocked(key), isLocked(locked)]).toEqual([false, true]);
    expect(unlock(locked, passphrase, 'key').reveal()).toBe(key.reveal());
  });

  test('is read by openssl, which names what protects it', () => {
    const key = new Secret(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
    const locked = lock(key, passphrase).reveal();

    const read = execFileSync('openssl', ['pkcs8', '-passin', 'stdin'], { input: `${passphrase.reveal()}\n${locked}`, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
    const structure = execFileSync('openssl', ['asn1parse'], { input: locked, encoding: 'utf8' });

    expect(read).toBe(key.reveal());
    expect(structure).toMatch(/PBES2[^]*scrypt[^]*:4000[^]*:08[^]*:05[^]*aes-256-cbc/);
  });

  test('is never the same text twice', () => {
    const key = new Secret(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);

    expect(lock(key, passphrase).reveal()).not.toBe(lock(key, passphrase).reveal());
  });

  test('stays closed to another one', () => {
    const key = new Secret(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);

    expect(() => unlock(lock(key, passphrase), new Secret('wrong'), 'authority.key')).toThrow('authority.key: the passphrase does not open it');
  });
});

describe('an authority whose key is under a passphrase', { timeout: 60_000 }, () => {
  const asked: string[] = [];
  const asking: VaultOptions = { passphrase: () => (asked.push('asked'), Promise.resolve(passphrase)) };
  beforeEach(async () => {
    asked.length = 0;
    await saved();
    lockKey();
  });

  test('asks for nothing while nothing must be issued', async () => {
    const vault = await openVault(folder, asking);

    await vault.ensure(['password'], [etcd]);

    expect(asked).toEqual([]);
    expect(vault.custody).toBe('locked');
  });

  test('asks once for all that must be issued, and signs it', async () => {
    const vault = await openVault(folder, asking);

    await vault.ensure([], [etcd, other, { ...other, name: 'pg-test-3' }]);
    await vault.save();

    expect(asked).toEqual(['asked']);
    expect(execFileSync('openssl', ['verify', '-CAfile', join(folder, 'authority.crt'), join(folder, 'issued/pg-test-2.crt')], { encoding: 'utf8' })).toContain('OK');
    expect(isLocked(new Secret(readFileSync(keyPath(), 'utf8')))).toBe(true);
  });

  test('names what it would issue where nobody gives the passphrase', async () => {
    const vault = await openVault(folder);

    await expect(vault.ensure([], [etcd, other])).rejects.toMatchObject({ code: 'untrusted', details: ['pg-test-2'], hint: '--ca-passphrase-file FILE' });
  });

  test('signs nothing with a wrong one', async () => {
    const vault = await openVault(folder, { passphrase: () => Promise.resolve(new Secret('wrong')) });

    await expect(vault.ensure([], [other])).rejects.toMatchObject({ code: 'untrusted', message: `${keyPath()}: the passphrase does not open it` });
    expect(await vault.save()).toEqual([]);
  });
});

describe('an authority whose key is kept elsewhere', () => {
  beforeEach(async () => {
    await saved();
    renameSync(keyPath(), join(top, 'authority.key'));
  });

  test('is as good while nothing must be issued', async () => {
    const vault = await openVault(folder);

    await vault.ensure(['password'], [etcd]);

    expect(vault.custody).toBe('away');
    expect(await vault.save()).toEqual([join(folder, 'secrets.json')]);
  });

  test('is told what it would have to issue, and where its key belongs', async () => {
    const vault = await openVault(folder);

    await expect(vault.ensure([], [etcd, other])).rejects.toMatchObject({ code: 'untrusted', message: 'the key of the authority is not in the vault, and a certificate must be issued', details: ['pg-test-2'], hint: expect.stringContaining(keyPath()) as string });
  });

  test('is never replaced by a new one', async () => {
    const before = readFileSync(join(folder, 'authority.crt'), 'utf8');
    const vault = await openVault(folder);
    await vault.ensure(['password'], []);

    await vault.save();

    expect(readFileSync(join(folder, 'authority.crt'), 'utf8')).toBe(before);
  });

  test('issues again when its key is back', async () => {
    renameSync(join(top, 'authority.key'), keyPath());
    const vault = await openVault(folder);

    await vault.ensure([], [other]);

    expect(await vault.save()).toHaveLength(2);
  });

  test('takes no key that is not its own', async () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    writeFileSync(keyPath(), key, { mode: 0o600 });

    await expect(openVault(folder)).rejects.toMatchObject({ code: 'untrusted', message: `${join(folder, 'authority.crt')}: the key of the authority does not belong to its certificate` });
  });
});

describe('a vault that is opened for a look', () => {
  beforeEach(async () => {
    await saved();
    renameSync(keyPath(), join(top, 'authority.key'));
  });

  test('has something that stands in for what cannot be issued', async () => {
    const vault = await openVault(folder, { makeshift: true });

    await vault.ensure([], [etcd, other]);

    expect(vault.certificate('pg-test-2').certificate).toContain('BEGIN CERTIFICATE');
    expect(vault.certificate('etcd-1').certificate).toBe(readFileSync(join(folder, 'issued/etcd-1.crt'), 'utf8'));
  });

  test('is never saved with it', async () => {
    const vault = await openVault(folder, { makeshift: true });
    await vault.ensure([], [other]);

    await expect(vault.save()).rejects.toThrow('what was made for a look is not kept');
  });
});
