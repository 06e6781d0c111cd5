import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, lchown, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../../repo/core/secret.ts';
import { kindOf } from '../../../installer/resource/kinds.ts';
import type { Resource } from '../../../installer/resource/resource.ts';
import type { Command, Completed } from '../../../installer/transport/command.ts';
import { readFrames, writeScript } from '../../../installer/transport/script.ts';
import { spawn } from '../../../installer/transport/spawn.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'pgark-resource-'))));
afterEach(async () => rm(folder, { recursive: true }));

const me = userInfo().username;

const run = async (commands: readonly Command[]): Promise<Completed[]> => readFrames(await spawn(['env', '-i', 'sh', '-s'], writeScript(commands, '--frame', 'stop at a failure')), '--frame', commands);

/** Probes, brings about, and answers with what the commands said and with what would be left to do. */
async function settle(wanted: Resource): Promise<{ done: Completed[]; left: readonly Command[] }> {
  const kind = kindOf(wanted);
  const decide = async () => kind.diff(wanted, kind.parse((await run([kind.probe(wanted)]))[0]!, wanted), new Set());
  const done = await run(await decide());
  return { done, left: await decide() };
}

const file = (name: string, more: object = {}): Resource => ({ kind: 'file', path: join(folder, name), content: 'wanted\n', owner: me, ...more }) as Resource;

describe('a file', () => {
  test('is written with its mode, in folders that were missing', async () => {
    const { left } = await settle(file('a/b/c d.conf', { mode: '0640' }));

    expect(left).toEqual([]);
    expect(await readFile(join(folder, 'a/b/c d.conf'), 'utf8')).toBe('wanted\n');
    expect((await lstat(join(folder, 'a/b/c d.conf'))).mode & 0o7777).toBe(0o640);
  });

  test('replaces a link and leaves alone what it pointed to', async () => {
    await writeFile(join(folder, 'other'), 'other');
    await symlink('other', join(folder, 'x'));

    const { left } = await settle(file('x'));

    expect(left).toEqual([]);
    expect(await readFile(join(folder, 'other'), 'utf8')).toBe('other');
  });

  test('is corrected in its mode without being written again', async () => {
    await settle(file('x'));
    await chmod(join(folder, 'x'), 0o666);
    const before = (await lstat(join(folder, 'x'))).ino;

    const { left } = await settle(file('x'));

    expect(left).toEqual([]);
    expect((await lstat(join(folder, 'x'))).ino).toBe(before);
  });

  test('that its program refuses leaves the old one in place, and nothing beside it', async () => {
    await writeFile(join(folder, 'x'), 'old');

    const { done } = await settle(file('x', { validate: ['grep', '-q', 'nowhere', '{}'] }));

    expect(done[0]).toMatchObject({ code: 1, stderr: `the new content was refused by: grep -q nowhere ${folder}/.x.pgark-new\n` });
    expect(await readFile(join(folder, 'x'), 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['x']);
  });

  test('is given to its program before it takes its place', async () => {
    const { left } = await settle(file('x', { validate: ['grep', '-q', 'wanted', '{}'] }));

    expect(left).toEqual([]);
  });

  test('gives nothing away when a link is put in its way while it is written', async () => {
    const victim = join(folder, 'victim');
    await writeFile(victim, 'precious', { mode: 0o600 });
    const wanted = file('x', { mode: '0644' });
    const [{ argv }] = kindOf(wanted).diff(wanted, kindOf(wanted).parse({ code: 1, stdout: '', stderr: '' }, wanted), new Set()) as [Command];

    const child = execFile(argv[0], argv.slice(1));
    while (!(await readdir(folder)).includes('.x.pgark-new')) await sleep(5);
    await rm(join(folder, '.x.pgark-new'));
    await symlink(victim, join(folder, '.x.pgark-new'));
    child.stdin!.end('wanted');
    await once(child, 'close');

    expect((await lstat(victim)).mode & 0o7777).toBe(0o600);
    expect(await readFile(victim, 'utf8')).toBe('precious');
  });

  test('that is secret is private, and its content in no argument', async () => {
    const wanted = file('key', { content: new Secret('hunter2') });
    const commands = kindOf(wanted).diff(wanted, kindOf(wanted).parse({ code: 1, stdout: '', stderr: '' }, wanted), new Set());

    const { left } = await settle(wanted);

    expect(left).toEqual([]);
    expect(JSON.stringify(commands)).not.toContain('hunter2');
    expect((await lstat(join(folder, 'key'))).mode & 0o7777).toBe(0o600);
  });
});

test('a folder, a link and an absence are brought about once', async () => {
  await writeFile(join(folder, 'gone'), '');
  const wanted: Resource[] = [
    { kind: 'directory', path: join(folder, 'd'), mode: '0710', owner: me },
    { kind: 'link', path: join(folder, 'l'), to: 'd' },
    { kind: 'link', path: join(folder, 'l'), to: 'e' },
    { kind: 'absent', path: join(folder, 'gone') },
  ];

  const left = [];
  for (const each of wanted) left.push((await settle(each)).left);

  expect(left).toEqual([[], [], [], []]);
  expect((await lstat(join(folder, 'd'))).mode & 0o7777).toBe(0o710);
});

describe.runIf(process.getuid?.() === 0)('a link that the owner of a folder put in the way', () => {
  const lead = async (from: string, to: string) => {
    await symlink(to, join(folder, from));
    await lchown(join(folder, from), 65534, 65534);
  };

  test.each<[string, (at: string) => Resource]>([
    ['a folder', (at) => ({ kind: 'directory', path: join(at, 'log'), owner: 'nobody', mode: '0700' })],
    ['a folder below it', (at) => ({ kind: 'directory', path: join(at, 'log/postgres'), owner: 'nobody', mode: '0700' })],
    ['a folder that is there below it', (at) => ({ kind: 'directory', path: join(at, 'log/ssh'), owner: 'nobody', mode: '0700' })],
    ['a file below it', (at) => ({ kind: 'file', path: join(at, 'log/x'), content: 'x', owner: 'nobody' })],
    ['a link below it', (at) => ({ kind: 'link', path: join(at, 'log/x'), to: 'y' })],
  ])('leads no step of root astray: %s', async (_what, wanted) => {
    await mkdir(join(folder, 'etc/ssh'), { recursive: true });
    await lead('log', join(folder, 'etc'));

    const { done } = await settle(wanted(folder));

    expect(done[0]).toMatchObject({ code: 1, stderr: expect.stringContaining('stands this link, which root did not make') });
    expect(await readdir(join(folder, 'etc'))).toEqual(['ssh']);
    expect([(await lstat(join(folder, 'etc'))).uid, (await lstat(join(folder, 'etc/ssh'))).uid]).toEqual([0, 0]);
  });

  test('nor does one behind a link of root', async () => {
    await mkdir(join(folder, 'etc'));
    await lead('data', join(folder, 'etc'));
    await symlink(join(folder, 'data'), join(folder, 'pg'));

    const { done } = await settle({ kind: 'directory', path: join(folder, 'pg/log'), owner: 'nobody' });

    expect(done[0]!.code).toBe(1);
    expect(await readdir(join(folder, 'etc'))).toEqual([]);
  });

  test('is none where root made it', async () => {
    await mkdir(join(folder, 'disk'));
    await symlink('disk', join(folder, 'data'));

    const { left } = await settle({ kind: 'directory', path: join(folder, 'data/log'), mode: '0700' });

    expect(left).toEqual([]);
  });
});

test('an absence never removes a folder', async () => {
  const { done } = await settle({ kind: 'absent', path: folder });

  expect(done[0]!.code).not.toBe(0);
  expect(await readdir(folder)).toEqual([]);
});

test('a condition is asked as it says and met by its acts', async () => {
  const marker = join(folder, 'marker');

  const { left } = await settle({ kind: 'condition', name: 'c', check: { argv: ['test', '-e', marker] }, act: [{ argv: ['touch', marker] }] });

  expect(left).toEqual([]);
});
