import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { refuseStrangeVault } from '../../installer/deployed.ts';
import type { Transport } from '../../installer/transport/command.ts';
import { refuseLoss } from '../../installer/vault/lost.ts';
import { openVault } from '../../installer/vault/vault.ts';

let folder: string;

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'pgark-deployed-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const hostWith = (receipt: string): Transport => ({ host: 'pg-1', probe: async () => [{ code: 0, stdout: receipt, stderr: '' }], run: async () => [] });
const fresh = hostWith('');
const installed = hostWith('{"format":1,"result":"done"}\n');

async function makeWhole(): Promise<void> {
  const vault = await openVault(folder);
  await vault.ensure(['pg_admin_password'], [{ name: 'etcd-1', commonName: '', dns: ['etcd-1'], addresses: [], days: 30 }]);
  await vault.save();
}

test('a fresh host takes a vault that is yet to be made', async () => {
  await expect(refuseStrangeVault(folder, new Map([['10.0.0.1', fresh]]))).resolves.toBeUndefined();
});

test('an installed host goes on with the vault that it was installed with', async () => {
  await makeWhole();

  await expect(refuseStrangeVault(folder, new Map([['10.0.0.2', installed]]))).resolves.toBeUndefined();
});

test('no other vault is made for an installed host', async () => {
  const refusal = refuseStrangeVault(folder, new Map([['10.0.0.1', fresh], ['10.0.0.2', installed]]));

  await expect(refusal).rejects.toMatchObject({ code: 'invalid', message: `${folder} lacks secrets.json, authority.key, authority.crt, and there has been a run on 10.0.0.2 with a vault that was whole`, hint: `put ${folder} back from a backup` });
  expect(readdirSync(folder)).toEqual([]);
});

test.each([['secrets.json'], ['authority.key', 'authority.crt']])('what a vault had and lost is not made anew: %s', async (...lost) => {
  await makeWhole();
  for (const name of lost) rmSync(join(folder, name));

  await expect(refuseLoss(folder)).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining(lost.join(', ')) });
});

test('an authority that somebody puts there first is no loss', async () => {
  await makeWhole();
  for (const name of ['secrets.json', 'issued']) rmSync(join(folder, name), { recursive: true });

  await expect(refuseLoss(folder)).resolves.toBeUndefined();
});
