import { describe, expect, test } from 'vitest';
import { late, lost, outage, served } from './verdict.ts';
import { readReader, readWatcher, readWriter } from './told.ts';

const write = (member: string, timeline: number, begin: number, end = begin + 0.1) => ({ member, timeline, begin, end });

describe('the verdict on a drill', () => {
  test('takes the longest pause between two commits that ends after the strike', () => {
    expect(outage([1, 9, 10, 13, 14, 16], 10)).toBe(3);
    expect(outage([1, 2, 10], 2)).toBe(8);
  });

  test('counts as lost what was acknowledged and is not there, whatever else is', () => {
    const { commits } = readWriter('a', ['acknowledged 1 5.5', 'refused 2 5.6 gone', 'acknowledged 3 5.7', 'acknow']);

    expect(lost(commits, new Set(['a 1', 'a 2', 'b 3'])).map(({ number }) => number)).toEqual([3]);
  });

  test('tells apart a writer that is refused and one that has strayed to a replica', () => {
    const { refusals } = readWriter('a', ['refused 2 5.6 server closed', 'refused 3 5.7 strayed']);

    expect(refusals.map(({ strayed }) => strayed)).toEqual([false, true]);
  });

  test('finds two primaries when a write begins on an old timeline after one on a new one', () => {
    const touches = [write('one', 4, 1), write('two', 5, 2), write('one', 4, 2.2)];

    expect(late(touches)).toEqual([touches[2]]);
  });

  test('finds two primaries on one timeline, where a member promoted itself to what another already leads', () => {
    const touches = [write('one', 4, 1), write('two', 5, 2), write('one', 5, 3)];

    expect(late(touches)).toEqual([touches[2]]);
  });

  test('finds none where the old one ended first, was slow to say so, or leads again', () => {
    expect(late([write('one', 4, 1), write('two', 5, 2), write('one', 6, 3)])).toEqual([]);
    expect(late([write('one', 4, 1, 3), write('two', 5, 2)])).toEqual([]);
  });

  test('reads a member that takes no writes as one that wrote nothing', () => {
    expect(readWatcher('one', ['follows 1 2', 'wrote 3 4 11', 'away 5 6 gone'])).toEqual([write('one', 11, 3, 4)]);
  });

  test('tells who answered for a service, and for how long nobody did', () => {
    const [one, other] = [readReader(['answered 5434 1 replica pg_test_2', 'silent 5434 2 refused', 'answered 5434 6 primary -', 'answered 5436 3 primary -']), readReader(['answered 5434 2 replica pg_test_2'])];

    expect(served(5434, [one, other])).toEqual({ port: 5434, silent: 1, gap: 5, byPrimary: 1, byReplica: 2, members: 2 });
  });
});
