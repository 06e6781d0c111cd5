import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compareVersions } from '../../repo/rpm/version.ts';
import { besideThePoint, blocks, corpus, differences, explained } from './libsolv.ts';
import { report } from './oracle.ts';

// The cases are in ../shared, which is not everywhere; without it there is nothing to answer.
describe.skipIf(!existsSync(corpus))("of libsolv's own test cases", () => {
  test('those that concern installing are answered as libsolv answers them, but for those explained', async () => {
    const cases = blocks().filter((block) => besideThePoint(block) === undefined);
    const known = await explained();
    const begin = performance.now();

    const failed = cases.map((block) => [block.name, differences(block)] as const).filter(([, lines]) => lines.length > 0);

    const names = failed.map(([name]) => name);
    const seconds = (performance.now() - begin) / 1000;
    await report('cases of libsolv that concern installing', { agree: cases.length - failed.length, of: cases.length, explained: names.filter((name) => known.includes(name)).length, peer: 'libsolv', seconds });
    expect(failed.filter(([name]) => !known.includes(name)), 'not explained').toEqual([]);
    expect(known.filter((name) => !names.includes(name)), 'explained, but passed or not there').toEqual([]);
    expect(cases.length).toBe(42);
  });

  test('those that are left are left for what they ask, and no other reason', () => {
    const reasons = new Map<string, number>();
    for (const reason of blocks().map(besideThePoint)) if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);

    expect(Object.fromEntries([...reasons].toSorted(([a], [b]) => (a < b ? -1 : 1)))).toEqual({
      'asks for allowuninstall, erase, multiversion, update': 1,
      'asks for allowuninstall, update': 1,
      'asks for disfavor': 10,
      'asks for disfavor, favor': 4,
      'asks for disfavor, update': 1,
      'asks for distupgrade': 31,
      'asks for distupgrade, lock': 2,
      'asks for distupgrade, multiversion': 24,
      'asks for favor': 10,
      'asks for genid': 34,
      'asks for jobs': 37,
      'asks for multiversion, update': 3,
      'asks for rules': 12,
      'asks for update': 14,
      'asks for verify': 1,
    });
  });

  test('the versions with tilde and caret are ordered alike', () => {
    const compared = blocks().flatMap(({ comparisons, results }) => comparisons.map((pair, place) => [pair, results[place]!] as const));

    const signs = compared.map(([pair]) => ['<', '=', '>'][Math.sign(compareVersions(...(pair.split(' ') as [string, string]))) + 1]);

    expect(signs.map((sign, place) => `job noop provides ${compared[place]![0].replace(' ', ` ${sign} `)}`)).toEqual(compared.map(([, line]) => line));
    expect(compared.length).toBe(32);
  });
});
