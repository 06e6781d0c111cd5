import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { printTarget, readMoment, settingsFor, targetOf } from '../../../installer/restore/target.ts';

const given = (options: Record<string, string>) => targetOf({ value: (name) => options[name], has: (name) => name in options });

describe('a moment', () => {
  test.each([
    ['2026-11-22T21:03:13Z', '2026-11-22 21:03:13'],
    ['2026-11-22 21:03Z', '2026-11-22 21:03:00'],
    ['2026-11-22 22:03:13+01', '2026-11-22 21:03:13'],
    ['2026-11-22 22:33:13 +0130', '2026-11-22 21:03:13'],
    ['2026-11-22 16:03:13-05:00', '2026-11-22 21:03:13'],
    ['2026-11-22 21:03:13.131789Z', '2026-11-22 21:03:13.131789'],
    ['2026-11-22 21:03:13.5Z', '2026-11-22 21:03:13.500000'],
  ])('%s is told to PostgreSQL in UTC', (text, utc) => {
    expect(readMoment(text).utc).toBe(utc);
  });

  test('without a zone is one of this machine, and shown in both', () => {
    const script = `import { readMoment, printMoment } from ${JSON.stringify(join(import.meta.dirname, '../../../installer/restore/target.ts'))}; const moment = readMoment('2026-11-22 02:48:13.25'); console.log(moment.utc + '; ' + printMoment(moment));`;

    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { env: { ...process.env, TZ: 'Asia/Kathmandu' }, encoding: 'utf8' });

    expect(said.trim()).toBe('2026-11-21 21:03:13.250000; 2026-11-21 21:03:13.250000 UTC (here 2026-11-22 02:48:13 +05:45)');
  });

  test.each(['yesterday', '2026-02-30 10:00Z', '2026-11-22', '2026-11-22 25:00Z', '2026-11-22 10:00 CET', ''])('"%s" is none', (text) => {
    expect(() => readMoment(text)).toThrow(`"${text}" is no date and time`);
  });
});

describe('a target', () => {
  test('is one point, no more and no less', () => {
    expect(() => given({})).toThrow('it is not said which point to restore to');
    expect(() => given({ time: '2026-11-22 10:00Z', latest: '' })).toThrow('--time and --latest name two points');
  });

  test.each([[{ lsn: '6000100' }], [{ lsn: '0/XYZ' }], [{ xid: '0' }], [{ xid: '12a' }], [{ name: '' }], [{ name: 'x'.repeat(64) }]])('%o is none', (options) => {
    expect(() => given(options)).toThrow('is not what it takes');
  });

  test('is told to PostgreSQL, with its edge', () => {
    expect(settingsFor(given({ time: '2026-11-22 10:00:00Z' }), true)).toEqual({ recovery_target_time: '2026-11-22 10:00:00+00', recovery_target_inclusive: 'off' });
    expect(settingsFor(given({ lsn: 'a/6000100' }), false)).toEqual({ recovery_target_lsn: 'A/6000100', recovery_target_inclusive: 'on' });
    expect(settingsFor(given({ name: "before 'it'" }), false)).toEqual({ recovery_target_name: "before 'it'" });
    expect(settingsFor(given({ latest: '' }), false)).toEqual({});
  });

  test('is told to a reader', () => {
    expect(printTarget(given({ xid: '993' }), true)).toBe('transaction 993, and nothing of that point itself');
  });
});
