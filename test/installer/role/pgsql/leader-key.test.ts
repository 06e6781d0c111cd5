import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { guardedPath, guardedPatroni, isGuarded, takesForeignKey } from '../../../../installer/role/pgsql/leader-key.ts';
import { bundle } from '../../inventory/sample.ts';

const run = promisify(execFile);

describe('the leader key', () => {
  test.each([['2.1.2-2', true], ['3.0-1', true], ['3.0.2~rc1', true], ['3.0.2-1', true], ['3.0.3-1', false], ['3.0.10-1', false], ['1:3.1.2-1', false], ['4.1.0-1PGDG.rhel9', false], ['unreadable', false]])('of another member is not safe from Patroni %s: %s', (version, isTaken) => {
    const roots = bundle.roots.map((root) => (root.package === 'patroni' ? { ...root, version } : root));

    expect(takesForeignKey({ ...bundle, roots })).toBe(isTaken);
  });

  test('is guarded by a program that Python can read', async () => {
    await expect(run('python3', ['-c', 'import ast, sys; ast.parse(sys.argv[1])', guardedPatroni])).resolves.toBeDefined();
  });
});

/** `systemctl` tells the number of a process that this test has started. */
describe('a Patroni that runs', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pgark-guarded-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function saidOf(mainPid: number): Promise<string> {
    await writeFile(join(folder, 'systemctl'), `#!/bin/sh\necho ${mainPid}\n`);
    await chmod(join(folder, 'systemctl'), 0o755);
    const [shell, ...words] = isGuarded('pg-test').check.argv;
    return (await run(shell, words, { env: { PATH: `${folder}:${process.env['PATH']}` } })).stdout;
  }

  async function saidWhile(...words: string[]): Promise<string> {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', ...words], { stdio: 'ignore' });
    try {
      return await saidOf(child.pid!);
    } finally {
      child.kill();
    }
  }

  test('without its guard is told of, with what to do', async () => {
    expect(await saidWhile('/usr/bin/patroni', '/etc/patroni/patroni.yml')).toMatch(/^note: Patroni was started before .*pgark pg switchover pg-test first\n$/);
  });

  test('with its guard, or not at all, is none to speak of', async () => {
    expect(await saidWhile(guardedPath, '/etc/patroni/patroni.yml')).toBe('');
    expect(await saidOf(0)).toBe('');
  });
});
