import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../../repo/core/secret.ts';
import type { CertificateRequest } from '../../../installer/vault/certificate.ts';
import { openVault } from '../../../installer/vault/vault.ts';

let top: string;
let folder: string;

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'pgark-vault-'));
  folder = join(top, 'vault');
});
afterEach(() => rmSync(top, { recursive: true }));

const etcd: CertificateRequest = { name: 'etcd-1', commonName: 'etcd-1', dns: ['localhost', 'etcd-1'], addresses: ['127.0.0.1', '::1'], days: 1825 };
const day = 86_400_000;
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const fingerprint = (pem: string): string => execFileSync('openssl', ['x509', '-noout', '-fingerprint', '-sha256'], { input: pem, encoding: 'utf8' });

describe('secrets', () => {
  test('a password is made once and is the same ever after', async () => {
    const first = await openVault(folder);
    await first.ensure(['pg_admin_password'], []);
    await first.save();

    const second = await openVault(folder);
    await second.ensure(['pg_admin_password'], []);

    expect(second.secret('pg_admin_password').reveal()).toBe(first.secret('pg_admin_password').reveal());
    expect(await second.save()).toEqual([]);
  });

  test('a password is at least 24 letters and digits, and begins with a letter', async () => {
    const vault = await openVault(folder);

    await vault.ensure(Array.from({ length: 50 }, (_, index) => `name-${index}`), []);

    for (let index = 0; index < 50; index++) expect(vault.secret(`name-${index}`).reveal()).toMatch(/^[A-Za-z][A-Za-z0-9]{23,}$/);
    expect(new Set(Array.from({ length: 50 }, (_, index) => vault.secret(`name-${index}`).reveal())).size).toBe(50);
  });

  test('nothing is written before it is saved', async () => {
    const vault = await openVault(folder);

    await vault.ensure(['a'], [etcd]);

    expect(existsSync(folder)).toBe(false);
  });

  test('of two who began with an empty vault, the second to save replaces nothing and is told', async () => {
    const [one, other] = [await openVault(folder), await openVault(folder)];
    for (const each of [one, other]) await each.ensure(['pg-meta.pgbackrest_cipher_pass'], [etcd]);
    await one.save();

    const saving = other.save();

    await expect(saving).rejects.toMatchObject({ code: 'invalid', message: `${folder}: another run has written to it meanwhile` });
    const kept = await openVault(folder);
    expect(kept.secret('pg-meta.pgbackrest_cipher_pass').reveal()).toBe(one.secret('pg-meta.pgbackrest_cipher_pass').reveal());
    expect(kept.authority).toBe(one.authority);
  });

  test('what one and the same run makes later is saved too', async () => {
    const vault = await openVault(folder);
    await vault.ensure(['a'], []);
    await vault.save();

    await vault.ensure(['b'], []);

    expect(await vault.save()).toEqual([join(folder, 'secrets.json')]);
  });

  test('folders are 0700 and every file 0600', async () => {
    const vault = await openVault(folder);
    await vault.ensure(['a'], [etcd]);

    await vault.save();

    expect([mode(folder), mode(join(folder, 'issued'))]).toEqual(['700', '700']);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.'));
    expect(files.sort()).toEqual(['authority.crt', 'authority.key', 'issued/etcd-1.crt', 'issued/etcd-1.key', 'secrets.json']);
    for (const file of files) expect(mode(join(folder, file))).toBe('600');
  });

  test('secrets that others can read are not trusted', async () => {
    const vault = await openVault(folder);
    await vault.ensure(['a'], []);
    await vault.save();
    chmodSync(join(folder, 'secrets.json'), 0o644);

    await expect(openVault(folder)).rejects.toMatchObject({ code: 'untrusted', hint: `chmod 600 ${join(folder, 'secrets.json')}` });
  });

  test('a broken file is named, and nothing of it is shown', async () => {
    const vault = await openVault(folder);
    await vault.ensure(['a'], []);
    await vault.save();
    writeFileSync(join(folder, 'secrets.json'), '{"a": "hunter2');

    const fault = (await openVault(folder).catch((error: unknown) => error)) as Error;

    expect(fault.message).toBe(`${join(folder, 'secrets.json')}: is not a JSON object of strings`);
    expect(JSON.stringify(fault)).not.toContain('hunter2');
  });

  test('a chosen value is kept', async () => {
    const vault = await openVault(folder);
    vault.keep('dbuser_meta', new Secret('chosen'));
    await vault.save();

    const again = await openVault(folder);
    await again.ensure(['dbuser_meta'], []);

    expect(again.secret('dbuser_meta').reveal()).toBe('chosen');
  });

  test('a name that was never ensured is a bug', async () => {
    const vault = await openVault(folder);

    expect(() => vault.secret('nobody')).toThrow('the vault holds no secret "nobody"');
  });
});

describe('certificates', () => {
  test('openssl verifies a certificate for server and client, by name and by address', async () => {
    const vault = await openVault(folder);
    await vault.ensure([], [etcd]);
    await vault.save();
    const [ca, crt] = [join(folder, 'authority.crt'), join(folder, 'issued', 'etcd-1.crt')];

    const verify = (...more: string[]) => execFileSync('openssl', ['verify', '-x509_strict', '-CAfile', ca, ...more, crt], { encoding: 'utf8' });

    expect(verify('-purpose', 'sslserver', '-verify_hostname', 'etcd-1')).toContain('OK');
    expect(verify('-purpose', 'sslclient')).toContain('OK');
    expect(verify('-verify_ip', '127.0.0.1')).toContain('OK');
    expect(() => execFileSync('openssl', ['verify', '-CAfile', ca, '-verify_hostname', 'other', crt], { stdio: 'pipe' })).toThrow();
  });

  test('two holders speak mutual TLS over loopback', async () => {
    const vault = await openVault(folder);
    const client = { ...etcd, name: 'client', commonName: 'client' };
    await vault.ensure([], [etcd, client]);
    const { certificate, key, authority } = vault.certificate('etcd-1');
    const seen: string[] = [];
    const server = createServer({ cert: certificate, key: key.reveal(), ca: authority, requestCert: true, rejectUnauthorized: true }, (socket) => {
      seen.push(String((socket as TLSSocket).getPeerCertificate().subject.CN));
      socket.end('hello');
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const own = vault.certificate('client');

    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect({ port: (server.address() as { port: number }).port, host: '127.0.0.1', ca: authority, cert: own.certificate, key: own.key.reveal() });
      socket.on('data', (data) => resolve(data.toString()));
      socket.on('error', reject);
    });
    server.close();

    expect([answer, seen]).toEqual(['hello', ['client']]);
  });

  test('a client without a common name is as good, and stays', async () => {
    const nameless: CertificateRequest = { name: 'client', commonName: '', dns: ['client'], addresses: [], days: 100 };
    const vault = await openVault(folder);
    await vault.ensure([], [nameless]);
    await vault.save();
    const again = await openVault(folder);

    await again.ensure([], [nameless]);

    expect(await again.save()).toEqual([]);
    expect(execFileSync('openssl', ['verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', join(folder, 'authority.crt'), join(folder, 'issued/client.crt')], { encoding: 'utf8' })).toContain('OK');
    expect(execFileSync('openssl', ['x509', '-noout', '-subject', '-in', join(folder, 'issued/client.crt')], { encoding: 'utf8' })).not.toContain('CN');
  });

  test('the authority signs no further authorities and lives for ten years', async () => {
    const vault = await openVault(folder);
    await vault.ensure([], []);

    const text = execFileSync('openssl', ['x509', '-noout', '-text'], { input: vault.authority, encoding: 'utf8' });

    expect(text).toContain('CA:TRUE, pathlen:0');
    expect(text).toContain('Subject: CN = pgark-ca');
    expect(text).toMatch(/Certificate Sign, CRL Sign/);
  });

  test('is kept while the request stays the same, in whatever order and spelling', async () => {
    const first = await openVault(folder);
    await first.ensure([], [etcd]);
    await first.save();
    const second = await openVault(folder);

    await second.ensure([], [{ ...etcd, dns: ['etcd-1', 'localhost'], addresses: ['0:0:0:0:0:0:0:1', '127.0.0.1'] }]);

    expect(await second.save()).toEqual([]);
    expect(second.certificate('etcd-1').certificate).toBe(first.certificate('etcd-1').certificate);
  });

  test.each<[string, Partial<CertificateRequest>]>([
    ['another address', { addresses: ['127.0.0.1', '10.10.10.10'] }],
    ['another name', { dns: ['localhost'] }],
    ['another common name', { commonName: 'etcd-2' }],
    ['a shorter life', { days: 397 }],
  ])('is made anew for %s', async (_, change) => {
    const first = await openVault(folder);
    await first.ensure([], [etcd]);
    await first.save();
    const second = await openVault(folder);

    await second.ensure([], [{ ...etcd, ...change }]);

    expect((await second.save()).map((path) => path.replace(folder, ''))).toEqual(['/issued/etcd-1.key', '/issued/etcd-1.crt']);
  });

  test.each([
    ['is kept with 31 days left', 1825 - 31, 0],
    ['is made anew with 29 days left', 1825 - 29, 2],
  ])('%s', async (_, age, written) => {
    const now = new Date();
    const first = await openVault(folder, { now });
    await first.ensure([], [etcd]);
    await first.save();
    const later = await openVault(folder, { now: new Date(now.getTime() + age * day) });

    await later.ensure([], [etcd]);

    expect(await later.save()).toHaveLength(written);
  });

  test('never outlives its authority', async () => {
    const now = new Date();
    const first = await openVault(folder, { now });
    await first.ensure([], []);
    await first.save();
    const late = await openVault(folder, { now: new Date(now.getTime() + 3600 * day) });

    await late.ensure([], [etcd]);
    await late.save();
    const again = await openVault(folder, { now: new Date(now.getTime() + 3601 * day) });
    await again.ensure([], [etcd]);

    const end = (pem: string) => execFileSync('openssl', ['x509', '-noout', '-enddate'], { input: pem, encoding: 'utf8' });
    expect(end(late.certificate('etcd-1').certificate)).toBe(end(late.authority));
    expect(await again.save()).toEqual([]);
  });

  test('a key that is not its certificate’s is not used', async () => {
    const first = await openVault(folder);
    await first.ensure([], [etcd, { ...etcd, name: 'other' }]);
    await first.save();
    writeFileSync(join(folder, 'issued', 'etcd-1.key'), readFileSync(join(folder, 'issued', 'other.key')));
    const second = await openVault(folder);

    await second.ensure([], [etcd]);

    expect(await second.save()).toHaveLength(2);
  });

  test('an authority that was brought along signs, be its key RSA', async () => {
    const made = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
    execFileSync('install', ['-d', '-m', '700', folder]);
    made('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', join(folder, 'authority.key'), '-out', join(folder, 'authority.crt'), '-days', '365', '-subj', '/CN=company', '-addext', 'keyUsage=critical,keyCertSign');
    chmodSync(join(folder, 'authority.key'), 0o600);
    const before = fingerprint(readFileSync(join(folder, 'authority.crt'), 'utf8'));

    const vault = await openVault(folder, { makesAuthority: false });
    await vault.ensure([], [etcd]);
    await vault.save();

    expect(fingerprint(vault.authority)).toBe(before);
    expect(execFileSync('openssl', ['verify', '-CAfile', join(folder, 'authority.crt'), join(folder, 'issued/etcd-1.crt')], { encoding: 'utf8' })).toContain('OK');
  });

  test('no authority is made when it has to be brought along', async () => {
    const vault = await openVault(folder, { makesAuthority: false });

    await expect(vault.ensure([], [])).rejects.toMatchObject({ code: 'invalid', hint: `put authority.crt and authority.key into ${folder}` });
  });
});
