import { describe, expect, test } from 'vitest';
import { takeOut } from '../../../installer/command/etcd-remove.ts';
import { etcdRows, printEtcd } from '../../../installer/command/etcd-rows.ts';
import { tellEtcd } from '../../../installer/command/etcd-list.ts';
import { meetEtcd } from '../../../installer/etcd/sight.ts';
import type { Invocation } from '../../../repo/console/command.ts';
import { silent } from '../../../repo/core/progress.ts';
import { fakeEtcd, type FakeMember } from '../etcd/fake-etcd.ts';

const well = (id: number, more: Partial<FakeMember> = {}): FakeMember => ({ id, name: `etcd-${id}`, at: 10 + id, up: true, ...more });
const rowsOf = async (...fake: Parameters<typeof fakeEtcd>) => etcdRows(await meetEtcd(fakeEtcd(...fake).seats));
const typed = (confirm?: string): Invocation => ({ args: [], value: (option) => (option === 'confirm' ? confirm : undefined), values: () => [], has: () => false, progress: silent, print: () => {}, interactive: false, signal: new AbortController().signal });

describe('the list of etcd', () => {
  test('says who leads, how far each is, and who is not there', async () => {
    const { quorum, leader, members } = await rowsOf([well(1), well(2, { up: false }), well(3, { up: false, reachable: false })], { strangers: [well(4), well(5)] });

    expect([quorum, leader]).toEqual([true, 'etcd-1']);
    expect(members.map(({ name, state, remark }) => [name, state, remark])).toEqual([
      ['etcd-1', 'leads', undefined],
      ['etcd-2', 'no answer', undefined],
      ['etcd-3', 'host cannot be reached', undefined],
      ['etcd-4', 'follows', 'not in the inventory'],
      ['etcd-5', 'follows', 'not in the inventory'],
    ]);
    expect(members[0]).toMatchObject({ id: '1', version: '3.4.23', index: 9, lag: 0, size: 20480, alarms: [] });
  });

  test('tells lost data, learners, those that never started and hosts that are no members apart', async () => {
    const { members } = await rowsOf([well(1), well(2), well(3, { up: false, data: 'none' }), well(4, { learner: true }), well(5, { name: '', up: false, data: 'none', learner: true })]);

    expect(members.map(({ state }) => state)).toEqual(['leads', 'follows', 'data is gone', 'learns', 'never started']);
  });

  test('says that there is no quorum, and ends with 7', async () => {
    const rows = await rowsOf([well(1), well(2, { up: false }), well(3, { up: false, reachable: false })]);

    expect(printEtcd(rows).split('\n')[0]).toBe('etcd: no quorum: nobody can change who leads a cluster');
    expect(rows.members.map(({ state }) => state)).toEqual(['no leader', 'no answer', 'host cannot be reached']);
    expect(tellEtcd(rows, typed())).toMatchObject({ exitCode: 7, quorum: false });
  });
});

describe('the removal of a member', () => {
  test('takes its exact name, and nothing less', async () => {
    const fake = fakeEtcd([well(1), well(2), well(3)]);
    const met = await meetEtcd(fake.seats);

    await expect(takeOut('etcd-3', met, typed())).rejects.toMatchObject({ code: 'usage', hint: '--confirm etcd-3' });
    await expect(takeOut('etcd-3', met, typed('etcd-2'))).rejects.toMatchObject({ code: 'usage' });
    expect(fake.told).toEqual([]);
  });

  test('answers with how etcd stands then', async () => {
    const fake = fakeEtcd([well(1), well(2), well(3)]);

    const done = await takeOut('etcd-3', await meetEtcd(fake.seats), typed('etcd-3'));

    expect(done).toMatchObject({ removed: 'etcd-3', quorum: true, members: [{ name: 'etcd-1' }, { name: 'etcd-2' }, { name: 'etcd-3', state: 'no member' }] });
  });
});
