import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tried } from '../../../../installer/role/pgsql/tried.ts';
import type { Command } from '../../../../installer/transport/command.ts';
import { Secret } from '../../../../repo/core/secret.ts';
import { deploy } from '../deployment.ts';

const fine = '[{"repo":[{"key":1,"status":{"code":2,"message":"no valid backups"}}]}]';
const forbidden = '[{"repo":[{"key":1,"status":{"code":99,"message":"[ProtocolError] HTTP request failed with 403 (Forbidden):\\n*** Response Content ***"}}],"status":{"code":99,"lock":{"backup":{"held":false}},"message":"other"}}]';

/** The condition beside a configuration in a folder of the test, and a pgBackRest that says one thing through it and another through a new one. */
async function judge({ old, through, anew }: { old?: string; through?: string; anew: string }) {
  const folder = mkdtempSync(join(tmpdir(), 'pgark-tried-'));
  const configuration = join(folder, 'pgbackrest.conf');
  if (old !== undefined) writeFileSync(configuration, old);
  writeFileSync(join(folder, 'pgbackrest'), `#!/bin/sh\ncase "$*" in *--config=${configuration}*) printf '%s' '${through ?? fine}' ;; *) printf '%s' '${anew}' ;; esac\n`);
  chmodSync(join(folder, 'pgbackrest'), 0o755);
  const { host } = await deploy([]);
  const { check, act } = tried(host, configuration, new Secret('repo1-cipher-pass=new\n'));
  const run = ({ argv: [program, ...words], stdin }: Command) => spawnSync(program, words, { env: { PATH: `${folder}:/usr/bin:/bin`, TMPDIR: folder }, input: (stdin as Secret).reveal(), encoding: 'utf8' });
  const [checked, acted] = [run(check), run(act[0]!)];
  return { isMet: checked.status === 0, code: acted.status, said: acted.stderr, isThere: existsSync(configuration) };
}

describe('another configuration of pgBackRest', () => {
  test('is not tried where it is the one that is there', async () => {
    expect(await judge({ old: 'repo1-cipher-pass=new\n', anew: forbidden })).toMatchObject({ isMet: true });
  });

  test('takes its place when its repositories can be read, and where there is none yet', async () => {
    expect(await judge({ old: 'old', anew: fine })).toMatchObject({ isMet: false, code: 0 });
    expect(await judge({ anew: fine })).toMatchObject({ isMet: false, code: 0, isThere: false });
  });

  test('does not take it when they cannot, with what the store says and a line on it', async () => {
    const { isMet, code, said } = await judge({ old: 'old', anew: forbidden });

    expect({ isMet, code }).toEqual({ isMet: false, code: 1 });
    expect(said.split('\n')).toEqual([
      expect.stringContaining('is left as it is: with what the inventory says a repository cannot be read'),
      '[ProtocolError] HTTP request failed with 403 (Forbidden):',
      '*** Response Content ***',
      expect.stringMatching(/^ *hint: the object store does not let this key in/),
      '',
    ]);
  });

  test('is told to have another passphrase where the repository is nothing but noise through it', async () => {
    const { said } = await judge({ old: 'old', anew: '[{"repo":[{"status":{"code":99,"message":"[FormatError] unable to load info file:\\nFormatError: key/value found outside of section at line 1: \u0001\u0002\\nHINT: has a stanza-create been performed?"}}]}]' });

    expect(said.split('\n').slice(1)).toEqual(['[FormatError] unable to load info file:', expect.stringMatching(/^ *hint: a repository was encrypted with another passphrase/), '']);
  });

  test('takes it although they cannot, when the old one cannot read them either', async () => {
    expect(await judge({ old: 'old', through: forbidden, anew: forbidden })).toMatchObject({ code: 0 });
  });

  test('is not taken by a host that has none, when they cannot be read', async () => {
    expect(await judge({ anew: forbidden })).toMatchObject({ code: 1 });
  });
});
