import { expect, test } from 'vitest';
import { flush } from '../../../installer/restore/flush.ts';
import type { Command } from '../../../installer/transport/command.ts';
import { acting } from '../cluster/fake-patroni.ts';

const segment = (number: number): string => `0000000100000000000000${number.toString(16).padStart(2, '0').toUpperCase()}`;

/** A leader that has written up to segment 9, of which the last of these is archived at the nth look. */
function leader(archived: readonly string[]) {
  let looks = 0;
  const answer = ({ argv }: Command) => ({ code: 0, stderr: '', stdout: argv.some((each) => each.includes('pg_switch_wal')) ? `812\n${segment(9)}\n` : `${archived[Math.min(looks++, archived.length - 1)]}\n` });
  const talk = async (commands: readonly Command[]) => commands.map(answer);
  return { member: 'pg-test-1', address: '10.10.10.10', transport: { host: '10.10.10.10', probe: talk, run: talk }, dbsu: 'postgres', data: '/pg/data', port: '5432', isOffline: false, isSafeguarded: false };
}

/** What it answers, and after how many seconds. */
async function flushed(archived: readonly string[]): Promise<{ whole: boolean; after: number }> {
  const doing = acting();
  const whole = await flush(leader(archived), doing);
  return { whole, after: doing.clock.now() / 1000 };
}

test('what a leader has written is archived when its last segment is', async () => {
  expect(await flushed([segment(8), segment(9)])).toMatchObject({ whole: true });
});

test('a leader that archived nothing before is waited for', async () => {
  expect(await flushed(['', '', segment(9)])).toMatchObject({ whole: true });
});

test('histories, and backups that end in a segment, sort where they belong', async () => {
  expect(await flushed(['00000001.history', `${segment(8)}.00000028.backup`, segment(9)])).toMatchObject({ whole: true });
});

test('a leader that is far behind is waited for as long as it gets on', async () => {
  const slow = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((number) => Array.from({ length: 60 }, () => segment(number)));

  const { whole, after } = await flushed([...slow, segment(9)]);

  expect(whole).toBe(true);
  expect(after).toBeGreaterThan(120);
});

test('one that archives nothing for a minute does not archive', async () => {
  const { whole, after } = await flushed([segment(3)]);

  expect(whole).toBe(false);
  expect(after).toBeCloseTo(60, 0);
});
