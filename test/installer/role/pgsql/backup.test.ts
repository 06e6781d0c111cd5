import { describe, expect, test } from 'vitest';
import type { FileResource, Resource } from '../../../../installer/resource/resource.ts';
import { backup, firstBackup, replicaStanza } from '../../../../installer/role/pgsql/backup.ts';
import { Secret } from '../../../../repo/core/secret.ts';
import { deploy, withReplica, withVars } from '../deployment.ts';

async function resources(text?: string): Promise<Resource[]> {
  const { host, inventory } = await deploy([backup], text === undefined ? {} : { text });
  const named = { ...inventory, authority: inventory.authority, secret: (name: string) => new Secret(`SECRET ${name}`) };
  return backup.resources(host, named);
}

async function content(path: string, text?: string): Promise<string> {
  const file = (await resources(text)).find((each): each is FileResource => each.kind === 'file' && each.path === path);
  return file?.content instanceof Secret ? file.content.reveal() : String(file?.content);
}

const configuration = '/etc/pgbackrest/pgbackrest.conf';

describe('the repository of backups', () => {
  test('is as it was looked at', async () => {
    expect(await content(configuration)).toMatchSnapshot();
  });

  test('is encrypted with a passphrase of the cluster unless the inventory gives one', async () => {
    const made = await content(configuration);
    const given = await content(configuration, withVars("pgbackrest_repo: { local: { path: /pg/backup, cipher_pass: 'chosen by somebody' } }"));

    expect(made).toContain('repo1-cipher-type=aes-256-cbc\nrepo1-cipher-pass=SECRET pg-meta.pgbackrest_cipher_pass');
    expect(given).toContain('repo1-cipher-type=aes-256-cbc\nrepo1-cipher-pass=chosen by somebody');
  });

  test('is open only where the inventory says so', async () => {
    expect(await content(configuration, withVars('pgbackrest_repo: { local: { path: /pg/backup, cipher_type: none } }'))).not.toContain('cipher-pass');
  });

  test('passes options on with dashes, and yes and no as pgBackRest spells them', async () => {
    const made = await content(configuration, withVars('pgbackrest_method: far', "pgbackrest_repo: { far: { type: s3, s3_endpoint: s3.example, s3_bucket: b, s3_region: r, s3_key: known, s3_key_secret: hidden-value, bundle: true } }"));

    expect(made).toContain('repo1-type=s3\nrepo1-s3-endpoint=s3.example\nrepo1-s3-bucket=b\nrepo1-s3-region=r\nrepo1-bundle=y');
    expect(made).toContain('repo1-s3-key-secret=hidden-value');
  });
});

const actsOf = (made: readonly Resource[]): string[] => made.flatMap((each) => (each.kind === 'condition' ? each.act.map(({ argv }) => (argv.some((word) => word.includes('.history')) ? 'histories' : argv.slice(argv.findIndex((word) => word.startsWith('--stanza=')) + 1).join(' '))) : []));

describe('the first backup', () => {
  test('is made on the primary alone; a replica with a repository of its own gets a stanza for the day it leads', async () => {
    const { inventory } = await deploy([backup], { text: withReplica });
    const [primary, replica] = inventory.hosts;

    expect(inventory.hosts.map((host) => [firstBackup.plays(host, inventory), replicaStanza.plays(host, inventory)])).toEqual([[true, false], [false, true]]);
    expect(actsOf(firstBackup.resources(primary!, inventory))).toEqual(['stanza-create', 'check', 'histories', '--repo=1 --type=full backup']);
    expect(actsOf(replicaStanza.resources(replica!, inventory))).toEqual(['--no-online stanza-create']);
  });

  test('is made in each repository', async () => {
    const { host, inventory } = await deploy([backup], { text: withVars('pgbackrest_method: [ local, other ]', 'pgbackrest_repo: { local: { path: /pg/backup }, other: { path: /pg/other } }') });

    const made = firstBackup.resources(host, inventory);

    expect(made.map((each) => each.kind === 'condition' && each.name)).toEqual(['pgbackrest: the repository has a stanza for pg-meta', 'pgbackrest: there is a full backup of pg-meta in local', 'pgbackrest: there is a full backup of pg-meta in other']);
    expect(actsOf(made)).toEqual(['stanza-create', 'check', 'histories', '--repo=1 --type=full backup', 'check', 'histories', '--repo=2 --type=full backup']);
  });

  test('is no matter for a replica where all share a repository', async () => {
    const { inventory } = await deploy([firstBackup], { text: withReplica.replace('        pg_crontab:', "        pgbackrest_method: minio\n        pgbackrest_repo: { minio: { type: s3, s3_bucket: pgsql, s3_endpoint: s3.internal, s3_region: r, s3_key: k, s3_key_secret: '${secret.s3}' } }\n        pg_crontab:") });

    expect(inventory.hosts.map((host) => firstBackup.plays(host, inventory) || replicaStanza.plays(host, inventory))).toEqual([true, false]);
  });
});

describe('several repositories', () => {
  const two = withVars('pgbackrest_method: [ local, far ]', "pgbackrest_repo: { local: { path: /pg/backup, retention_full: 2 }, far: { type: s3, s3_endpoint: s3.internal, s3_bucket: pgsql, s3_region: r, s3_key: known, s3_key_secret: hidden, bundle: y, retention_full_type: time, retention_full: 14, storage_ca: \"-----BEGIN CERTIFICATE-----\\nabc\\n-----END CERTIFICATE-----\" } }");

  test('each have their number, their passphrase and their retention', async () => {
    const lines = (await content(configuration, two)).split('\n').filter((line) => line.startsWith('repo'));

    expect(lines).toEqual([
      'repo1-path=/pg/backup', 'repo1-retention-full=2', 'repo1-cipher-type=aes-256-cbc', 'repo1-cipher-pass=SECRET pg-meta.pgbackrest_cipher_pass',
      'repo2-type=s3', 'repo2-s3-endpoint=s3.internal', 'repo2-s3-bucket=pgsql', 'repo2-s3-region=r', 'repo2-bundle=y', 'repo2-retention-full-type=time', 'repo2-retention-full=14',
      'repo2-storage-ca-file=/etc/pgbackrest/far-ca.crt', 'repo2-cipher-type=aes-256-cbc', 'repo2-s3-key=known', 'repo2-s3-key-secret=hidden', 'repo2-cipher-pass=SECRET pg-meta.far.pgbackrest_cipher_pass',
    ]);
  });

  test('may have an authority of their own', async () => {
    expect(await content('/etc/pgbackrest/far-ca.crt', two)).toBe('-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n');
  });
});
