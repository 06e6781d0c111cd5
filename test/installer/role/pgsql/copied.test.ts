import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Host } from '../../../../installer/inventory/inventory.ts';
import { answersOrCopies, copied } from '../../../../installer/role/pgsql/copied.ts';
import type { Command } from '../../../../installer/transport/command.ts';

const host = { vars: { pg_port: 5432, pg_dbsu: 'postgres' } } as Host;

/** A server that answers when the file `up` is there; time passes at once, and every second of it leaves a mark. */
describe('a new replica', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pgark-copied-'));
    await program('pg_isready', `[ -e ${folder}/up ]`);
    await program('sleep', `echo x >> ${folder}/seconds; if [ "$(wc -l < ${folder}/seconds)" -ge 300 ]; then : > ${folder}/up; fi`);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const program = async (name: string, script: string): Promise<void> => {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, name), 0o755);
  };
  /** With `processes` as the names of what runs; the machine's own are none of its business. */
  async function run({ argv: [shell, ...words] }: Command, ...processes: string[]): Promise<{ code: number; said: string }> {
    for (const [index, name] of processes.entries()) await writeFile(join(folder, `comm-${index}`), `${name}\n`);
    const child = spawn(shell, words.map((word) => word.replaceAll('/proc/[0-9]*/comm', `${folder}/comm-*`)), { env: { PATH: `${folder}:${process.env['PATH']}` } });
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    const [code] = (await once(child, 'close')) as [number];
    return { code, said };
  }

  test('is waited for as long as it copies, however long that takes', { timeout: 60_000 }, async () => {
    expect((await run(copied(host).act[0]!, 'systemd', 'pg_basebackup')).code).toBe(0);
    expect((await run(copied(host).check)).code).toBe(0);
  });

  test('is given up some minutes after it has stopped copying', { timeout: 60_000 }, async () => {
    expect(await run(copied(host).act[0]!, 'systemd', 'postgres')).toEqual({ code: 1, said: 'PostgreSQL does not answer, and nothing is copied any more\n' });
    expect((await run(copied(host).check)).code).not.toBe(0);
  });

  test('lets its service count as there while it copies', async () => {
    expect((await run(answersOrCopies(host), 'pg_basebackup')).code).toBe(0);
    expect((await run(answersOrCopies(host), 'patroni')).code).toBe(1);
  });
});
