import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { askSchedule, readSchedule } from '../../../installer/backup/schedule.ts';

const told = (timer: string, service: string): string =>
  `timer.Id=pgark-backup-full.timer\ntimer.ActiveState=active\n${timer}\n${service}\n\n`;

const timer = 'timer.NextElapseUSecRealtime=Mon 2026-11-23 01:00:00 UTC\ntimer.LastTriggerUSec=Sun 2026-11-22 01:00:03 UTC';

const read = (text: string) => readSchedule({ code: 0, stdout: text, stderr: '' });

describe('a timer of backups', () => {
  test.each([
    ['service.ActiveState=inactive\nservice.Result=success\nservice.ExecMainExitTimestamp=Sun 2026-11-22 01:00:09 UTC', 'done'],
    ['service.ActiveState=failed\nservice.Result=exit-code\nservice.ExecMainExitTimestamp=Sun 2026-11-22 01:00:09 UTC', 'failed'],
    ['service.ActiveState=activating\nservice.Result=success\nservice.ExecMainExitTimestamp=', 'running'],
    ['service.ActiveState=inactive\nservice.Result=exec-condition\nservice.ExecMainExitTimestamp=', 'skipped'],
    ['service.ActiveState=inactive\nservice.Result=success\nservice.ExecMainExitTimestamp=', 'unknown'],
  ])('tells how its last run ended: %s', (service, result) => {
    expect(read(told(timer, service))).toEqual([{ timer: 'pgark-backup-full.timer', what: 'full', next: '2026-11-23T01:00:00Z', last: service.includes('01:00:09') ? '2026-11-22T01:00:09Z' : '2026-11-22T01:00:03Z', result }]);
  });

  test('that never ran, or does not run, says so by leaving it out', () => {
    const [first] = read(told('timer.NextElapseUSecRealtime=Mon 2026-11-23 01:00:00 UTC\ntimer.LastTriggerUSec=n/a', 'service.ActiveState=inactive\nservice.Result=success\nservice.ExecMainExitTimestamp=n/a'));
    const [stopped] = read(told(timer, 'service.ActiveState=inactive').replace('timer.ActiveState=active', 'timer.ActiveState=inactive'));

    expect(first).toEqual({ timer: 'pgark-backup-full.timer', what: 'full', next: '2026-11-23T01:00:00Z', result: 'unknown' });
    expect(stopped).not.toHaveProperty('next');
  });

  test('of one repository names it', () => {
    expect(read(told(timer, '').replace('backup-full', 'backup-diff-far-away'))[0]!.what).toBe('diff far-away');
  });

  test('is none where there is none', () => {
    expect(read('')).toEqual([]);
    expect(execFileSync(askSchedule.argv[0], askSchedule.argv.slice(1), { encoding: 'utf8' })).toBe('');
  });
});
