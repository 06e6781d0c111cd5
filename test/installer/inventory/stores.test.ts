import { expect, test } from 'vitest';
import { parseInventory } from '../../../installer/inventory/draft.ts';
import { sample } from './sample.ts';

const store = `    minio:
      hosts:
        10.10.10.10: { minio_seq: 1 }
        10.10.10.11: { minio_seq: 2 }
        10.10.10.12: { minio_seq: 3 }
        10.10.10.13: { minio_seq: 4 }
      vars:
        minio_cluster: minio
        minio_port: 9000
`;

const text = sample.replace('    pg-meta:\n', `${store}    pg-meta:\n`);

test.each([
  ['minio_seq: 2', 'minio_seq: 1', 'pgark.yml:8:35  minio_seq 1 of 10.10.10.11 is taken by 10.10.10.10'],
  ['{ minio_seq: 2 }', '{}', 'minio_seq of 10.10.10.11 is missing'],
  ['minio_seq: 2', 'minio_seq: 2, minio_port: 9009', 'pgark.yml:8:38  minio_port of 10.10.10.11 differs from that of 10.10.10.10; the members of minio have one'],
  ['minio_port: 9000', 'minio_https: false', 'minio_https: must be true: keys and what is stored do not travel in clear'],
  ['minio_port: 9000', 'minio_type: rustfs', 'minio_type: must be silo or minio; garage, rustfs and seaweedfs are not implemented'],
  ['minio_port: 9000', 'minio_secret_key: S3User.MinIO', 'minio_secret_key: is a password that everybody can look up'],
  ['minio_port: 9000', 'minio_users: [ { access_key: pgbackrest, secret_key: S3User.Backup } ]', 'is a password that everybody can look up'],
  ['minio_port: 9000', 'minio_users: [ { access_key: someone }, { access_key: someone } ]', 'minio_users names someone twice'],
  ['minio_port: 9000', 'minio_buckets: [ { name: Pgsql } ]', 'must be the name of a bucket'],
  ['minio_port: 9000', 'minio_data: "/data{4...1}"', 'minio_data: must be an absolute path'],
  ['minio_port: 9000', 'minio_extra_vars: "MINIO_ROOT_PASSWORD=x"', 'minio_extra_vars: sets what other parameters say'],
  ['minio_port: 9000', 'minio_bukets: []', 'unknown parameter "minio_bukets", did you mean "minio_buckets"?'],
])('a store that cannot be is refused with its place: %s → %s', (from, to, mistake) => {
  expect(() => parseInventory(text.replace(from, to), 'pgark.yml')).toThrow(expect.objectContaining({ details: expect.arrayContaining([expect.stringContaining(mistake)]) as unknown }));
});

test('a store is described as the reference does it', () => {
  expect(parseInventory(text, 'pgark.yml').warnings).toEqual([]);
});

test.each([
  ['pgbackrest_method: minio', undefined],
  ["pgbackrest_repo: { minio: { type: s3, s3_endpoint: sss.pigsty, s3_bucket: pgsql, s3_region: us-east-1, s3_key: pgbackrest, storage_port: 9000 } }\n        pgbackrest_method: minio", undefined],
  ["pgbackrest_repo: { minio: { type: s3, s3_endpoint: sss.pigsty, s3_bucket: pgsql, s3_region: us-east-1, s3_key: pgbackrst, storage_port: 9000 } }\n        pgbackrest_method: minio", 'minio_users of minio has no "pgbackrst", did you mean "pgbackrest"?'],
  ["pgbackrest_repo: { minio: { type: s3, s3_endpoint: sss.pigsty, s3_bucket: backups, s3_region: us-east-1, s3_key: pgbackrest, storage_port: 9000 } }\n        pgbackrest_method: minio", 'minio_buckets of minio has no "backups"'],
  ["pgbackrest_repo: { minio: { type: s3, s3_endpoint: sss.pigsty, s3_bucket: pgsql, s3_region: us-east-1, s3_key: pgbackrest } }\n        pgbackrest_method: minio", 'sss.pigsty:443 is no store of this inventory (sss.pigsty:9000 is), so it needs s3_key_secret'],
])('what backups go to is looked for among the stores: %s', (lines, mistake) => {
  const parse = () => parseInventory(text.replace('        pg_crontab:', `        ${lines}\n        pg_crontab:`), 'pgark.yml');

  if (mistake === undefined) expect(parse).not.toThrow();
  else expect(parse).toThrow(expect.objectContaining({ details: [expect.stringContaining(mistake)] }));
});
