import { expect, test } from 'vitest';
import { foundElsewhere, sayElsewhere } from '../../../builder/solve/elsewhere.ts';
import { universe } from './scenario.ts';

const here = universe(`
  maps 1
    Depends: geos (>= 3), proj
  geos-tools 1
    Depends: geos (>= 4)
  proj 1
  proj-9 1
  modern 1
    Depends: proj (>= 2)
  hopeless 1
    Depends: nothing
`);
const there = universe(`
  geos 3
    Depends: geos-data, proj
  geos-data 3
  proj 2
`).packages;

test('a root that another source makes up for is told with what it would bring, and who needs that', () => {
  const found = foundElsewhere(here, there, ['maps']);

  expect(found.map((each) => [each.root, sayElsewhere(each)])).toEqual([['maps', ['test would bring geos 3, which maps needs (geos (>= 3)); geos-data 3, which geos needs (geos-data)']]]);
});

test('another version of what is here is named only where an addition will not do', () => {
  const found = foundElsewhere(here, there, ['maps', 'modern']);

  expect(found.map((each) => [each.root, each.choices.map((choice) => `${choice.package.name} ${choice.package.version}`)])).toEqual([['maps', ['geos 3', 'geos-data 3']], ['modern', ['proj 2']]]);
});

test('what no source makes up for is not promised', () => {
  expect(foundElsewhere(here, there, ['hopeless', 'geos-tools', 'unheard-of'])).toEqual([]);
});
