import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backupProgram } from '../../../../installer/role/pgsql/backup-program.ts';
import { Secret } from '../../../../repo/core/secret.ts';
import { deploy, withVars } from '../deployment.ts';

const two = withVars('pgbackrest_method: [ local, far-away ]', 'pgbackrest_repo: { local: { path: /pg/backup }, far-away: { path: /mnt/far } }');

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pgark-pg-backup-'));
  const { host, inventory } = await deploy([], { text: two });
  const { content } = backupProgram(host, { ...inventory, authority: inventory.authority, secret: () => new Secret('x') });
  const program = String(content).replace('PATH=/usr/pgsql/bin:', `PATH=${folder}:`).replaceAll('/pg/spool/', `${folder}/`);
  put('pg-backup', program);
  put('psql', `#!/bin/sh\ncase $(cat ${folder}/role) in down) exit 2 ;; leads) echo f ;; *) echo t ;; esac\n`);
  put('pgbackrest', `#!/bin/sh\necho "$@" >> ${folder}/called\nif [ -e ${folder}/broken ]; then case "$*" in *--repo=1*) cat ${folder}/broken; exit 9 ;; esac; fi\n`);
});

afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, content: string): void {
  writeFileSync(join(folder, name), content);
  chmodSync(join(folder, name), 0o755);
}

/** What pgBackRest was asked for, and how it ended. */
function run(role: string, ...words: string[]): { called: string[]; code: number; said: string } {
  put('role', role);
  put('called', '');
  try {
    const said = execFileSync(join(folder, 'pg-backup'), words, { encoding: 'utf8', stdio: 'pipe' });
    return { called: calls(), code: 0, said };
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: string };
    return { called: calls(), code: status, said: stderr };
  }
}

const calls = (): string[] => readFileSync(join(folder, 'called'), 'utf8').split('\n').slice(0, -1);

const asked = (repo: number, type: string, more = ''): string => `--stanza=pg-meta --repo=${repo} --type=${type} --log-level-console=info${more} backup`;

describe('pg-backup', () => {
  test.each([
    [[], [asked(1, 'incr'), asked(2, 'incr')]],
    [['full'], [asked(1, 'full'), asked(2, 'full')]],
    [['diff', '--repo', 'far-away'], [asked(2, 'diff')]],
    [['--repo=local', 'full', '--annotation', 'why=a change', '--annotation=who=me'], [asked(1, 'full', ' --annotation=why=a change --annotation=who=me')]],
  ])('%j', (words, called) => {
    expect(run('leads', ...words)).toMatchObject({ called, code: 0 });
  });

  test('backs nothing up on a replica', () => {
    expect(run('follows', 'full')).toEqual({ called: [], code: 0, said: 'not the primary: nothing to back up here\n' });
  });

  test.each([['leads', 0], ['follows', 1], ['down', 255]])('tells whether its member leads: one that %s', (role, code) => {
    expect(run(role, '--leads')).toMatchObject({ called: [], code });
  });

  test('fails where the server does not answer', () => {
    expect(run('down', 'full')).toMatchObject({ called: [], code: 255 });
  });

  test('goes on to the next repository when one fails, and fails in the end', () => {
    put('broken', '');
    const ended = run('leads', 'full');
    rmSync(join(folder, 'broken'));

    expect(ended).toEqual({ called: [asked(1, 'full'), asked(2, 'full')], code: 1, said: 'no backup in: local\n' });
  });

  test('says what to do where a repository is full, be it for the backup or for its WAL', () => {
    put('broken', "ERROR: [041]: unable to write '/pg/backup/x': [28] No space left on device\n");
    const ended = run('leads', 'full', '--repo=local');
    mkdirSync(join(folder, 'archive/pg-meta/out'), { recursive: true });
    for (const name of ['y', 'z']) writeFileSync(join(folder, `archive/pg-meta/out/000000010000000000000009${name}.error`), `104\nraised\nrepo1: [FileWriteError] unable to write '/pg/backup/${name}'\n[CommandError] on retry after 0ms`);
    put('broken', 'ERROR: [082]: WAL segment 000000010000000000000009 was not archived before the 60000ms timeout\n');
    const later = run('leads', 'full', '--repo=local');
    rmSync(join(folder, 'broken'));

    const hint = /^hint: the repository is full: give it more room, or remove a backup that pgark backup list names with pgark backup expire pg-meta --set LABEL\./m;
    expect(ended.said).toMatch(hint);
    expect(later.said.split('\n').filter((line) => line.startsWith('repo1: '))).toEqual([expect.stringMatching(/^repo1: \[FileWriteError\] unable to write '\/pg\/backup\/[yz]': No space left on device$/)]);
    expect(later.said).toMatch(hint);
    expect(later.code).toBe(1);
  });

  test.each([[['total']], [['--repo']], [['--repo', 'fra']], [['--annotation']], [['--annotation=nothing']], [['full', '--force']]])('refuses %j', (words) => {
    expect(run('leads', ...words)).toEqual({ called: [], code: 2, said: 'usage: pg-backup [full|diff|incr] [--repo NAME] [--annotation KEY=VALUE]...; repositories: local far-away\n' });
  });
});
