import { describe, expect, test } from 'vitest';
import { planRestart, restart, type RestartWanted } from '../../../installer/cluster/restart.ts';
import { see } from '../../../installer/cluster/sight.ts';
import { acting, fakePatroni, type FakePatroni } from './fake-patroni.ts';

const all: RestartWanted = { pending: false, inPlace: false };
const planOf = async ({ met }: FakePatroni, wanted: RestartWanted) => planRestart(wanted, await see(met), met.cluster);

describe('the order of restarts', () => {
  test('is replicas, then the leader, which hands over', async () => {
    expect(await planOf(fakePatroni(), all)).toEqual({ replicas: ['pg-test-2', 'pg-test-3'], leader: { name: 'pg-test-1', by: 'switchover' } });
  });

  test('has the leader of a cluster of one where it is', async () => {
    expect(await planOf(fakePatroni('4.0', { size: 1 }), all)).toEqual({ replicas: [], leader: { name: 'pg-test-1', by: 'in place' } });
  });

  test('holds those only that wait for one, when asked', async () => {
    const fake = fakePatroni();
    fake.members.get('pg-test-3')!.pending = true;

    expect(await planOf(fake, { ...all, pending: true })).toEqual({ replicas: ['pg-test-3'] });
  });

  test('holds the member only that is named', async () => {
    expect(await planOf(fakePatroni(), { ...all, member: 'pg-test-2' })).toEqual({ replicas: ['pg-test-2'] });
    await expect(planOf(fakePatroni(), { ...all, member: 'pg-tets-2' })).rejects.toMatchObject({ code: 'usage', message: 'pg-test has no member "pg-tets-2", did you mean "pg-test-2"?' });
  });

  test('is refused before anything is touched where nobody could take over', async () => {
    const fake = fakePatroni();
    for (const name of ['pg-test-2', 'pg-test-3']) fake.members.get(name)!.lag = 48;

    await expect(planOf(fake, all)).rejects.toMatchObject({ code: 'apply', details: ['pg-test-2: it is 48 MB behind the leader', 'pg-test-3: it is 48 MB behind the leader'], hint: expect.stringContaining('--leader-in-place') });
    await expect(planOf(fake, { ...all, inPlace: true })).resolves.toMatchObject({ leader: { by: 'in place' } });
  });
});

describe('a rolling restart', () => {
  test.each(['3.0', '4.0', '4.1'] as const)('goes on when a member streams again, and ends with another leader (%s)', async (version) => {
    const fake = fakePatroni(version);
    for (const member of fake.members.values()) member.pending = true;

    const { leader, members } = await restart(await planOf(fake, all), fake.met, acting());

    expect(fake.told).toEqual(['restart pg-test pg-test-2', 'restart pg-test pg-test-3', 'switchover pg-test --leader pg-test-1 --candidate pg-test-2']);
    expect(leader?.name).toBe('pg-test-2');
    expect(members.some(({ pendingRestart }) => pendingRestart)).toBe(false);
  });

  test('stops at a member that does not come back', async () => {
    const fake = fakePatroni();
    const plan = await planOf(fake, all);
    fake.refuse.set('restart', { stdout: 'Success: restart on member pg-test-2\n' });
    fake.members.get('pg-test-2')!.receives = false;

    await expect(restart(plan, fake.met, acting())).rejects.toMatchObject({ code: 'apply', message: 'not within 300 s: pg-test-2 streams from the leader' });
    expect(fake.told).toEqual(['restart pg-test pg-test-2']);
  });

  test('stops at a member that refuses, and says why', async () => {
    const fake = fakePatroni();
    const plan = await planOf(fake, all);
    fake.refuse.set('restart', { stdout: 'Failed: restart for member pg-test-2, status code=503, (restart failed)\n' });

    await expect(restart(plan, fake.met, acting())).rejects.toMatchObject({ code: 'apply', message: 'pg-test-2 was not restarted: restart for member pg-test-2, status code=503, (restart failed)' });
    expect(fake.told).toHaveLength(1);
  });

  test('that is interrupted begins no other member', async () => {
    const fake = fakePatroni();
    const interrupt = new AbortController();
    const plan = await planOf(fake, all);
    fake.soon.push(() => interrupt.abort());

    await expect(restart(plan, fake.met, acting(interrupt.signal))).rejects.toMatchObject({ message: 'interrupted' });
    expect(fake.told).toEqual(['restart pg-test pg-test-2']);
  });

  test('restarts whoever led before as a replica, where another one leads by then', async () => {
    const fake = fakePatroni();
    const plan = await planOf(fake, { ...all, member: 'pg-test-1' });
    fake.leader = 'pg-test-3';

    await restart(plan, fake.met, acting());

    expect(fake.told).toEqual(['restart pg-test pg-test-1']);
  });

  test('gives Patroni time to tell that a member no longer waits for one', async () => {
    const fake = fakePatroni();
    fake.members.get('pg-test-2')!.pending = true;
    const plan = await planOf(fake, { ...all, pending: true });
    fake.refuse.set('restart', {});
    fake.soon.push(() => {}, () => {}, () => {}, () => (fake.members.get('pg-test-2')!.pending = false));
    const time = acting();

    const { members } = await restart(plan, fake.met, time);

    expect(members.some(({ pendingRestart }) => pendingRestart)).toBe(false);
    expect(time.clock.now()).toBe(2000);
  });

  test('in place brings a lowered setting to the replicas after the leader', async () => {
    const fake = fakePatroni();
    const plan = await planOf(fake, { ...all, inPlace: true });
    fake.refuse.set('restart', {});
    for (const name of ['pg-test-2', 'pg-test-3']) fake.members.get(name)!.pending = true;

    await restart(plan, fake.met, acting());

    expect(fake.told).toEqual(['pg-test-2', 'pg-test-3', 'pg-test-1', 'pg-test-2', 'pg-test-3'].map((name) => `restart pg-test ${name}`));
  });
});
