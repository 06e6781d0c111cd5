import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { removed } from '../../../installer/leave/packages.ts';
import type { Command } from '../../../installer/transport/command.ts';

/** A host whose package database is a folder, a file a package, in which stands what needs it. */
const programs = (db: string): Readonly<Record<string, string>> => ({
  'dpkg-query': `shift 4; code=0; for name; do if [ -e "${db}/$name" ]; then printf 'ii  %s\\n' "$name"; else code=1; fi; done; exit $code`,
  dpkg: `shift; ${erase(db)}`,
  rpm: `if [ "$1" = -e ]; then shift; ${erase(db)}; else for name; do case $name in -*|%*) ;; *) if [ -e "${db}/$name" ]; then echo "$name"; else echo "package $name is not installed"; fi ;; esac; done; fi`,
});
const erase = (db: string): string => `for name; do for by in $(cat "${db}/$name"); do case " $* " in *" $by "*) ;; *) [ ! -e "${db}/$by" ] || exit 1 ;; esac; done; done; for name; do rm "${db}/$name"; done`;

describe.each(['apt', 'dnf'] as const)('the packages of an instance, with %s', (packageManager) => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pgark-packages-'));
    await mkdir(join(folder, 'db'));
    for (const [name, script] of Object.entries(programs(join(folder, 'db')))) {
      await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
      await chmod(join(folder, name), 0o755);
    }
    await install({ server: 'extension', extension: '', pooler: '', haproxy: '' });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const install = async (packages: Record<string, string>) => {
    for (const [name, neededBy] of Object.entries(packages)) await writeFile(join(folder, 'db', name), neededBy);
  };
  const condition = (...names: string[]) => removed(names, { platform: { packageManager } });
  const run = ({ argv: [program, ...words] }: Command): number | null => spawnSync(program, words, { env: { PATH: `${folder}:${process.env['PATH']}` } }).status;
  const left = async () => (await readdir(join(folder, 'db'))).sort();

  test('go together, and nothing else does', async () => {
    const { check, act } = condition('server', 'extension', 'pooler', 'never-there');

    expect(run(check)).not.toBe(0);
    expect(run(act[0]!)).toBe(0);
    expect(await left()).toEqual(['haproxy']);
    expect(run(check)).toBe(0);
  });

  test('stay where something else needs them, and the others go', async () => {
    expect(run(condition('server', 'pooler').act[0]!)).toBe(0);

    expect(await left()).toEqual(['extension', 'haproxy', 'server']);
  });
});
