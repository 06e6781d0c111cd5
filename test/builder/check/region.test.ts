import { beforeAll, describe, expect, test } from 'vitest';
import { regionsOf, type Spot } from '../../../builder/check/region.ts';
import { readCatalog } from '../../../builder/manifest/catalog.ts';
import { ownManifests } from '../../../builder/manifest/files.ts';
import { covers } from '../../../builder/manifest/platform.ts';
import type { Target } from '../../../repo/package/target.ts';

let targets: readonly Target[];

beforeAll(async () => {
  targets = (await readCatalog(ownManifests)).targets;
});

describe('spots in the words of a row', () => {
  test.each([
    ['all of a family in a run of majors', ['el 14-18'], ['el'], [{ on: ['el'], pg: '14-18' }]],
    ['majors with a hole', ['deb 14', 'deb 16-17'], ['deb'], [{ on: ['deb'], pg: '14' }, { on: ['deb'], pg: '16-17' }]],
    ['releases, where not all of a family', ['d12 15', 'd13 15', 'ubuntu 15'], ['deb'], [{ on: ['ubuntu', 'd12', 'd13'], pg: '15' }]],
    ['an architecture, where the other differs', ['u22.x86_64 15', 'u24.x86_64 15', 'u26.x86_64 15'], ['ubuntu'], [{ on: ['ubuntu.x86_64'], pg: '15' }]],
    ['the narrower of two platforms that mean the same', ['d12.x86_64 15'], ['d12.x86_64'], [{ on: ['d12.x86_64'], pg: '15' }]],
    ['a distribution for a source that serves no other', ['debian 15'], ['debian'], [{ on: ['debian'], pg: '15' }]],
  ])('%s', (_, spots, served, expected) => {
    const ground = { targets, possible: () => targets.filter((target) => served.some((platform) => covers(platform, target))) };

    expect(regionsOf(spots.flatMap(spread), ground)).toEqual(expected);
  });

  test('keep the platforms that were written before, as far as they still hold', () => {
    const ground = { targets, possible: () => targets.filter((target) => covers('deb', target)) };

    expect(regionsOf(spread('deb 15'), ground, ['ubuntu', 'debian'])).toEqual([{ on: ['ubuntu', 'debian'], pg: '15' }]);
  });
});

/** `deb 14-16` → every spot of it. */
function spread(region: string): Spot[] {
  const [platform, majors] = region.split(' ') as [string, string];
  const [first, last = first] = majors.split('-').map(Number) as [number, number?];
  const pgs = Array.from({ length: last - first + 1 }, (_, place) => String(first + place));
  return targets.filter((target) => covers(platform, target)).flatMap((target) => pgs.map((pg) => ({ target, pg })));
}
