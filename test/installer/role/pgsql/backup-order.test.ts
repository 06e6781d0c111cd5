import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sameFirst } from '../../../../installer/role/pgsql/backup-order.ts';
import { Secret } from '../../../../repo/core/secret.ts';
import { deploy, withVars } from '../deployment.ts';

const far = 'far: { type: s3, s3_endpoint: s3.internal, s3_bucket: pgsql, s3_region: r, s3_key: k, s3_key_secret: s, path: /pg }';

let file: string;

beforeAll(() => {
  file = join(mkdtempSync(join(tmpdir(), 'pgark-order-')), 'pgbackrest.conf');
});

afterAll(() => rmSync(join(file, '..'), { recursive: true }));

/** What is said of a list on a member that has had another one. */
async function judge(before: string | undefined, method: string, repositories = `local: { path: /pg/backup }, ${far}`) {
  rmSync(file, { force: true });
  if (before !== undefined) writeFileSync(file, before);
  const { host, inventory } = await deploy([], { text: withVars(`pgbackrest_method: ${method}`, `pgbackrest_repo: { ${repositories} }`) });
  const { check } = sameFirst(host, { ...inventory, authority: inventory.authority, secret: () => new Secret('x') }, file);
  const { status, stderr } = spawnSync(check.argv[0], check.argv.slice(1), { encoding: 'utf8' });
  return { status, said: stderr };
}

const local = (number: number): string => `repo${number}-path=/pg/backup\nrepo${number}-cipher-pass=x\n`;

const store = (number: number): string => `repo${number}-s3-bucket=pgsql\nrepo${number}-type=s3\nrepo${number}-s3-endpoint=s3.internal\nrepo${number}-path=/pg\nrepo${number}-cipher-pass=y\n`;

describe('the first repository', () => {
  test.each([
    ['has no past on a new member', undefined, '[ far, local ]'],
    ['stays where it was', local(1), 'local'],
    ['may get others behind it', local(1), '[ local, far ]'],
    ['may lose those behind it', local(1) + store(2), 'local'],
    ['may give way to one that is elsewhere', local(1), 'far'],
  ])('%s', async (_, before, method) => {
    expect(await judge(before, method)).toEqual({ status: 0, said: '' });
  });

  test.each([
    ['changes places', local(1) + store(2), '[ far, local ]', 'repository far is not the first repository now'],
    ['moves back', local(1), '[ far, local ]', 'repository local is the first repository now'],
    ['is what was behind it', local(1) + store(2), 'far', 'repository far is not the first repository now'],
  ])('%s: nothing is done', async (_, before, method, said) => {
    const judged = await judge(before, method);

    expect(judged.status).toBe(1);
    expect(judged.said).toContain(said);
  });

  test('is free to move when the inventory gives the passphrases', async () => {
    expect(await judge(local(1) + store(2), '[ far, local ]', `local: { path: /pg/backup, cipher_pass: chosen one }, ${far.replace(' }', ', cipher_type: none }')}`)).toMatchObject({ status: 0 });
  });
});
