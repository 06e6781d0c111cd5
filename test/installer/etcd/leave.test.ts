import { describe, expect, test } from 'vitest';
import { checkLeave, leaveEtcd } from '../../../installer/etcd/leave.ts';
import { meetEtcd } from '../../../installer/etcd/sight.ts';
import { acting, fakeEtcd, type FakeMember } from './fake-etcd.ts';

const well = (id: number, more: Partial<FakeMember> = {}): FakeMember => ({ id, name: `etcd-${id}`, at: 10 + id, up: true, ...more });
const dead = (id: number): FakeMember => well(id, { up: false, reachable: false });

describe('a member of etcd', () => {
  test('is taken out by way of another one, and its host is put to rest when the others have a leader', async () => {
    const fake = fakeEtcd([well(1), well(2), well(3)]);

    const after = await leaveEtcd('etcd-1', await meetEtcd(fake.seats), acting());

    expect(fake.told).toEqual(['remove 1 by 10.10.10.12', 'rest 10.10.10.11 remove']);
    expect(after.members?.map(({ name }) => name)).toEqual(['etcd-2', 'etcd-3']);
  });

  test('leaves its data aside where the inventory says so', async () => {
    const fake = fakeEtcd([well(1), well(2), well(3)], { losesData: false });

    await leaveEtcd('etcd-3', await meetEtcd(fake.seats), acting());

    expect(fake.told).toEqual(['remove 3 by 10.10.10.11', 'rest 10.10.10.13 keep']);
  });

  test('whose host is gone for ever is taken out all the same', async () => {
    const fake = fakeEtcd([well(1), well(2), dead(3)]);

    await leaveEtcd('etcd-3', await meetEtcd(fake.seats), acting());

    expect(fake.told).toEqual(['remove 3 by 10.10.10.11']);
  });

  test('that the inventory does not have is taken out by its name', async () => {
    const fake = fakeEtcd([well(1), well(2)], { strangers: [well(3)] });

    await leaveEtcd('etcd-3', await meetEtcd(fake.seats), acting());

    expect(fake.told).toEqual(['remove 3 by 10.10.10.11']);
  });

  test('that never started goes by its place in the inventory, or by its id', async () => {
    const fake = fakeEtcd([well(1), well(2, { name: '', up: false, learner: true, data: 'none' })]);
    const met = await meetEtcd(fake.seats);

    expect(checkLeave('etcd-2', met).member.id).toBe('2');
    expect(checkLeave('2', met).member.id).toBe('2');
  });

  test('may be one of two', async () => {
    const fake = fakeEtcd([well(1), well(2)]);

    await leaveEtcd('etcd-2', await meetEtcd(fake.seats), acting());

    expect(fake.told).toEqual(['remove 2 by 10.10.10.11', 'rest 10.10.10.12 remove']);
  });
});

describe('nobody is taken out', () => {
  const refused = async (name: string, ...fake: Parameters<typeof fakeEtcd>) => {
    const made = fakeEtcd(...fake);
    const met = await meetEtcd(made.seats);
    await expect(leaveEtcd(name, met, acting())).rejects.toThrow();
    expect(made.told).toEqual([]);
    return leaveEtcd(name, met, acting()).catch((error: unknown) => error);
  };

  test('who is the only one', async () => {
    expect(await refused('etcd-1', [well(1)])).toMatchObject({ code: 'usage', message: expect.stringContaining('only member') });
  });

  test('without whom there is no quorum', async () => {
    expect(await refused('etcd-1', [well(1), well(2), dead(3)])).toMatchObject({ code: 'apply', message: 'without etcd-1 etcd would lose its quorum: of the 2 others only one answers, and it takes 2' });
  });

  test('while there is no quorum', async () => {
    expect(await refused('etcd-3', [well(1), dead(2), dead(3)])).toMatchObject({ code: 'apply', message: expect.stringContaining('no quorum') });
  });

  test('where the inventory protects them', async () => {
    expect(await refused('etcd-3', [well(1), well(2), well(3)], { isSafeguarded: true })).toMatchObject({ code: 'usage', message: expect.stringContaining('etcd_safeguard') });
  });

  test('of a name that nobody has', async () => {
    expect(await refused('etdc-2', [well(1), well(2), well(3)])).toMatchObject({ code: 'usage', message: 'etcd has no member "etdc-2", did you mean "etcd-2"?', hint: 'it has etcd-1, etcd-2, etcd-3' });
  });

  test('by a name that the inventory gives to one and etcd to another', async () => {
    const fake = fakeEtcd([well(1), well(3, { name: 'etcd-3' })], { strangers: [well(2)] });
    const seats = fake.seats.map((seat) => ({ ...seat, member: seat.member === 'etcd-3' ? 'etcd-2' : seat.member }));

    await expect(leaveEtcd('etcd-2', await meetEtcd(seats), acting())).rejects.toMatchObject({ code: 'usage', details: ['3 at https://10.10.10.13:2380', '2 at https://10.10.10.12:2380'] });
    await leaveEtcd('2', await meetEtcd(seats), acting());
    expect(fake.told).toEqual(['remove 2 by 10.10.10.11']);
  });

  test('when etcd itself refuses, in its words', async () => {
    const fake = fakeEtcd([well(1), well(2), well(3)]);
    fake.refuse = 'unhealthy cluster';

    await expect(leaveEtcd('etcd-3', await meetEtcd(fake.seats), acting())).rejects.toMatchObject({ code: 'apply', message: 'etcd-3 was not taken out: unhealthy cluster' });
    expect(fake.told).toEqual([]);
  });
});
