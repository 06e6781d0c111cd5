import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { explained } from '../../../../installer/role/pgsql/explained.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pgark-explained-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs it with a pgBackRest that says this, and ends with that. */
function run(said: string, code: number) {
  writeFileSync(join(folder, 'pgbackrest'), `#!/bin/sh\ncat <<'END'\n${said}\nEND\nexit ${code}\n`);
  chmodSync(join(folder, 'pgbackrest'), 0o755);
  const [program, ...words] = explained('--stanza=pg-test', 'stanza-create');
  return spawnSync(program, words, { encoding: 'utf8', env: { PATH: `${folder}:/usr/bin:/bin` } });
}

// What pgBackRest 2.45 was seen to say of OpenStack Swift.
test.each([
  ['ERROR: [039]: HTTP request failed with 403 (Forbidden):\n       HEAD /pgsql/pgbackrest/archive/main/archive.info', 39, /hint: the object store does not let this key in: see s3_key/],
  ['ERROR: [039]: HTTP request failed with 404 (Not Found):\n<Error><Code>NoSuchBucket</Code>', 39, /hint: the object store has no such bucket/],
  ['ERROR: [039]: HTTP request failed with 400 (Bad Request):', 39, /hint: the object store does not understand the request: see s3_region/],
  ['ERROR: [039]: HTTP request failed with 400 (Bad Request):\n<Error><Code>EntityTooLarge</Code><Message>Upload exceeds quota.</Message>', 39, /hint: the object store is full, or its quota is used up/],
  ["ERROR: [095]: unable to verify certificate presented by 's3.test:9000': [20] unable to get local issuer certificate", 95, /hint: the certificate of the object store is from an authority that is not known here: storage_ca/],
  ["ERROR: [095]: unable to find hostname '10.10.61.50' in certificate common name or subject alternative names", 95, /hint: the certificate of the object store is for another name: s3_endpoint/],
  ["ERROR: [049]: unable to connect to 's3.test:9001': [111] Connection refused", 49, /hint: the object store does not answer: see s3_endpoint and storage_port/],
  ["ERROR: [041]: unable to write '/pg/backup/backup/pg-test/20261123-014231F/pg_data/base/1/1.zst.pgbackrest.tmp': [28] No space left on device", 41, /hint: the repository is full: give it more room, or remove a backup/],
  ["ERROR: [064]: raised from local-1 protocol: unable to write '/pg/backup/backup/pg-test/20261123-014231F/pg_data/base/19240/19278.zst'\n       [FileWriteError] on retry after 0ms", 64, /hint: the repository is full/],
  ['ERROR: [082]: WAL segment 000000010000000000000004 was not archived before the 60000ms timeout', 82, /hint: WAL does not get into a repository/],
])('what an object store says is explained, and passed on: %s', (said, code, hint) => {
  const ended = run(said, code);

  expect(ended.status).toBe(code);
  expect(ended.stderr).toContain(said);
  expect(ended.stderr).toMatch(hint);
});

test('what is not about an object store is passed on as it is, and so is what went well', () => {
  expect(run('ERROR: [037]: stanza-create command requires option: pg1-path', 37)).toMatchObject({ status: 37, stderr: 'ERROR: [037]: stanza-create command requires option: pg1-path\n' });
  expect(run('done', 0)).toMatchObject({ status: 0, stdout: 'done\n', stderr: '' });
});
