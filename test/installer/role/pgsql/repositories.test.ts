import { describe, expect, test } from 'vitest';
import { hasLocal, passphrasesOf, repositoriesOf, type Repository } from '../../../../installer/role/pgsql/repositories.ts';
import { Secret } from '../../../../repo/core/secret.ts';
import { deploy, withVars } from '../deployment.ts';

const two = ['pgbackrest_method: [ local, far ]', "pgbackrest_repo: { local: { path: /pg/backup }, far: { type: s3, s3_endpoint: s3.internal, s3_bucket: pgsql, s3_region: r, s3_key: known, s3_key_secret: hidden, cipher_type: none }, spare: { path: /pg/spare } }"];

async function hostWith(...lines: string[]) {
  const { host, inventory } = await deploy([], { text: withVars(...lines) });
  return { host, inventory: { ...inventory, authority: inventory.authority, secret: (name: string) => new Secret(`SECRET ${name}`) } };
}

async function found(...lines: string[]): Promise<readonly Repository[]> {
  const { host, inventory } = await hostWith(...lines);
  return repositoriesOf(host, inventory);
}

describe('the repositories of a cluster', () => {
  test('are numbered in the order of pgbackrest_method', async () => {
    expect((await found(...two)).map(({ number, name, isLocal }) => ({ number, name, isLocal }))).toEqual([
      { number: 1, name: 'local', isLocal: true },
      { number: 2, name: 'far', isLocal: false },
    ]);
  });

  test('are the one that is named, where it is no list', async () => {
    expect((await found(two[1]!, 'pgbackrest_method: spare')).map(({ number, name, options }) => [number, name, options['path']])).toEqual([[1, 'spare', '/pg/spare']]);
  });

  test('carry their secrets apart from their options', async () => {
    const [, far] = await found(...two);

    expect(far!.options).toEqual({ type: 's3', s3_endpoint: 's3.internal', s3_bucket: 'pgsql', s3_region: 'r', cipher_type: 'none' });
    expect(Object.entries(far!.secrets).map(([name, secret]) => [name, secret.reveal()])).toEqual([['s3_key', 'known'], ['s3_key_secret', 'hidden']]);
  });

  test('each have a passphrase of their own, the first under the name that it always had', async () => {
    const { host, inventory } = await hostWith('pgbackrest_method: [ local, spare ]', 'pgbackrest_repo: { local: { path: /pg/backup }, spare: { path: /pg/spare } }');

    expect(passphrasesOf(host)).toEqual(['pg-meta.pgbackrest_cipher_pass', 'pg-meta.spare.pgbackrest_cipher_pass']);
    expect(repositoriesOf(host, inventory).map(({ secrets }) => secrets['cipher_pass']!.reveal())).toEqual(['SECRET pg-meta.pgbackrest_cipher_pass', 'SECRET pg-meta.spare.pgbackrest_cipher_pass']);
  });

  test('take the passphrase that the inventory gives', async () => {
    const { host, inventory } = await hostWith('pgbackrest_repo: { local: { path: /pg/backup, cipher_pass: chosen by somebody } }');

    expect(passphrasesOf(host)).toEqual([]);
    expect(repositoriesOf(host, inventory)[0]!.secrets['cipher_pass']!.reveal()).toBe('chosen by somebody');
  });

  test.each([
    ['{ path: /pg/backup }', true],
    ['{ path: /var/lib/pgbackrest, host: keeper }', false],
    ['{ type: s3, s3_endpoint: e, s3_bucket: b, s3_region: r, s3_key: k, s3_key_secret: s }', false],
  ])('%s is local: %s', async (entry, isLocal) => {
    expect(hasLocal((await hostWith(`pgbackrest_repo: { local: ${entry} }`)).host)).toBe(isLocal);
  });
});
