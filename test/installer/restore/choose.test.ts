import { describe, expect, test } from 'vitest';
import type { BackupInfo } from '../../../installer/backup/info.ts';
import { choose, type Wish } from '../../../installer/restore/choose.ts';
import { lineAt, linesOf, lsnOf, readHistory, startOf } from '../../../installer/restore/line.ts';
import type { Source } from '../../../installer/restore/source.ts';
import { readTarget } from './wish.ts';

const at = (time: string): number => Date.parse(`2026-11-22T${time}Z`);

const backup = (label: string, ended: string, timeline: number, lsn: string): BackupInfo => ({
  label, type: 'full', repo: 1, started: ended, ended: `2026-11-22T${ended}Z`, lsnStart: lsn, lsnStop: lsn, walStart: '', walStop: '', timeline, error: false, databaseId: 1, systemId: '7', size: 1, needs: [], annotations: {},
});

const source = (member: string, more: Partial<Source>): Source => ({ member, address: member, number: 1, name: 'local', isLocal: true, backups: [], archive: [], lines: [], ...more });

/**
 * Timeline 1 from the start; a switchover at 10:00 to timeline 2 on the second member; a recovery at 12:00 to 11:00, hence timeline 3, which leaves the rest
 * of timeline 2 behind.
 */
const first = source('pg-test-1', {
  backups: [backup('A', '09:00:00', 1, '0/2000100'), backup('D', '12:30:00', 3, '0/9000100')],
  archive: [{ id: '15-1', min: '000000010000000000000001', max: '000000030000000000000009', lastAt: at('13:00:00') }],
  lines: [{ timeline: 3, began: at('12:00:00'), parents: readHistory('1\t0/4000000\tno\n2\t0/6000000\tbefore 2026\n') }],
});
const second = source('pg-test-2', {
  backups: [backup('B', '10:30:00', 2, '0/5000100'), backup('C', '11:30:00', 2, '0/7000100')],
  archive: [{ id: '15-1', min: '000000020000000000000004', max: '000000020000000000000008', lastAt: at('11:59:00') }],
  lines: [{ timeline: 2, began: at('10:00:01'), parents: readHistory('1\t0/4000000\tno\n') }],
});

const wish = (target: Wish['target'], more: Partial<Wish> = {}): Wish => ({ cluster: 'pg-test', target, isExclusive: false, isAlive: true, now: at('14:00:00'), ...more });
const chosen = (target: Wish['target'], more?: Partial<Wish>, sources = [first, second]) => choose(wish(target, more), sources).map(({ backup: { label }, timeline, source: { member } }) => `${label} on ${member} along ${timeline}`);
const time = (text: string) => readTarget({ time: `2026-11-22 ${text}Z` });

describe('for a moment', () => {
  test('the last backup that ended before it begins, on the timeline that was written on then', () => {
    expect(chosen(time('13:00:00'))).toEqual(['D on pg-test-1 along 3']);
    expect(chosen(time('12:10:00'))).toEqual(['B on pg-test-2 along 3']);
    expect(chosen(time('11:45:00'))[0]).toBe('C on pg-test-2 along 2');
    expect(chosen(time('10:45:00'))[0]).toBe('B on pg-test-2 along 2');
    expect(chosen(time('10:10:00'))[0]).toBe('A on pg-test-1 along 2');
    expect(chosen(time('09:30:00'))[0]).toBe('A on pg-test-1 along 1');
  });

  test('the line that goes on from there is tried next: the moment may lie between two leaders', () => {
    expect(chosen(time('09:59:59'))).toEqual(['A on pg-test-1 along 1', 'A on pg-test-1 along 3']);
  });

  test('a timeline that is named is the one', () => {
    expect(chosen(time('11:45:00'), { timeline: 3 })).toEqual(['B on pg-test-2 along 3']);
    expect(() => chosen(time('11:45:00'), { timeline: 9 })).toThrow('timeline 9 is not archived');
  });

  test('before the first backup there is nothing', () => {
    expect(() => chosen(time('08:59:59'))).toThrow('2026-11-22 08:59:59 UTC is before the end of the first backup');
    expect(() => chosen(time('09:00:00'))).toThrow('is before the end of the first backup');
    expect(chosen(time('09:00:01'))).toHaveLength(2);
  });

  test('what is still to come cannot be restored, nor what nobody has archived', () => {
    expect(() => chosen(time('14:00:01'))).toThrow('is still to come');
    expect(chosen(time('13:30:00'))).toEqual(['D on pg-test-1 along 3']);
    expect(() => chosen(time('13:30:00'), { isAlive: false })).toThrow('is after the last WAL that is archived');
  });
});

describe('for other points', () => {
  test('a place in WAL begins with the last backup before it', () => {
    expect(chosen(readTarget({ lsn: '0/5500000' }))).toEqual(['B on pg-test-2 along 3']);
    expect(() => chosen(readTarget({ lsn: '0/1000000' }))).toThrow('LSN 0/1000000 is before the end of the first backup');
    expect(() => chosen(readTarget({ lsn: '0/F000000' }), { isAlive: false })).toThrow('is after the last WAL that is archived');
  });

  test('a transaction or a restore point may be anywhere: from the newest backup of the line back to the oldest', () => {
    expect(chosen(readTarget({ name: 'x' }))).toEqual(['D on pg-test-1 along 3', 'B on pg-test-2 along 3', 'A on pg-test-1 along 3']);
  });

  test('the end is that of the newest line', () => {
    expect(chosen(readTarget({ latest: '' }))).toEqual(['D on pg-test-1 along 3']);
  });
});

describe('backups', () => {
  test('with wrong pages are not taken', () => {
    const bad = { ...first, backups: first.backups.map((each) => (each.label === 'D' ? { ...each, error: true } : each)) };

    expect(chosen(readTarget({ latest: '' }), {}, [bad, second])).toEqual(['B on pg-test-2 along 3']);
  });

  test('are taken by name', () => {
    expect(chosen(readTarget({ latest: '' }), { set: 'A' })).toEqual(['A on pg-test-1 along 3']);
    expect(() => chosen(readTarget({ latest: '' }), { set: 'Z' })).toThrow('there is no sound backup Z');
    expect(() => chosen(readTarget({ latest: '' }), { set: 'C' })).toThrow('no backup lies on timeline 3');
    expect(() => chosen(readTarget({ latest: '' }), { repository: 's3' })).toThrow('no backup can be restored in s3');
  });

  test('that nobody can read are told of', () => {
    const mute = source('pg-test-1', { trouble: '[CryptoError] unable to load info file' });

    expect(() => choose(wish(readTarget({ latest: '' })), [mute])).toThrow(expect.objectContaining({ code: 'invalid', details: expect.arrayContaining(['local on pg-test-1: [CryptoError] unable to load info file']) }));
  });
});

describe('timelines', () => {
  test('have places that are numbers', () => {
    expect(lsnOf('A/6000100')).toBe(0xa_0600_0100n);
    expect(startOf('00000003000000020000000A')).toBe(0x2_0a00_0000n);
  });

  test('the first has always been there; one that several know began when the first of them heard of it', () => {
    const lines = linesOf([...second.lines, { ...second.lines[0]!, began: at('10:00:00') }]);

    expect(lines.map(({ timeline, began }) => [timeline, began])).toEqual([[1, -Infinity], [2, at('10:00:00')]]);
    expect(lineAt(at('10:00:00'), lines).timeline).toBe(2);
  });
});
