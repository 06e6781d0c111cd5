import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ConditionResource } from '../../../../installer/resource/resource.ts';
import { blank } from '../../../../installer/role/pgsql/blank.ts';
import { deploy, withVars } from '../deployment.ts';

const beginning = { postgres: 'none' } as const;

/** The condition of the first member, with the data directory in a folder of the test and a pgBackRest that says this. */
async function judge({ says, hasData = false }: { says?: string; hasData?: boolean }) {
  const folder = mkdtempSync(join(tmpdir(), 'pgark-blank-'));
  const data = join(folder, 'data');
  mkdirSync(data);
  if (hasData) writeFileSync(join(data, 'PG_VERSION'), '15\n');
  if (says !== undefined) {
    writeFileSync(join(folder, 'pgbackrest'), `#!/bin/sh\nprintf '%s' '${says}'\n`);
    chmodSync(join(folder, 'pgbackrest'), 0o755);
  }
  const { host, inventory } = await deploy([blank], { text: withVars(`pg_data: ${data}`), facts: beginning });
  const [condition] = blank.resources(host, inventory) as [ConditionResource];
  const run = ([program, ...words]: readonly [string, ...string[]]) => spawnSync(program, words, { env: { PATH: `${folder}:/usr/bin:/bin` }, encoding: 'utf8' });
  const [check, act] = [run(condition.check.argv), run(condition.act[0]!.argv)];
  return { isMet: check.status === 0, code: act.status, said: act.stderr };
}

describe('where a cluster begins', () => {
  test('its repository has to be without backups of one with its name', async () => {
    const { isMet, code, said } = await judge({ says: '[{"backup":[{"label":"20261122-172248F"}],"name":"pg-meta"}]' });

    expect({ isMet, code }).toEqual({ isMet: false, code: 1 });
    expect(said).toContain('pgark restore --cluster pg-meta --latest brings it back');
  });

  test('an empty repository, or none, lets it begin', async () => {
    expect(await judge({ says: '[{"backup":[],"name":"pg-meta"}]' })).toMatchObject({ isMet: true, code: 0 });
    expect(await judge({ says: '[]' })).toMatchObject({ isMet: true, code: 0 });
  });

  test('a repository that cannot be read may hold some', async () => {
    const { isMet, code, said } = await judge({ says: '[{"backup":[],"repo":[{"status":{"code":99,"message":"[HostConnectError] unable to connect to \\\\"s3.test:9000\\\\""}}]}]' });

    expect({ isMet, code }).toEqual({ isMet: false, code: 1 });
    expect(said).toMatch(/nobody can tell whether there are backups of pg-meta[^]*unable to connect to[^]*hint: the object store does not answer/);
  });

  test('before pgBackRest is installed nobody knows: it is looked at once more when it is', async () => {
    const { host, inventory } = await deploy([blank], { facts: beginning });
    const [{ check }] = blank.resources(host, inventory) as [ConditionResource];
    const [program, ...words] = check.argv;
    const empty = mkdtempSync(join(tmpdir(), 'pgark-blank-'));

    expect(spawnSync(`/bin/${program}`, words, { env: { PATH: empty } }).status).not.toBe(0);
  });

  test('data that is there is the cluster', async () => {
    expect(await judge({ says: '[{"backup":[{"label":"20261122-172248F"}]}]', hasData: true })).toMatchObject({ isMet: true });
  });
});

describe('it is asked of nobody', () => {
  test('while a member runs', async () => {
    const { host, inventory } = await deploy([blank], { facts: { postgres: 'primary' } });

    expect(blank.plays(host, inventory)).toBe(false);
  });

  test('where there are no backups at all', async () => {
    const { host, inventory } = await deploy([blank], { text: withVars('pgbackrest_enabled: false'), facts: beginning });

    expect(blank.plays(host, inventory)).toBe(false);
  });
});
