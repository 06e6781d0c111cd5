import { describe, expect, test } from 'vitest';
import { expiryOf, isLastFull } from '../../../installer/backup/expiry.ts';
import { readInfo } from '../../../installer/backup/info.ts';
import { told } from './fake-backups.ts';

const backupsOf = (...labels: string[]) => readInfo(JSON.stringify([{ name: 's', status: { code: 0, message: '' }, backup: labels.map((label) => told(label)) }]))[0]!.backups;

describe('by count, a backup goes', () => {
  const all = backupsOf('20261101-010000F', '20261101-010000F_20261102-010000I', '20261108-010000F');

  test.each([
    [1, ['with the next full backup', 'with the next full backup', 'with the next full backup']],
    [2, ['with the next full backup', 'with the next full backup', 'after 2 more full backups']],
    [4, ['after 3 more full backups', 'after 3 more full backups', 'after 4 more full backups']],
  ])('when %d newer full ones are there', (full, expiries) => {
    expect(all.map((each) => expiryOf(each, all, { by: 'count', full }))).toEqual(expiries);
  });
});

test('by time, a backup goes when a newer full one is so many days old', () => {
  const all = backupsOf('20261101-010000F', '20261101-010000F_20261102-010000D', '20261108-010000F');

  expect(all.map((each) => expiryOf(each, all, { by: 'time', full: 14 }))).toEqual(['2026-11-22', '2026-11-22', '14 days after the next full backup']);
});

test('without retention nothing ever goes', () => {
  expect(expiryOf(backupsOf('20261101-010000F')[0]!, [], { by: 'count' })).toBe('never');
});

test('the last full backup is the only one without errors', () => {
  const all = backupsOf('20261101-010000F', '20261108-010000F');

  expect(isLastFull('20261101-010000F', all)).toBe(false);
  expect(isLastFull('20261101-010000F', [all[0]!, { ...all[1]!, error: true }])).toBe(true);
  expect(isLastFull('20261101-010000F_20261102-010000D', backupsOf('20261101-010000F', '20261101-010000F_20261102-010000D'))).toBe(false);
});
