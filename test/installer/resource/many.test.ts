import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../../repo/core/secret.ts';
import { questionOf } from '../../../installer/plan/question.ts';
import type { Wanted } from '../../../installer/plan/wanted.ts';
import { kindOf } from '../../../installer/resource/kinds.ts';
import type { Resource, ServiceResource, SqlResource } from '../../../installer/resource/resource.ts';
import type { Command, Completed } from '../../../installer/transport/command.ts';
import { readFrames, writeScript } from '../../../installer/transport/script.ts';
import { spawn } from '../../../installer/transport/spawn.ts';

const wanting = (resources: readonly Resource[]): Wanted => ({ host: {} as Wanted['host'], items: resources.map((resource) => ({ stage: 0, role: 'r', rollout: 'together', identity: kindOf(resource).identify(resource), resource })) });

const run = async (commands: readonly Command[]): Promise<Completed[]> => readFrames(await spawn(['env', '-i', 'sh', '-s'], writeScript(commands, '--frame', 'go on')), '--frame', commands);

describe('what lies at paths', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pgark-many-'));
    await mkdir(join(folder, 'a folder'), { mode: 0o750 });
    await writeFile(join(folder, 'a file'), 'content\n', { mode: 0o640 });
    await writeFile(join(folder, "it's -n"), '');
    await symlink('a file', join(folder, 'link'));
    await symlink('nowhere', join(folder, 'loose'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test.each(['file', 'directory', 'link', 'absent'] as const)('is told of many as it is told of one: %s', async (kind) => {
    const names = ['a file', 'missing', 'a folder', "it's -n", 'link', 'loose', 'a folder/missing', 'line\nbreak', 'back\\slash'];
    const resources = names.map((name) => ({ kind, path: join(folder, name), content: '', to: 'a file' }) as Resource);
    const { commands, read } = questionOf(wanting(resources));

    const together = read(await run(commands)).map((answer, place) => kindOf(resources[place]!).parse(answer, resources[place]!));
    const alone = (await run(resources.map((each) => kindOf(each).probe(each)))).map((answer, place) => kindOf(resources[place]!).parse(answer, resources[place]!));

    expect(together).toEqual(alone);
    expect(commands).toHaveLength(3);
  });
});

describe('many units', () => {
  const unit = (name: string, more: Partial<ServiceResource> = {}): ServiceResource => ({ kind: 'service', unit: name, enabled: true, running: true, ...more });
  const units = [unit('a.service', { restartOn: ['/etc/a'], reloadOn: ['/etc/a.d'] }), unit('b.service', { ready: { argv: ['true'] } }), unit('c.service')];
  const block = (...more: string[]): string => ['LoadState=loaded', 'UnitFileState=enabled', 'ActiveState=active', 'NeedDaemonReload=no', 'ExecMainStartTimestamp=Sun 2026-11-22 08:00:00.5 UTC', ...more].join('\n');
  const answer: Completed = {
    code: 0,
    stderr: '',
    stdout: `${block('FragmentPath=/etc/systemd/system/a.service')}\n\n${block('FragmentPath=/usr/lib/systemd/system/b.service')}\n\nLoadState=not-found\n\n--pgark-shown\n/etc/a 1795334401\n/etc/a.d/x 1795334402\n/etc/systemd/system/a.service 1\nnow 1795334500.0\nready 1\n`,
  };

  test('are each told with what was asked of them alone', () => {
    const states = kindOf(units[0]!).many!.part(answer, units).map((part, place) => kindOf(units[place]!).parse(part, units[place]!));

    expect(states).toMatchObject([
      { known: true, active: true, restartDue: true, reloadDue: true, ready: false },
      { known: true, active: true, restartDue: false, reloadDue: false, ready: true },
      { known: false, active: false, restartDue: false, ready: false },
    ]);
  });

  test('are never taken for each other when one is missing in the answer', () => {
    expect(() => kindOf(units[0]!).many!.part({ ...answer, stdout: answer.stdout.replace('LoadState=not-found\n\n', '') }, units)).toThrow('2 of 3');
  });

  test('that read from their standard input to be asked are asked alone', () => {
    const { commands } = questionOf(wanting([...units, unit('d.service', { ready: { argv: ['cat'], stdin: 'x' } })]));

    expect(commands).toHaveLength(2);
  });
});

describe('many statements', () => {
  const check = (name: string, more: Partial<SqlResource> = {}): SqlResource => ({ kind: 'sql', name, database: 'app', port: 5432, as: 'postgres', check: `SELECT ${name}`, apply: '', ...more });
  const statesOf = (checks: readonly SqlResource[], answer: Partial<Completed>): unknown[] => kindOf(checks[0]!).many!.part({ code: 0, stdout: '', stderr: '', ...answer }, checks).map((part, place) => kindOf(checks[place]!).parse(part, checks[place]!));
  const mark = '--pgark-checked\n';

  test('share a connection where they share database, port and user, and keep secrets apart', () => {
    const { commands } = questionOf(wanting([check('a'), check('b'), check('c', { database: 'other' }), check('d', { check: new Secret('SELECT d') }), check('e', { check: new Secret('SELECT e') })]));

    expect(commands).toHaveLength(3);
    expect(commands.map(({ stdin }) => stdin instanceof Secret)).toEqual([false, false, true]);
  });

  test('are each told by itself, also where one fails', () => {
    expect(statesOf([check('a'), check('b'), check('c')], { stdout: `t\n${mark}${mark}f\n${mark}` })).toEqual(['as wanted', 'other', 'other']);
  });

  test('have no answer where the server went away before them', () => {
    expect(statesOf([check('a'), check('b')], { code: 2, stdout: `t\n${mark}` })).toEqual(['as wanted', 'no answer']);
    expect(statesOf([check('a'), check('b')], { code: 2 })).toEqual(['no answer', 'no answer']);
  });
});
