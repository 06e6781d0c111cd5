import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CertificateRequest } from '../../../installer/vault/certificate.ts';
import { openVault } from '../../../installer/vault/vault.ts';

let top: string;
let folder: string;

beforeEach(async () => {
  top = mkdtempSync(join(tmpdir(), 'pgark-rotation-'));
  folder = join(top, 'vault');
  const vault = await openVault(folder);
  await vault.ensure(['monitor', 'admin'], [etcd]);
  await vault.save();
});
afterEach(() => rmSync(top, { recursive: true }));

const etcd: CertificateRequest = { name: 'etcd-1', commonName: 'etcd-1', dns: ['localhost'], addresses: ['127.0.0.1'], days: 1825 };
const now = new Date('2027-01-02T03:04:05Z');
const valueOf = async (name: string): Promise<string> => (await openVault(folder)).secret(name).reveal();
const onDisk = (name: string): string => readFileSync(join(folder, name), 'utf8');

describe('a rotation', () => {
  test('gives a new value, and keeps the former one beside it', async () => {
    const before = await valueOf('monitor');
    const vault = await openVault(folder, { now });

    vault.rotate(['monitor']);
    await vault.save();

    const after = await openVault(folder);
    expect(after.secret('monitor').reveal()).not.toBe(before);
    expect(after.rotation('monitor')?.former?.reveal()).toBe(before);
    expect(after.rotation('monitor')).toMatchObject({ count: 1, at: '2027-01-02T03:04:05.000Z' });
    expect(after.underWay()).toEqual(['monitor']);
  });

  test('of one secret leaves the others alone', async () => {
    const before = await valueOf('admin');
    const vault = await openVault(folder);

    vault.rotate(['monitor']);
    await vault.save();

    expect(await valueOf('admin')).toBe(before);
  });

  test('that was interrupted goes on with the value that some hosts may have already', async () => {
    const first = await openVault(folder);
    first.rotate(['monitor']);
    await first.save();
    const begun = await valueOf('monitor');
    const again = await openVault(folder);

    again.rotate(['monitor']);

    expect(again.secret('monitor').reveal()).toBe(begun);
    expect(again.rotation('monitor')?.count).toBe(1);
    expect(await again.save()).toEqual([]);
  });

  test('writes the former value before the new one takes its place', async () => {
    const vault = await openVault(folder);
    await vault.ensure(['another'], []);

    vault.rotate(['monitor']);

    expect(await vault.save()).toEqual([join(folder, 'rotation.json'), join(folder, 'secrets.json')]);
  });

  test('that ended between the two files has changed nothing', async () => {
    const before = onDisk('secrets.json');
    const vault = await openVault(folder);
    vault.rotate(['monitor']);
    await vault.save();

    writeFileSync(join(folder, 'secrets.json'), before, { mode: 0o600 });

    const after = await openVault(folder);
    expect(after.rotation('monitor')?.former?.reveal()).toBe(after.secret('monitor').reveal());
  });

  test('is over when every host has the new value: the former one is on no disk any more', async () => {
    const before = await valueOf('monitor');
    const vault = await openVault(folder);
    vault.rotate(['monitor']);
    await vault.save();

    await vault.settle();

    const after = await openVault(folder);
    expect(after.underWay()).toEqual([]);
    expect(after.rotation('monitor')).toMatchObject({ count: 1 });
    expect(onDisk('rotation.json') + onDisk('secrets.json')).not.toContain(before);
  });

  test('counts on from the one before', async () => {
    const vault = await openVault(folder);
    vault.rotate(['monitor']);
    await vault.save();
    await vault.settle();

    vault.rotate(['monitor']);

    expect(vault.rotation('monitor')?.count).toBe(2);
  });

  test('leaves a file that its owner only reads, and that shows nothing when it is broken', async () => {
    const vault = await openVault(folder);
    vault.rotate(['monitor']);
    await vault.save();
    const before = vault.rotation('monitor')!.former!.reveal();
    expect(statSync(join(folder, 'rotation.json')).mode & 0o777).toBe(0o600);

    writeFileSync(join(folder, 'rotation.json'), `{"monitor": "${before}`, { mode: 0o600 });

    const fault = (await openVault(folder).catch((error: unknown) => error)) as Error;
    expect(fault.message).toBe(`${join(folder, 'rotation.json')}: cannot be read`);
    expect(JSON.stringify(fault)).not.toContain(before);
  });

  test('does not show a former value when it is printed', async () => {
    const vault = await openVault(folder);
    const before = vault.secret('monitor').reveal();

    vault.rotate(['monitor']);

    expect(JSON.stringify(vault.rotation('monitor'))).not.toContain(before);
  });
});

describe('the renewal of a certificate', () => {
  test('makes it anew, key and all, however long it still holds', async () => {
    const before = [onDisk('issued/etcd-1.crt'), onDisk('issued/etcd-1.key')];
    const vault = await openVault(folder);

    vault.renew(['etcd-1']);
    await vault.ensure([], [etcd]);
    await vault.save();

    expect(onDisk('issued/etcd-1.crt')).not.toBe(before[0]);
    expect(onDisk('issued/etcd-1.key')).not.toBe(before[1]);
  });

  test('happens once', async () => {
    const vault = await openVault(folder);
    vault.renew(['etcd-1']);
    await vault.ensure([], [etcd]);
    const made = vault.certificate('etcd-1').certificate;

    await vault.ensure([], [etcd]);

    expect(vault.certificate('etcd-1').certificate).toBe(made);
  });

  test('leaves what lies in the vault as it is until it is saved', async () => {
    const vault = await openVault(folder);
    const before = (await vault.issued()).get('etcd-1');

    vault.renew(['etcd-1']);
    await vault.ensure([], [etcd]);

    expect((await vault.issued()).get('etcd-1')).toBe(before);
    expect(vault.certificate('etcd-1').certificate).not.toBe(before);
  });
});
