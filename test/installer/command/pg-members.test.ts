import { expect, test } from 'vitest';
import { printRows, rowsOf, unseen } from '../../../installer/command/pg-members.ts';
import { see } from '../../../installer/cluster/sight.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { fakePatroni } from '../cluster/fake-patroni.ts';

test('a cluster is shown member by member, with everybody who should be there', async () => {
  const fake = fakePatroni('4.0', { lost: [3] });
  Object.assign(fake.members.get('pg-test-2')!, { lag: 48, pending: true });
  fake.members.set('pg-test-9', { ...fake.members.get('pg-test-3')!, lag: 'unknown', state: 'start failed' });
  fake.members.delete('pg-test-3');

  const rows = rowsOf(fake.met, (await see(fake.met)).members);

  expect(`\n${printRows(rows).join('\n')}\n`).toBe(`
cluster pg-test: pg-test-1 leads, timeline 1
  member     role     state               timeline  lag      host
  pg-test-1  Leader   running             1                  10.10.21.11
  pg-test-2  Replica  streaming           1         48 MB    10.10.21.12  waits for a restart
  pg-test-3           unknown to Patroni                     10.10.21.13  host cannot be reached
  pg-test-9  Replica  start failed        1         unknown  10.10.21.19  not in the inventory
`);
  expect(rows.members[2]).toEqual({ name: 'pg-test-3', address: '10.10.21.13', lost: '10.10.21.13: no root shell' });
});

test('a cluster that cannot be asked still has its members', () => {
  const { met } = fakePatroni('4.0', { lost: [1, 2, 3] });

  const rows = unseen(met, new Fault('unreachable', 'pg-test: none of its hosts can be reached', { details: ['10.10.21.11: no root shell'] }));

  expect(printRows(rows).slice(0, 2)).toEqual(['cluster pg-test: none of its hosts can be reached', '  10.10.21.11: no root shell']);
  expect(printRows(rows).at(-1)).toMatch(/^ {2}pg-test-3 +nobody knows +10\.10\.21\.13 +host cannot be reached$/);
  expect(rows.members.map(({ name, lost }) => [name, lost])).toEqual([1, 2, 3].map((each) => [`pg-test-${each}`, `10.10.21.1${each}: no root shell`]));
});
