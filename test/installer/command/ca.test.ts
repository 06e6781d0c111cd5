import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encrypt } from '../../../installer/command/ca-encrypt.ts';
import { offline } from '../../../installer/command/ca-offline.ts';
import { show } from '../../../installer/command/secret-show.ts';
import { isLocked, unlock } from '../../../installer/vault/private-key.ts';
import { openVault } from '../../../installer/vault/vault.ts';
import type { Invocation } from '../../../repo/console/command.ts';
import { silent } from '../../../repo/core/progress.ts';
import { Secret } from '../../../repo/core/secret.ts';

let top: string;
let said: string;
const inTop = (name: string): string => join(top, name);
const key = (): Secret => new Secret(readFileSync(inTop('vault/authority.key'), 'utf8'));

beforeEach(async () => {
  top = mkdtempSync(join(tmpdir(), 'pgark-ca-'));
  said = '';
  const vault = await openVault(inTop('vault'));
  await vault.ensure(['app'], []);
  await vault.save();
  writeFileSync(inTop('passphrase'), 'correct horse\n');
});
afterEach(() => rmSync(top, { recursive: true }));

function given(options: Record<string, string>, ...args: string[]): Invocation {
  const all: Record<string, string> = { inventory: inTop('pgark.yml'), ...options };
  return { args, value: (name) => all[name], values: () => [], has: (name) => all[name] !== undefined, progress: silent, print: (text) => void (said += text), interactive: false, signal: new AbortController().signal };
}

// A passphrase is made to be slow to try.
describe('pgark ca encrypt', { timeout: 60_000 }, () => {
  test('puts the key under the passphrase, for its owner only, and it is the same key', async () => {
    const before = key();

    await encrypt.run(given({ 'passphrase-file': inTop('passphrase') }));

    expect(isLocked(key())).toBe(true);
    expect(unlock(key(), new Secret('correct horse'), 'key').reveal()).toBe(before.reveal());
    expect(statSync(inTop('vault/authority.key')).mode & 0o777).toBe(0o600);
    expect(said).not.toContain('correct horse');
  });

  test('gives it another one to whoever has the present one', async () => {
    await encrypt.run(given({ 'passphrase-file': inTop('passphrase') }));
    writeFileSync(inTop('next'), 'battery staple\n');

    await encrypt.run(given({ 'former-passphrase-file': inTop('passphrase'), 'passphrase-file': inTop('next') }));

    expect(() => unlock(key(), new Secret('correct horse'), 'key')).toThrow('does not open it');
    expect(unlock(key(), new Secret('battery staple'), 'key').reveal()).toContain('BEGIN PRIVATE KEY');
  });

  test.each<[string, () => Record<string, string>, string]>([
    ['where nobody can be asked', () => ({}), 'there is no terminal to ask for a passphrase on'],
    ['with an empty passphrase', () => (writeFileSync(inTop('empty'), '\n'), { 'passphrase-file': inTop('empty') }), 'holds no passphrase on its first line'],
  ])('changes nothing %s', async (_, options, message) => {
    const before = key().reveal();

    await expect(encrypt.run(given(options()))).rejects.toThrow(message);

    expect(key().reveal()).toBe(before);
  });

  test('changes nothing of a key that is locked already, with a wrong former passphrase or none', async () => {
    await encrypt.run(given({ 'passphrase-file': inTop('passphrase') }));
    const before = key().reveal();
    writeFileSync(inTop('wrong'), 'wrong\n');

    await expect(encrypt.run(given({ 'passphrase-file': inTop('passphrase') }))).rejects.toThrow('the key is under a passphrase already');
    await expect(encrypt.run(given({ 'former-passphrase-file': inTop('wrong'), 'passphrase-file': inTop('passphrase') }))).rejects.toThrow('does not open it');

    expect(key().reveal()).toBe(before);
  });
});

describe('pgark ca offline', () => {
  test('moves the key, and leaves a deployment that goes on', async () => {
    const before = key().reveal();

    await offline.run(given({ to: inTop('stick/ca.key') }));

    expect(existsSync(inTop('vault/authority.key'))).toBe(false);
    expect(readFileSync(inTop('stick/ca.key'), 'utf8')).toBe(before);
    expect(statSync(inTop('stick/ca.key')).mode & 0o777).toBe(0o600);
    expect((await openVault(inTop('vault'))).custody).toBe('away');
  });

  test('replaces nothing that is there already, and keeps the key', async () => {
    writeFileSync(inTop('taken'), 'something else');

    await expect(offline.run(given({ to: inTop('taken') }))).rejects.toThrow('is there already');

    expect(key().reveal()).toContain('PRIVATE KEY');
    expect(readFileSync(inTop('taken'), 'utf8')).toBe('something else');
  });

  test('says so when there is no key to take away', async () => {
    await offline.run(given({ to: inTop('ca.key') }));

    await expect(offline.run(given({ to: inTop('again') }))).rejects.toThrow('there is no key of an authority');
  });
});

describe('pgark secret show', () => {
  test('shows nothing where it would be written down', async () => {
    await expect(show.run(given({}, 'app'))).rejects.toThrow('a secret is shown on a terminal only');

    expect(said).toBe('');
  });

  test('reads a vault that others can read as little as any command', async () => {
    chmodSync(inTop('vault/secrets.json'), 0o640);

    await expect(encrypt.run(given({ 'passphrase-file': inTop('passphrase') }))).rejects.toThrow('can be read by others than its owner');
  });
});
