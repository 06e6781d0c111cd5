import { expect, test } from 'vitest';
import { isGone, type Holder } from '../../../installer/plan/lock.ts';

const here: Holder = { by: 'alice@admin', pid: 10, boot: 'b1', since: '2026-01-01T00:00:00Z' };

test('a lock is left over when its process is gone from this very boot', () => {
  expect(isGone({ ...here, pid: 11 }, here, () => false)).toBe(true);
});

test('a lock of a living process, or of another machine, is held', () => {
  expect(isGone({ ...here, pid: 11 }, here, () => true)).toBe(false);
  expect(isGone({ ...here, pid: 11, boot: 'b2' }, here, () => false)).toBe(false);
});
