import { describe, expect, test } from 'vitest';
import { describeRestart, pendingIn, restartPending } from '../../../installer/cluster/pending.ts';
import { acting, fakePatroni } from './fake-patroni.ts';

describe('who waits for a restart', () => {
  test('is nobody where no member does, and that is asked once', async () => {
    const time = acting();

    expect(await pendingIn(fakePatroni().met.cluster, 0, time)).toBeUndefined();
    expect(time.clock.now()).toBe(0);
  });

  test('is known when Patroni tells of all members', async () => {
    const fake = fakePatroni();
    fake.soon.push(
      () => (fake.members.get('pg-test-1')!.pending = true),
      () => {},
      () => fake.members.forEach((member) => (member.pending = true)),
    );
    const time = acting();

    const pending = await pendingIn(fake.met.cluster, 30, time);

    expect(pending?.plan).toEqual({ replicas: ['pg-test-2', 'pg-test-3'], leader: { name: 'pg-test-1', by: 'switchover' } });
    expect(time.clock.now()).toBe(2000);
  });

  test('is whoever does when patience ends', async () => {
    const fake = fakePatroni();
    fake.members.get('pg-test-3')!.pending = true;

    expect((await pendingIn(fake.met.cluster, 5, acting()))?.plan).toEqual({ replicas: ['pg-test-3'] });
  });

  test('is not restarted where nobody could take over from the leader', async () => {
    const fake = fakePatroni();
    fake.members.get('pg-test-1')!.pending = true;
    for (const name of ['pg-test-2', 'pg-test-3']) fake.members.get(name)!.lag = 48;

    await expect(pendingIn(fake.met.cluster, 0, acting())).rejects.toMatchObject({ code: 'apply', message: 'pg-test: no member can take over' });
    expect(fake.told).toEqual([]);
  });
});

test('members that wait are restarted in turn, the leader last and through a switchover', async () => {
  const fake = fakePatroni();
  fake.members.forEach((member) => (member.pending = true));
  const time = acting();

  const waiting = await restartPending((await pendingIn(fake.met.cluster, 0, time))!, time);

  expect(waiting).toEqual([]);
  expect(fake.told).toEqual(['restart pg-test pg-test-2', 'restart pg-test pg-test-3', 'switchover pg-test --leader pg-test-1 --candidate pg-test-2']);
});

test('a restart is described in its order', () => {
  expect(describeRestart({ replicas: ['b', 'c'], leader: { name: 'a', by: 'switchover' } })).toBe('b, c, then a, which hands over first');
  expect(describeRestart({ replicas: [], leader: { name: 'a', by: 'in place' } })).toBe('a, which leads: nobody writes meanwhile');
});
