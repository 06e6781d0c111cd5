import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
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
