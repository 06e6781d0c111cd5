import { describe, expect, test } from 'vitest';
import { meet, see, streams } from '../../../installer/cluster/sight.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { fakePatroni } from './fake-patroni.ts';

const silentTo = (fake: ReturnType<typeof fakePatroni>, member: number, stderr: string): void => {
  const seat = fake.met.cluster.seats[member - 1]!;
  const { probe } = seat.transport;
  seat.transport.probe = async (commands) => (commands[0]!.argv[0] === 'patronictl' ? [{ code: 1, stdout: '', stderr }] : probe(commands));
};

describe('a cluster', () => {
  test('is asked through any host that is there', async () => {
    const { met } = fakePatroni('4.0', { lost: [1] });

    const { members, leader } = await see(met);

    expect(members.map(({ name }) => name)).toEqual(['pg-test-1', 'pg-test-2', 'pg-test-3']);
    expect(leader?.name).toBe('pg-test-1');
  });

  test('is asked through another host where the first cannot tell', async () => {
    const fake = fakePatroni();
    silentTo(fake, 1, 'Error: Provided config file /etc/patroni/patroni.yml not existing or no read rights.\n');

    const { leader } = await see(fake.met);

    expect(leader?.name).toBe('pg-test-1');
  });

  test('of which no host can be reached is named, with every host', async () => {
    const { met } = fakePatroni('4.0', { lost: [1, 2, 3] });

    const sight = see(met);

    await expect(sight).rejects.toMatchObject({ code: 'unreachable', message: 'pg-test: none of its hosts can be reached', details: ['10.10.21.11: no root shell', '10.10.21.12: no root shell', '10.10.21.13: no root shell'], hint: 'check the network' });
  });

  test('whose etcd has no quorum is said to have none', async () => {
    const fake = fakePatroni('4.0', { lost: [3] });
    fake.refuse.set('list', { stderr: 'Traceback (most recent call last):\npatroni.dcs.etcd3.Etcd3Error: Etcd is not responding properly\n' });

    const sight = see(fake.met);

    await expect(sight).rejects.toMatchObject({ code: 'unreachable', details: ['10.10.21.11: etcd does not answer Patroni', '10.10.21.12: etcd does not answer Patroni', '10.10.21.13: no root shell'], hint: expect.stringContaining('more than half of the members of etcd') });
  });

  test('is met at every host, and who is not there is known', async () => {
    const { met } = fakePatroni();
    met.cluster.seats[1]!.transport.probe = () => Promise.reject(new Fault('unreachable', '10.10.21.12: no root shell'));

    const { here, lost } = await meet(met.cluster);

    expect(here.map(({ member }) => member)).toEqual(['pg-test-1', 'pg-test-3']);
    expect(lost).toMatchObject([{ seat: { member: 'pg-test-2' }, because: { message: '10.10.21.12: no root shell' } }]);
  });
});

describe('a replica streams', () => {
  test.each(['3.0', '4.0', '4.1'] as const)('when its own server says so (%s)', async (version) => {
    const fake = fakePatroni(version);
    const [, second, third] = (await see(fake.met)).members;
    fake.members.get('pg-test-3')!.receives = false;

    expect([await streams(second!, fake.met), await streams(third!, fake.met)]).toEqual([true, false]);
  });

  test('when Patroni says so, where its host is not there', async () => {
    const of30 = fakePatroni('3.0', { lost: [2] });
    const of40 = fakePatroni('4.0', { lost: [2] });

    expect(await streams((await see(of30.met)).members[1]!, of30.met)).toBe(false);
    expect(await streams((await see(of40.met)).members[1]!, of40.met)).toBe(true);
  });
});
