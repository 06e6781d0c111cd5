import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { set } from '../../../installer/command/secret-set.ts';
import { openVault } from '../../../installer/vault/vault.ts';
import type { Invocation } from '../../../repo/console/command.ts';
import { silent } from '../../../repo/core/progress.ts';
import { Secret } from '../../../repo/core/secret.ts';

let top: string;
let said: string;
const inTop = (name: string): string => join(top, name);
const kept = async (name: string): Promise<string | undefined> => {
  const vault = await openVault(inTop('vault'));
  return vault.has(name) ? vault.secret(name).reveal() : undefined;
};

function given(options: Record<string, string>, ...args: string[]): Invocation {
  const all: Record<string, string> = { inventory: inTop('pgark.yml'), ...options };
  return { args, value: (name) => all[name], values: () => [], has: (name) => all[name] !== undefined, progress: silent, print: (text) => void (said += text), interactive: false, signal: new AbortController().signal };
}

const fromFile = (value: string): Record<string, string> => {
  writeFileSync(inTop('value'), `${value}\nsecond line\n`);
  return { file: inTop('value') };
};

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'pgark-set-'));
  said = '';
  writeFileSync(
    inTop('pgark.yml'),
    `all:
  vars: { admin_ip: 10.10.10.10, pg_admin_password: "\${secret.store_key}", pg_etcd_password: "\${secret.lease}" }
  children:
    etcd: { hosts: { 10.10.10.10: { etcd_seq: 1 } } }
    pg-test: { hosts: { 10.10.10.10: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-test } }
`,
  );
});
afterEach(() => rmSync(top, { recursive: true }));

describe('pgark secret set', () => {
  test('keeps what somebody else has made, for its owner only, and tells nobody', async () => {
    const first = await set.run(given(fromFile('given by the store/+='), 'store_key'));
    const second = await set.run(given(fromFile('given by the store/+='), 'store_key'));

    expect([first, second]).toEqual([{ secret: 'store_key', changed: true }, { secret: 'store_key', changed: false }]);
    expect(await kept('store_key')).toBe('given by the store/+=');
    expect(statSync(inTop('vault/secrets.json')).mode & 0o777).toBe(0o600);
    expect(said).not.toContain('given by the store');
  });

  test('gives up another one only when it is told to', async () => {
    await set.run(given(fromFile('the first one'), 'store_key'));

    await expect(set.run(given(fromFile('the second'), 'store_key'))).rejects.toThrow('the vault holds another store_key');
    expect(await kept('store_key')).toBe('the first one');
    await set.run(given({ ...fromFile('the second'), replace: '' }, 'store_key'));

    expect(await kept('store_key')).toBe('the second');
  });

  test('leaves to its rotation what etcd knows a user by', async () => {
    const vault = await openVault(inTop('vault'));
    vault.keep('lease', new Secret('what etcd knows'));
    await vault.save();

    await expect(set.run(given({ ...fromFile('another'), replace: '' }, 'lease'))).rejects.toThrow('lease is the pg_etcd_password, which is not replaced by hand');
    expect(await kept('lease')).toBe('what etcd knows');
  });

  test.each<[string, string, () => Record<string, string>, string]>([
    ['that the inventory does not name, with the nearest one', 'stor_key', () => fromFile('any'), 'names no ${secret.stor_key}, did you mean "store_key"?'],
    ['where nobody can be asked', 'store_key', () => ({}), 'there is no terminal to ask for the value on'],
    ['that everybody can look up', 'store_key', () => fromFile('minioadmin'), 'this is a password that everybody can look up'],
    ['that is empty', 'store_key', () => fromFile(''), 'on its first line'],
  ])('keeps nothing %s', async (_, name, options, message) => {
    await expect(set.run(given(options(), name))).rejects.toThrow(message);
    expect(await kept(name)).toBeUndefined();
  });
});
