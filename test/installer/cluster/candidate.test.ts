import { describe, expect, test } from 'vitest';
import { candidatesIn, chooseCandidate } from '../../../installer/cluster/candidate.ts';
import { see } from '../../../installer/cluster/sight.ts';
import { fakePatroni, type FakeMember } from './fake-patroni.ts';

async function withSecond(change: Partial<FakeMember>) {
  const fake = fakePatroni('4.0');
  Object.assign(fake.members.get('pg-test-2')!, change);
  return { sight: await see(fake.met), cluster: fake.met.cluster };
}

describe('who can take over', () => {
  test.each<[string, Partial<FakeMember>]>([
    ['its tag nofailover says that it must not lead', { nofailover: true }],
    ['its state is "start failed"', { state: 'start failed', lag: 'unknown' }],
    ['nobody knows how far behind it is', { lag: 'unknown' }],
    ['it is 48 MB behind the leader', { lag: 48 }],
  ])('is not a member of which it holds: %s', async (obstacle, change) => {
    const { sight, cluster } = await withSecond(change);

    expect(() => chooseCandidate('pg-test-2', sight, cluster)).toThrow(`pg-test-2 cannot take over: ${obstacle}`);
    expect(candidatesIn(sight, cluster).map(({ name }) => name)).toEqual(['pg-test-3']);
  });

  test('is a synchronous member only, where there is one', async () => {
    const { sight, cluster } = await withSecond({ synchronous: true, lag: 1 });

    expect(candidatesIn(sight, cluster).map(({ name }) => name)).toEqual(['pg-test-2']);
    expect(() => chooseCandidate('pg-test-3', sight, cluster)).toThrow('pg-test-3 cannot take over: it is not synchronous, and the cluster has a member that is');
  });

  test('is the one that has caught up best', async () => {
    const { sight, cluster } = await withSecond({ lag: 1 });

    expect(chooseCandidate(undefined, sight, cluster).name).toBe('pg-test-3');
  });

  test('is a member for reports only when it is named', async () => {
    const { met } = fakePatroni('4.0', { seats: { isOffline: true } });
    const sight = await see(met);

    expect(candidatesIn(sight, met.cluster).map(({ name }) => name)).toEqual(['pg-test-2']);
    expect(chooseCandidate('pg-test-3', sight, met.cluster).name).toBe('pg-test-3');
  });

  test('is not somebody else: the nearest name is told', async () => {
    const { sight, cluster } = await withSecond({});

    expect(() => chooseCandidate('pgtest-2', sight, cluster)).toThrow('pg-test has no member "pgtest-2", did you mean "pg-test-2"?');
    expect(() => chooseCandidate('pg-test-1', sight, cluster)).toThrow('pg-test-1 cannot take over: it leads already');
  });

  test('is nobody in a cluster of one', async () => {
    const { met } = fakePatroni('4.0', { size: 1 });
    const sight = await see(met);

    expect(() => chooseCandidate(undefined, sight, met.cluster)).toThrow('pg-test: no member can take over');
  });
});
