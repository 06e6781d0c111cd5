import { expect, test } from 'vitest';
import { readSelector } from '../../../installer/inventory/selector.ts';

const replica = { pg_role: 'replica', pg_offline_query: false };
const asked = { pg_role: 'replica', pg_offline_query: true };
const offline = { pg_role: 'offline', pg_offline_query: false };
const primary = { pg_role: 'primary', pg_offline_query: false };

test.each([
  ['[]', [true, true, true, true]],
  ['[? pg_role == `offline` || pg_offline_query ]', [false, true, true, false]],
  ['[? pg_role == `replica` && !pg_offline_query ]', [true, false, false, false]],
  ['[?pg_role != \'primary\']', [true, true, true, false]],
  ['[? pg_role == `primary` || pg_role == `replica` && pg_offline_query]', [false, true, false, true]],
])('%s chooses among replica, asked replica, offline, primary: %j', (text, chosen) => {
  const selector = readSelector(text)!;

  expect([replica, asked, offline, primary].map((vars) => selector(vars))).toEqual(chosen);
});

test.each(['', 'all', '[? pg_role = `x` ]', '[? pg_role == x ]', '[? length(pg_role) > `1` ]', '[? ]', '[? a || ]'])('%j is no selector', (text) => {
  expect(readSelector(text)).toBeUndefined();
});
