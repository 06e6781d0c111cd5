import { describe, expect, test } from 'vitest';
import { failover, scheduleSwitchover, switchover } from '../../../installer/cluster/switchover.ts';
import { acting, fakePatroni } from './fake-patroni.ts';

const pair = { from: 'pg-test-1', to: 'pg-test-2' };

describe.each(['3.0', '4.0', '4.1'] as const)('a switchover with Patroni %s', (version) => {
  test('ends when the new leader takes writes and the old one streams from it', async () => {
    const fake = fakePatroni(version);

    const { leader, members } = await switchover(pair, fake.met, acting());

    expect(fake.told).toEqual(['switchover pg-test --leader pg-test-1 --candidate pg-test-2']);
    expect(leader?.name).toBe('pg-test-2');
    expect(members.find(({ name }) => name === 'pg-test-1')).toMatchObject({ role: 'Replica', lag: 0 });
    expect(fake.soon).toEqual([]);
  });
});

describe('a switchover', () => {
  test('that Patroni refuses says why', async () => {
    const fake = fakePatroni();
    fake.refuse.set('switchover', { stdout: 'Current cluster topology\nSwitchover failed, details: 412, switchover is not possible: no good candidates have been found\n' });

    const done = switchover(pair, fake.met, acting());

    await expect(done).rejects.toMatchObject({ code: 'apply', message: 'pg-test: pg-test-1 has not handed over to pg-test-2: switchover is not possible: no good candidates have been found' });
  });

  test('after which nobody leads ends in bounded time', async () => {
    const fake = fakePatroni();
    fake.refuse.set('switchover', { stdout: 'could not switchover using Patroni api, falling back to DCS\n' });
    const time = acting();

    const done = switchover(pair, fake.met, time);

    await expect(done).rejects.toMatchObject({ code: 'apply', message: 'not within 120 s: pg-test-2 leads' });
    expect(time.clock.now()).toBe(120_000);
  });

  test('bears that etcd does not answer for a while', async () => {
    const fake = fakePatroni();
    const time = acting();
    fake.soon.push(() => fake.refuse.set('list', { stderr: 'patroni.dcs.etcd3.Etcd3Error: Etcd is not responding properly\n' }));
    const sleep = time.clock.sleep;
    time.clock.sleep = async (milliseconds) => {
      fake.refuse.delete('list');
      return sleep(milliseconds);
    };

    await expect(switchover(pair, fake.met, time)).resolves.toMatchObject({ leader: { name: 'pg-test-2' } });
  });

  test('that is interrupted has been told once, and is not waited for', async () => {
    const fake = fakePatroni();
    const interrupt = new AbortController();
    const warnings: string[] = [];
    const time = acting(interrupt.signal);
    fake.refuse.set('switchover', {});
    interrupt.abort();

    const done = switchover(pair, fake.met, { ...time, progress: { ...time.progress, warn: (text) => warnings.push(text), step: (_title, act) => act(time.progress) } });

    await expect(done).rejects.toMatchObject({ code: 'apply', message: 'interrupted' });
    expect(fake.told).toHaveLength(1);
    expect(warnings).toEqual(['interrupted before this was seen: pg-test-2 leads. What Patroni has begun it ends by itself; pgark pg list shows how it stands']);
  });

  test('for later is left to Patroni', async () => {
    const fake = fakePatroni();

    await scheduleSwitchover(pair, '2030-01-01T00:00:00Z', fake.met);

    expect(fake.told).toEqual(['switchover pg-test --leader pg-test-1 --candidate pg-test-2 --scheduled 2030-01-01T00:00:00Z']);
  });
});

test('a failover gives a leader to a cluster that has none', async () => {
  const fake = fakePatroni('3.0', { lost: [1] });
  fake.leader = undefined;
  fake.members.delete('pg-test-1');

  const { leader } = await failover('pg-test-3', fake.met, acting());

  expect(fake.told).toEqual(['failover pg-test --candidate pg-test-3']);
  expect(leader?.name).toBe('pg-test-3');
});

test('Patroni is told by way of a host that has just answered', async () => {
  const fake = fakePatroni();
  const [first, second] = fake.met.here;
  const asked: string[] = [];
  for (const seat of [first!, second!]) {
    const { probe } = seat.transport;
    seat.transport.probe = async (commands) => {
      const words = commands[0]!.argv.join(' ');
      asked.push(`${seat.member} ${words.split(' ')[3]}`);
      return seat === first && words.startsWith('patronictl') ? [{ code: 127, stdout: '', stderr: 'patronictl: not found\n' }] : probe(commands);
    };
  }

  await scheduleSwitchover(pair, '2030-01-01T00:00:00Z', fake.met);

  expect(asked).toEqual(['pg-test-1 list', 'pg-test-2 list', 'pg-test-2 switchover']);
});
