import { describe, expect, test } from 'vitest';
import { failOver } from '../../../installer/command/pg-failover.ts';
import { lookAt } from '../../../installer/command/pg-list.ts';
import { wordsOf } from '../../../installer/command/pg-open.ts';
import { rebuild } from '../../../installer/command/pg-reinit.ts';
import { restartThose } from '../../../installer/command/pg-restart.ts';
import { switchOver, timeOf } from '../../../installer/command/pg-switchover.ts';
import type { Invocation } from '../../../repo/console/command.ts';
import { silent } from '../../../repo/core/progress.ts';
import { fakePatroni } from '../cluster/fake-patroni.ts';

/** A command line without a terminal. */
function typed(options: Readonly<Record<string, string | true>> = {}) {
  const warnings: string[] = [];
  const invocation: Invocation = {
    args: [],
    value: (option) => (typeof options[option] === 'string' ? options[option] : undefined),
    values: () => [],
    has: (option) => option in options,
    progress: { ...silent, warn: (text) => warnings.push(text) },
    print: () => {},
    interactive: false,
    signal: new AbortController().signal,
  };
  return { invocation, warnings };
}

describe('without consent', () => {
  test('nothing is told to Patroni', async () => {
    const fake = fakePatroni();
    const { invocation } = typed();

    await expect(switchOver(fake.met, invocation)).rejects.toMatchObject({ code: 'usage' });
    await expect(restartThose(undefined, fake.met, invocation)).rejects.toMatchObject({ code: 'usage' });
    await expect(failOver('pg-test-2', fake.met, invocation)).rejects.toMatchObject({ code: 'usage' });
    await expect(rebuild('pg-test-2', fake.met, invocation)).rejects.toMatchObject({ code: 'usage' });
    expect(fake.told).toEqual([]);
  });

  test('--yes is none for what destroys data, nor for taking the lead from somebody', async () => {
    const fake = fakePatroni();
    const { invocation } = typed({ yes: true });

    await expect(rebuild('pg-test-2', fake.met, invocation)).rejects.toMatchObject({ code: 'usage', hint: '--confirm pg-test-2' });
    await expect(failOver('pg-test-2', fake.met, invocation)).rejects.toMatchObject({ code: 'usage', hint: '--confirm pg-test-2' });
    expect(fake.told).toEqual([]);
  });
});

describe('a switchover', () => {
  test('goes to the best replica, and tells how the cluster stands then', async () => {
    const fake = fakePatroni('3.0');
    fake.members.get('pg-test-2')!.lag = 1;

    const result = await switchOver(fake.met, typed({ yes: true }).invocation);

    expect(result).toMatchObject({ cluster: 'pg-test', from: 'pg-test-1', to: 'pg-test-3', members: [{ name: 'pg-test-1', role: 'Replica' }, { name: 'pg-test-2' }, { name: 'pg-test-3', role: 'Leader' }] });
  });

  test('for later is scheduled in UTC', async () => {
    const fake = fakePatroni();

    const result = await switchOver(fake.met, typed({ yes: true, to: 'pg-test-2', at: '2199-12-01T03:00:00+01:00' }).invocation);

    expect(fake.told).toEqual(['switchover pg-test --leader pg-test-1 --candidate pg-test-2 --scheduled 2199-12-01T02:00:00Z']);
    expect(result).toMatchObject({ at: '2199-12-01T02:00:00Z' });
  });

  test.each(['tomorrow', '2026-12-01', '2026-12-01T03:00', '2026-13-01T03:00Z'])('is not scheduled for "%s", which is no single moment', (text) => {
    expect(() => timeOf(text, 0)).toThrow('is no date and time with its offset from UTC');
  });

  test('is not scheduled for what is past', () => {
    expect(() => timeOf('2026-12-01T03:00Z', Date.parse('2026-12-01T03:00Z'))).toThrow('is past');
  });

  test('has nobody to begin with where there is no leader', async () => {
    const fake = fakePatroni();
    fake.leader = undefined;

    await expect(switchOver(fake.met, typed({ yes: true }).invocation)).rejects.toMatchObject({ code: 'apply', hint: 'pgark pg failover pg-test --to MEMBER gives it one' });
  });

  test('is refused while the leader is one in name only, as where etcd lost its quorum', async () => {
    const fake = fakePatroni('3.0');
    fake.members.get('pg-test-1')!.state = 'starting';
    const { probe } = fake.met.here[0]!.transport;
    fake.met.here[0]!.transport.probe = async (commands) => (commands[0]!.argv[0] === 'psql' ? [{ code: 0, stdout: 't\n', stderr: '' }] : probe(commands));

    await expect(switchOver(fake.met, typed({ yes: true }).invocation)).rejects.toMatchObject({ code: 'apply', message: 'pg-test: pg-test-1 leads by what Patroni remembers, and takes no writes' });
    expect(await lookAt(fake.met)).toMatchObject({ leader: 'pg-test-1', note: 'pg-test-1 leads by what Patroni remembers, and takes no writes' });
  });
});

describe('a failover', () => {
  test('of a cluster without a leader needs a yes', async () => {
    const fake = fakePatroni();
    fake.leader = undefined;

    const result = await failOver('pg-test-2', fake.met, typed({ yes: true }).invocation);

    expect(result).toMatchObject({ to: 'pg-test-2', members: [{}, { name: 'pg-test-2', role: 'Leader' }, {}] });
  });

  test('away from a leader needs the name once more', async () => {
    const fake = fakePatroni();

    await failOver('pg-test-2', fake.met, typed({ confirm: 'pg-test-2' }).invocation);

    expect(fake.told).toEqual(['failover pg-test --candidate pg-test-2']);
  });

  test('to who leads is refused', async () => {
    await expect(failOver('pg-test-1', fakePatroni().met, typed({ confirm: 'pg-test-1' }).invocation)).rejects.toMatchObject({ code: 'apply', message: 'pg-test-1 leads pg-test already' });
  });
});

describe('a restart', () => {
  test('of those that wait for one, when nobody does, asks nothing and does nothing', async () => {
    const fake = fakePatroni();

    expect(await restartThose(undefined, fake.met, typed({ pending: true }).invocation)).toMatchObject({ restarted: [] });
    expect(fake.told).toEqual([]);
  });

  test('says who still waits for one when it is not waited for any longer', async () => {
    const fake = fakePatroni();
    fake.members.get('pg-test-2')!.pending = true;
    fake.refuse.set('restart', { stdout: 'Success: restart on member pg-test-2\n' });
    const { invocation, warnings } = typed({ yes: true, pending: true });
    const interrupt = new AbortController();
    fake.soon.push(() => {}, () => {}, () => interrupt.abort());

    const result = await restartThose(undefined, fake.met, { ...invocation, signal: interrupt.signal });

    expect(result).toMatchObject({ restarted: ['pg-test-2'], exitCode: 8 });
    expect(warnings).toEqual(['pg-test-2 still waits for a restart, as for a lowered setting until the leader has it: pgark pg restart pg-test --pending --leader-in-place']);
  });
});

test('a cluster that cannot be asked is a row that says so', async () => {
  const { met } = fakePatroni('4.0', { lost: [1, 2, 3] });

  expect(await lookAt(met)).toMatchObject({ name: 'pg-test', problem: expect.arrayContaining(['none of its hosts can be reached']), members: [{ name: 'pg-test-1', lost: '10.10.21.11: no root shell' }, {}, {}] });
});

test('words that are missing, and words too many, are named', () => {
  const given = (...args: string[]) => ({ ...typed().invocation, args });

  expect(() => wordsOf(given('pg-test'), ['CLUSTER', 'MEMBER'])).toThrow('MEMBER is missing');
  expect(() => wordsOf(given('pg-test', 'a', 'b'), ['CLUSTER'], ['MEMBER'])).toThrow('"b" is one word too many');
});
