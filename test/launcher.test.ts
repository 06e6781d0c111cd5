import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let base: string;
const top = (): string => join(base, 'a tree');

/** A tree with the launcher, a Node.js that only tells how it was called, and an npm that must not be called. */
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'pgark-launcher-'));
  for (const arch of ['x64', 'arm64']) {
    const bin = join(top(), 'node_modules', `node-linux-${arch}`, 'bin');
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, 'node'), '#!/bin/sh\nfor each do echo "$each"; done\n', { mode: 0o755 });
  }
  await mkdir(join(top(), 'within'));
  await copyFile(resolve(import.meta.dirname, '../pgark'), join(top(), 'pgark'));
  await writeFile(join(top(), 'package-lock.json'), '');
  await writeFile(join(top(), 'node_modules', '.package-lock.json'), '');
  await mkdir(join(base, 'bin'));
  await writeFile(join(base, 'bin', 'npm'), '#!/bin/sh\necho "npm was called" >&2\nexit 1\n', { mode: 0o755 });
  await symlink(join(top(), 'pgark'), join(base, 'link'));
  await symlink('link', join(base, 'link to link'));
  await symlink(top(), join(base, 'there'));
});
afterAll(() => rm(base, { recursive: true }));

const launch = async (path: string, cwd: string, ...argv: string[]): Promise<string[]> => {
  const { stdout } = await promisify(execFile)(path, argv, { cwd, env: { PATH: `${join(base, 'bin')}${delimiter}${process.env['PATH']}` }, timeout: 10_000 });
  return stdout.split('\n').slice(0, -1);
};

describe('the launcher', () => {
  test.each([
    ['through a link', () => launch(join(base, 'link'), '/')],
    ['through a link to a link, from its folder', () => launch('./link to link', base)],
    ['through a link to its folder', () => launch(join(base, 'there', 'pgark'), '/')],
    ['from its own folder', () => launch('./pgark', top())],
    ['from a folder within', () => launch('../pgark', join(top(), 'within'))],
  ])('finds its programs %s', async (_how, run) => {
    const [, start, ...rest] = await run();

    expect(start![0]).toBe('/');
    expect([top(), join(base, 'there')].map((tree) => join(tree, 'repo/console/start.mjs'))).toContain(resolve(start!));
    expect(rest).toEqual(['builder/main.ts']);
  });

  test.each([
    [['lock', 'a b', ''], 'builder/main.ts'],
    [['plan'], 'installer/main.ts'],
    [['help', 'repo'], 'installer/main.ts'],
    [['demo'], 'vagrant/main.ts'],
    [['test'], 'test/run.ts'],
  ])('gives %j, word by word, to the program whose they are', async (words, program) => {
    const [, , ...rest] = await launch('./pgark', top(), ...words);

    expect(rest).toEqual([program, ...words]);
  });

  test('starts nothing when the packages are behind and npm fails', async () => {
    const later = new Date(Date.now() + 60_000);
    await utimes(join(top(), 'package-lock.json'), later, later);

    const failure = await launch('./pgark', top(), 'lock').catch((error: unknown) => error);

    expect(failure).toMatchObject({ code: 5, stdout: '', stderr: 'installing npm packages (once)\nnpm was called\nerror  npm ci failed; pgark has not started\n' });
  });
});
