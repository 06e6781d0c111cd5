import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const top = resolve(import.meta.dirname, '../../..');
const compiled = (): string => join(folder, 'cache', 'pgark', 'compiled');
let base: string;
let folder: string;

beforeAll(async () => void (base = await mkdtemp(join(tmpdir(), 'pgark-start-'))));
beforeEach(async () => void (folder = await mkdtemp(join(base, 'home-'))));
afterAll(() => rm(base, { recursive: true }));

const start = (cache = join(folder, 'cache'), program = 'test/support/sleeper.ts') =>
  promisify(execFile)(process.execPath, [join(top, 'repo/console/start.mjs'), program, '--version'], { env: { XDG_CACHE_HOME: cache }, timeout: 20_000 });

const isThere = (path: string): Promise<boolean> => stat(path).then(() => true, () => false);

describe('a start', () => {
  test('leaves what was compiled to the next one, in a folder of the user alone', async () => {
    const { stdout } = await start();

    expect(stdout).toBe('sleeper 1\n');
    expect((await stat(compiled())).mode & 0o777).toBe(0o700);
    expect(await readdir(compiled())).toHaveLength(1);
  });

  test('sees a program that has changed since', async () => {
    const program = join(folder, 'program.ts');
    const say = (word: string): Promise<void> => writeFile(program, `const word: string = '${word}';\nconsole.log(word);\n`);
    await say('before');
    await start(undefined, program);
    await say('behind');

    const { stdout } = await start(undefined, program);

    expect(stdout).toBe('behind\n');
  });

  test('takes nothing from a folder that others can write', async () => {
    await mkdir(compiled(), { recursive: true });
    await chmod(compiled(), 0o777);

    const { stdout } = await start();

    expect(stdout).toBe('sleeper 1\n');
    expect(await readdir(compiled())).toEqual([]);
  });

  test.each(['/proc/none', '/dev/null/none'])('goes on where no folder can be made, as in %s', async (place) => {
    const { stdout } = await start(place);

    expect(stdout).toBe('sleeper 1\n');
  });

  test.skipIf(process.getuid?.() !== 0)('by root leaves nothing in the home of somebody else (checked by root only)', async () => {
    await mkdir(join(folder, 'cache'));
    await promisify(execFile)('chown', ['12345', join(folder, 'cache')]);

    const { stdout } = await start();

    expect(stdout).toBe('sleeper 1\n');
    expect(await isThere(join(folder, 'cache', 'pgark'))).toBe(false);
  });
});

describe('the launcher', () => {
  const version = (path: string, cwd = folder) => promisify(execFile)(path, ['--version'], { cwd, env: { PATH: process.env['PATH'], XDG_CACHE_HOME: join(folder, 'cache') }, timeout: 20_000 });

  test.each([
    ['through a link', async () => (await symlink(join(top, 'pgark'), join(folder, 'link')), version(join(folder, 'link')))],
    ['through a link to a link, from its folder', async () => (await symlink('b', join(folder, 'a')), await symlink(join(top, 'pgark'), join(folder, 'b')), version('./a'))],
    ['through a link to its folder', async () => (await symlink(top, join(folder, 'there')), version(join(folder, 'there', 'pgark')))],
    ['from its own folder', () => version('./pgark', top)],
    ['from a folder within', () => version('../pgark', join(top, 'repo'))],
  ])('finds its program %s', async (_how, run) => {
    const { stdout } = await run();

    expect(stdout).toMatch(/^pgark \d/);
  });
});
