import { expect, test } from 'vitest';
import { together } from '../../../installer/restore/together.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { acting } from '../cluster/fake-patroni.ts';

const broken = new Fault('apply', 'broken');

test('answers with both', async () => {
  expect(await together(async () => 1, async () => 'two', acting())).toEqual([1, 'two']);
});

test.each([0, 1])('where one fails, the other is ended and waited for, and what failed first is told (%i)', async (place) => {
  let ended = false;
  const fails = async (): Promise<never> => {
    throw broken;
  };
  const lasts = async ({ signal }: { signal: AbortSignal }): Promise<never> => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await new Promise((resolve) => setTimeout(resolve, 5));
    ended = true;
    throw new Fault('apply', 'interrupted');
  };

  await expect(place === 0 ? together(fails, lasts, acting()) : together(lasts, fails, acting())).rejects.toBe(broken);
  expect(ended).toBe(true);
});

test('an interruption reaches both', async () => {
  const interruption = new AbortController();
  const lasts = ({ signal }: { signal: AbortSignal }): Promise<never> => new Promise((_, reject) => signal.addEventListener('abort', () => reject(broken)));

  const both = together(lasts, lasts, acting(interruption.signal));
  interruption.abort();

  await expect(both).rejects.toBe(broken);
});
