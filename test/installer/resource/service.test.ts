import { describe, expect, test } from 'vitest';
import { service } from '../../../installer/resource/service.ts';
import type { ServiceResource } from '../../../installer/resource/resource.ts';
import { shell } from '../../../installer/transport/command.ts';
import { readFrames, writeScript } from '../../../installer/transport/script.ts';
import { spawn } from '../../../installer/transport/spawn.ts';

const wanted: ServiceResource = { kind: 'service', unit: 'etcd.service', enabled: true, running: true };

const running = {
  LoadState: 'loaded',
  UnitFileState: 'enabled',
  ActiveState: 'active',
  NeedDaemonReload: 'no',
  ExecMainStartTimestamp: 'Sun 2026-11-22 08:00:00.500000 UTC',
  StateChangeTimestamp: 'Sun 2026-11-22 08:00:10.000000 UTC',
  now: '1795334500.000000000',
  ready: 'yes',
};

// 2026-11-22 08:00:00 UTC
const start = 1795334400;

const steps = (answer: Record<string, string>, resource: Partial<ServiceResource> = {}, changed: string[] = []): string => {
  const text = Object.entries({ ...running, ...answer }).map(([key, value]) => `${key}=${value}\n`).join('');
  const full = { ...wanted, ...resource };
  const state = service.parse({ code: 0, stdout: text, stderr: '' }, full);
  const words = service.describe(full, state, new Set(changed));
  expect(service.diff(full, state, new Set(changed)).length === 0).toBe(words === '');
  return words;
};

describe('a service', () => {
  test.each([
    ['runs and is enabled', {}, ''],
    ['is stopped', { ActiveState: 'inactive' }, 'start'],
    ['has failed', { ActiveState: 'failed' }, 'start'],
    ['is starting', { ActiveState: 'activating' }, ''],
    ['is disabled', { UnitFileState: 'disabled' }, 'enable'],
    ['is masked', { UnitFileState: 'masked', ActiveState: 'inactive' }, 'unmask, enable, start'],
    ['is unknown', { LoadState: 'not-found', UnitFileState: '', ActiveState: 'inactive' }, 'enable, start'],
    ['has a definition that systemd has not read', { NeedDaemonReload: 'yes' }, 'daemon-reload'],
    ['reads a file from after its start', { restart: `${start + 0.6}` }, 'restart'],
    ['reads a file from before its start', { restart: `${start + 0.4}` }, ''],
    ['reads a file from the future', { restart: `${start + 99_999}` }, ''],
    ['reloads a file from before its last reload', { reload: `${start + 9}` }, ''],
    ['reloads a file from after its last reload', { reload: `${start + 11}` }, 'reload'],
  ])('that %s', (_fact, answer, words) => {
    const said = steps(answer);

    expect(said).toBe(words);
  });

  test('is restarted for what the same plan changes', () => {
    const watching = { restartOn: ['/etc/etcd', '/etc/default/etcd'], reloadOn: ['/etc/soft'] };

    expect(steps({}, watching, ['file /etc/default/etcd'])).toBe('restart');
    expect(steps({}, watching, ['file /etc/etcd/etcd.yml'])).toBe('restart');
    expect(steps({}, watching, ['absent /etc/etcd/old.yml'])).toBe('restart');
    expect(steps({}, watching, ['file /etc/etcd/deep/down.yml', 'directory /etc/etcd'])).toBe('');
    expect(steps({}, watching, ['file /etc/soft'])).toBe('reload');
    expect(steps({}, {}, ['file /etc/systemd/system/etcd.service'])).toBe('daemon-reload, restart');
    expect(steps({}, {}, ['file /etc/systemd/system/etcd.service.d/a.conf'])).toBe('daemon-reload, restart');
    expect(steps({}, { unit: 'x@y.service' }, ['file /etc/systemd/system/x@.service'])).toBe('daemon-reload, restart');
    expect(steps({}, { unit: 'x.timer' }, ['file /etc/systemd/system/x.service'])).toBe('daemon-reload');
  });

  test('that outlasts its definition is never restarted for it', () => {
    const later = { restart: `${start + 0.6}` };

    expect(steps({ ...later, NeedDaemonReload: 'yes' }, { outlasts: true })).toBe('daemon-reload');
    expect(steps(later, { outlasts: true, reloadOn: ['/etc/etcd'] }, ['file /etc/systemd/system/etcd.service'])).toBe('daemon-reload');
    expect(steps({ ActiveState: 'failed' }, { outlasts: true })).toBe('start');
  });

  test('is waited for after it moved, and where it runs but does not answer', () => {
    const ready = { ready: { argv: ['true'] as const } };

    expect(steps({ ActiveState: 'inactive', ready: '' }, ready)).toBe('start, wait until ready');
    expect(steps({ ready: '' }, ready)).toBe('wait until ready');
    expect(steps({}, ready)).toBe('');
  });

  test('that must rest is put to rest, also when a package of the plan brings it', () => {
    const rest = { enabled: false, running: false };
    const unknown = { LoadState: 'not-found', UnitFileState: '', ActiveState: 'inactive' };

    expect(steps({}, rest)).toBe('disable, stop');
    expect(steps({ UnitFileState: 'disabled', ActiveState: 'inactive' }, rest)).toBe('');
    expect(service.diff({ ...wanted, ...rest }, service.parse({ code: 0, stdout: 'LoadState=not-found\nnow=1\n', stderr: '' }, wanted), new Set())).toEqual([]);
    expect(steps(unknown, rest, ['packages'])).toBe('disable, stop, should a package bring it');
  });

  test('that no package brought after all is let be', async () => {
    const unheardOf = { ...wanted, unit: 'pgark-never-heard-of.service', enabled: false, running: false };
    const commands = service.diff(unheardOf, service.parse({ code: 0, stdout: 'LoadState=not-found\nnow=1\n', stderr: '' }, unheardOf), new Set(['packages']));

    const answers = readFrames(await spawn(['env', '-i', 'sh', '-s'], writeScript(commands, '--frame', 'go on')), '--frame', commands);

    expect(answers.map(({ code }) => code)).toEqual([0, 0]);
  });
});

describe('waiting for a service', () => {
  const wait = async (script: string, patience: number, stdin?: string) => {
    const resource = { ...wanted, patience, ready: { argv: shell(script), ...(stdin !== undefined && { stdin }) } };
    const commands = service.diff(resource, service.parse({ code: 0, stdout: Object.entries({ ...running, ready: '' }).map(([key, value]) => `${key}=${value}\n`).join(''), stderr: '' }, resource), new Set());
    return readFrames(await spawn(['env', '-i', 'sh', '-s'], writeScript(commands, '--frame', 'go on')), '--frame', commands)[0]!;
  };

  test('ends when it answers, and gives it its input at every try', async () => {
    const done = await wait('test "$(cat)" = "it\'s"', 3, "it's\n");

    expect(done.code).toBe(0);
  });

  test('gives up after its patience, and repeats what it said', async () => {
    const done = await wait('echo refused >&2; exit 1', 1);

    expect(done).toMatchObject({ code: 1, stderr: 'etcd.service is not ready after 1 s: refused\n' });
  });
});

test('what cannot be read is a bug, not a state', () => {
  expect(() => service.parse({ code: 2, stdout: '', stderr: 'sh: syntax error' }, wanted)).toThrow('syntax error');
});
