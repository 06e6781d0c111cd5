import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { retire } from '../../../installer/vault/retire.ts';
import { openVault } from '../../../installer/vault/vault.ts';

describe('what nobody needs any more', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'pgark-retire-')), 'vault');
    const vault = await openVault(folder);
    await vault.ensure(['pg-a.pgbackrest_cipher_pass', 'pg-b.pgbackrest_cipher_pass'], ['pg-a-1', 'pg-b-1'].map((name) => ({ name, commonName: name, dns: [name], addresses: [], days: 30 })));
    await vault.save();
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true }));

  test('leaves the vault, and the secrets are kept beside it for their owner', async () => {
    const before = (await openVault(folder)).secret('pg-a.pgbackrest_cipher_pass').reveal();

    const file = await retire(folder, { secrets: ['pg-a.pgbackrest_cipher_pass', 'pg-a.never_made'], certificates: ['pg-a-1', 'pg-a-2'], stamp: 'STAMP' });

    const vault = await openVault(folder);
    expect(file).toBe(join(folder, 'retired', 'STAMP.json'));
    expect(JSON.parse(await readFile(file!, 'utf8'))).toEqual({ 'pg-a.pgbackrest_cipher_pass': before });
    expect((await stat(file!)).mode & 0o777).toBe(0o600);
    expect(vault.names()).toEqual(['pg-b.pgbackrest_cipher_pass']);
    expect([...(await vault.issued()).keys()]).toEqual(['pg-b-1']);
  });

  test('makes no file where there is no secret, and is done once', async () => {
    expect(await retire(folder, { secrets: [], certificates: ['pg-a-1'], stamp: 'STAMP' })).toBeUndefined();
    expect(await retire(folder, { secrets: [], certificates: ['pg-a-1'], stamp: 'STAMP' })).toBeUndefined();
    expect((await openVault(folder)).names()).toHaveLength(2);
  });
});
