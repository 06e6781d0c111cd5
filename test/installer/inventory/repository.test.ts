import { describe, expect, test } from 'vitest';
import { parseInventory } from '../../../installer/inventory/draft.ts';
import { gapsInRepositories } from '../../../installer/inventory/repository.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { deploy, withVars } from '../role/deployment.ts';
import { bundle } from './sample.ts';

const far = 'type: s3, s3_endpoint: s3.internal, s3_bucket: pgsql, s3_region: r, s3_key: known, s3_key_secret: "${secret.s3}"';

/** What is said of an inventory whose pgbackrest_repo stands on line 10. */
function mistakesIn(...lines: string[]): readonly string[] {
  try {
    parseInventory(withVars(...lines), 'pgark.yml');
    return [];
  } catch (error) {
    if (error instanceof Fault) return error.details;
    throw error;
  }
}

const at = withVars('pgbackrest_repo: {}').split('\n').findIndex((line) => line.includes('pgbackrest_repo')) + 1;

describe('a repository that cannot be is refused with its place:', () => {
  test.each([
    ['local: { pth: /pg/backup }', '37  unknown key "pth", did you mean "path"?'],
    ['local: { path: pg/backup }', '43  pgbackrest_repo.local.path: must be an absolute path'],
    ['local: { type: s4 }', '43  pgbackrest_repo.local.type: must be one of posix, cifs, s3, azure, gcs, sftp, did you mean "s3"?'],
    ['local: { retention_full_type: time }', '35  pgbackrest_repo.local: retention_full_type: time needs retention_full, a number of days'],
    ['local: { retention_full: 0 }', '53  pgbackrest_repo.local.retention_full: must be 1 or more'],
    ['local: { block: true }', '35  pgbackrest_repo.local: block needs bundle: true'],
    ['local: { bundle: yes please }', '45  pgbackrest_repo.local.bundle: must be true or false'],
    ['local: { bundle: true, bundle_size: big }', '64  pgbackrest_repo.local.bundle_size: must be a size: 128MiB'],
    ['local: { cipher_type: none, cipher_pass: chosen }', '35  pgbackrest_repo.local: cipher_pass is given, and cipher_type is none'],
    ['local: { cipher_pass: pgBackRest }', '50  pgbackrest_repo.local.cipher_pass: is a password that everybody can look up; leave it out to have one generated'],
    ['local: { s3_bucket: pgsql }', '35  pgbackrest_repo.local: s3_bucket: not of a repository of type posix; say s3 in "type"'],
    ['local: { type: s3, s3_bucket: pgsql }', '35  pgbackrest_repo.local: a repository of type s3 needs s3_endpoint, s3_region, s3_key'],
    ['local: { type: s3, s3_endpoint: 10.10.10.9, s3_bucket: b, s3_region: r, s3_key: k, s3_key_secret: s }', '35  pgbackrest_repo.local: s3_endpoint must be a name: pgBackRest finds no address in a certificate; node_etc_hosts makes a name known'],
    ['local: { type: s3, s3_endpoint: e, s3_bucket: b, s3_region: r, s3_key: k, s3_key_secret: s, storage_verify_tls: n }', '35  pgbackrest_repo.local: storage_verify_tls: false would send backups to whoever answers; storage_ca takes the certificate of an authority of your own'],
    ["local: { type: s3, s3_endpoint: e, s3_bucket: b, s3_region: r, s3_key: k, s3_key_secret: '' }", '9  pgbackrest_repo.local of 10.10.10.10: e:443 is no store of this inventory; a host with minio_cluster and minio_seq makes one, and any other needs s3_key_secret'],
    ['local: { type: sftp }', '35  pgbackrest_repo.local: a repository of type sftp needs sftp_host, sftp_host_user, sftp_private_key_file, sftp_host_key_hash_type'],
    [`local: { ${far}, storage_ca: nothing }`, 'must be a certificate in PEM'],
  ])('%s', (entry, said) => {
    const [mistake, ...others] = mistakesIn(`pgbackrest_repo: { ${entry} }`);

    expect(others).toEqual([]);
    expect(mistake).toContain(`pgark.yml:${at}:`);
    expect(mistake).toContain(said);
  });

  test('a name that there is no repository of', () => {
    expect(mistakesIn('pgbackrest_method: [ local, fra ]', `pgbackrest_repo: { local: {}, far: { ${far} } }`)).toEqual([`pgark.yml:${at}:37  pgbackrest_method: pgbackrest_repo has no "fra", did you mean "far"?`]);
  });

  test('one that is named twice', () => {
    expect(mistakesIn('pgbackrest_method: [ local, local ]')).toEqual([expect.stringContaining('pgbackrest_method: names a repository twice')]);
  });

  test('two that lie in one place', () => {
    expect(mistakesIn('pgbackrest_method: [ local, other ]', 'pgbackrest_repo: { local: { path: /pg/backup }, other: { path: /pg/backup, retention_full: 9 } }')).toEqual([expect.stringContaining('other lies where local lies; each needs a place of its own')]);
  });
});

test('what the reference shows for an object store is taken as it stands', () => {
  const lines = ['pgbackrest_method: minio', `pgbackrest_repo: { minio: { ${far}, s3_uri_style: path, path: /pgbackrest, storage_port: 9000, storage_ca_file: /etc/pki/ca.crt, block: y, bundle: y, bundle_limit: 20MiB, bundle_size: 128MiB, cipher_type: aes-256-cbc, retention_full_type: time, retention_full: 14 } }`];

  expect(mistakesIn(...lines)).toEqual([]);
});

describe('an option that is younger than the pgBackRest of the bundle', () => {
  const text = withVars('pgbackrest_repo: { local: { path: /pg/backup, bundle: true, block: true } }');
  const withVersion = (version: string) => ({ ...bundle, roots: bundle.roots.map((root) => (root.name === 'pgbackrest' ? { ...root, version } : root)) });

  test.each([['2.45-1', true], ['2.46-1', false], ['1:2.55.1-1PGDG.rhel9', false], ['3.0-1', false]])('of %s: %s', async (version, isLeftOut) => {
    const { inventory } = await deploy([], { text, bundle: withVersion(version) });

    const gaps = gapsInRepositories(parseInventory(text, 'pgark.yml'), inventory);

    expect(gaps).toEqual(isLeftOut ? [`pgark.yml:${at}:69  pgbackrest_repo.local.block is there from pgBackRest 2.46 on, and ${bundle.id} holds ${version}: it is left out`] : []);
  });
});
