import { describe, expect, test } from 'vitest';
import { backupJobOf, calendarOf, CronLine } from '../../../installer/inventory/crontab.ts';

describe('times of a crontab as calendar events', () => {
  test.each([
    ['00 01 * * *', ['*-*-* 01:00:00']],
    ['* * * * *', ['*-*-* *:*:00']],
    ['*/20 8-10 * * *', ['*-*-* 08,09,10:00,20,40:00']],
    ['5,3,3 0 1 jan,jul *', ['*-01,07-01 00:03,05:00']],
    ['0 1 * * 1-5', ['Mon,Tue,Wed,Thu,Fri *-*-* 01:00:00']],
    ['0 1 * * 7', ['Sun *-*-* 01:00:00']],
    ['0 1 * * Sat,0,sun', ['Sun,Sat *-*-* 01:00:00']],
    ['0 1 */2 * 1', ['Mon *-*-01,03,05,07,09,11,13,15,17,19,21,23,25,27,29,31 01:00:00']],
    ['0 1 1,15 * 5', ['*-*-01,15 01:00:00', 'Fri *-*-* 01:00:00']],
    ['0 4-10/3 * * *', ['*-*-* 04,07,10:00:00']],
    ['@daily', ['*-*-* 00:00:00']],
    ['@weekly', ['Sun *-*-* 00:00:00']],
    ['@yearly', ['*-01-01 00:00:00']],
    ['@hourly', ['*-*-* *:00:00']],
    ['@reboot', []],
  ])('%s', (times, calendar) => {
    expect(calendarOf(times)).toEqual(calendar);
  });
});

describe('a backup of the schedule', () => {
  test.each([
    ['00 01 * * * /pg/bin/pg-backup full', { type: 'full', calendar: ['*-*-* 01:00:00'] }],
    ['@daily  /pg/bin/pg-backup', { type: 'incr', calendar: ['*-*-* 00:00:00'] }],
    ['0 3 * * * /pg/bin/pg-backup diff --repo far', { type: 'diff', repo: 'far', calendar: ['*-*-* 03:00:00'] }],
    ['0 3 * * * /pg/bin/pg-backup --repo=far ', { type: 'incr', repo: 'far', calendar: ['*-*-* 03:00:00'] }],
  ])('%s', (line, job) => {
    expect(backupJobOf(line)).toEqual(job);
  });

  test.each([['0 3 * * * /pg/bin/other'], ['0 3 * * * /pg/bin/pg-backup full >> /tmp/log 2>&1'], ['0 3 * * * test -e /x && /pg/bin/pg-backup full'], ['@reboot /pg/bin/pg-backup full'], ['MAILTO=root'], ['# 0 3 * * * /pg/bin/pg-backup full']])('is none where %s', (line) => {
    expect(backupJobOf(line)).toBeUndefined();
    expect(CronLine.safeParse(line).success).toBe(true);
  });
});

describe('a line that is no line of a crontab is refused:', () => {
  test.each([
    ['61 1 * * * true', '"61" is no minute of a crontab: 0 to 59, with "," "-" and "/"'],
    ['0 24 * * * true', '"24" is no hour of a crontab: 0 to 23, with "," "-" and "/"'],
    ['0 1 0 * * true', '"0" is no day of a crontab: 1 to 31, with "," "-" and "/"'],
    ['0 1 * 13 * true', '"13" is no month of a crontab: 1 to 12, with "," "-" and "/"'],
    ['0 1 * * fr true', '"fr" is no weekday of a crontab: 0 to 7, with "," "-" and "/"'],
    ['0 10-8 * * * true', '"10-8" is no hour of a crontab: 0 to 23, with "," "-" and "/"'],
    ['*/0 1 * * * true', '"*/0" is no minute of a crontab: 0 to 59, with "," "-" and "/"'],
    ['0 1,, * * * true', '"1,," is no hour of a crontab: 0 to 23, with "," "-" and "/"'],
    ['@dayly true', '"@dayly" is none of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, @reboot'],
    ['0 1 * * *', 'must be five times and a command, or @daily and a command: 00 01 * * * /pg/bin/pg-backup full'],
    ['0 1 * * * /pg/bin/pg-backup ful', 'calls pg-backup, which takes full, diff or incr, and --repo NAME'],
    ['0 1 * * * /pg/bin/pg-backup full --repo Far', 'calls pg-backup, which takes full, diff or incr, and --repo NAME'],
  ])('%s', (line, said) => {
    expect(CronLine.safeParse(line).error?.issues.map(({ message }) => message)).toEqual([said]);
  });
});
