import { describe, expect, test } from 'vitest';
import { checkReinit, reinit } from '../../../installer/cluster/reinit.ts';
import { see } from '../../../installer/cluster/sight.ts';
import { acting, fakePatroni, type FakePatroni } from './fake-patroni.ts';

const check = async (fake: FakePatroni, name: string) => checkReinit(name, await see(fake.met), fake.met);

describe('a member is not made anew', () => {
  test('when it leads', async () => {
    await expect(check(fakePatroni(), 'pg-test-1')).rejects.toMatchObject({ code: 'usage', message: 'pg-test-1 leads pg-test: its data is the data', hint: 'pgark pg switchover pg-test comes first' });
  });

  test('when pg_safeguard protects it', async () => {
    await expect(check(fakePatroni('4.0', { seats: { isSafeguarded: true } }), 'pg-test-3')).rejects.toMatchObject({ code: 'usage', message: 'pg-test-3 is protected by pg_safeguard in the inventory' });
  });

  test('when there is no leader to copy from', async () => {
    const fake = fakePatroni();
    fake.leader = undefined;

    await expect(check(fake, 'pg-test-2')).rejects.toMatchObject({ code: 'apply', message: 'pg-test has no leader to make pg-test-2 from' });
  });

  test('when Patroni does not know it', async () => {
    const fake = fakePatroni();
    fake.members.delete('pg-test-2');

    await expect(check(fake, 'pg-test-2')).rejects.toMatchObject({ code: 'apply', message: 'Patroni does not know pg-test-2' });
  });

  test('when its host cannot be reached: nobody could see the end of it', async () => {
    await expect(check(fakePatroni('4.0', { lost: [2] }), 'pg-test-2')).rejects.toMatchObject({ code: 'unreachable', message: '10.10.21.12: no root shell' });
  });

  test('when nobody has its name', async () => {
    await expect(check(fakePatroni(), 'pg-test-22')).rejects.toMatchObject({ code: 'usage', message: 'pg-test has no member "pg-test-22", did you mean "pg-test-2"?' });
  });
});

describe('a replica that is made anew', () => {
  test.each(['3.0', '4.0'] as const)('is done when it has another data directory and streams, whatever Patroni says before (%s)', async (version) => {
    const fake = fakePatroni(version);
    const seat = await check(fake, 'pg-test-3');

    await reinit(seat, fake.met, 3600, acting());

    expect(fake.told).toEqual(['reinit pg-test pg-test-3']);
    expect(fake.members.get('pg-test-3')).toMatchObject({ birth: 2, receives: true });
    expect(fake.soon).toEqual([]);
  });

  test('is not waited for beyond the bound', async () => {
    const fake = fakePatroni();
    const seat = await check(fake, 'pg-test-3');
    fake.refuse.set('reinit', { stdout: 'Success: reinitialize for member pg-test-3\n' });

    await expect(reinit(seat, fake.met, 30, acting())).rejects.toMatchObject({ code: 'apply', message: 'not within 30 s: pg-test-3 is made anew and streams; Patroni goes on with it' });
  });

  test('is left as it is where Patroni refuses', async () => {
    const fake = fakePatroni();
    const seat = await check(fake, 'pg-test-3');
    fake.refuse.set('reinit', { code: 1, stderr: 'Error: No replica among provided members\n' });

    await expect(reinit(seat, fake.met, 30, acting())).rejects.toMatchObject({ code: 'apply', message: 'pg-test-3 was not made anew: No replica among provided members' });
  });
});
