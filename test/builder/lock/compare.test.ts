import { expect, test } from 'vitest';
import { compare, type Compared } from '../../../builder/lock/compare.ts';

const item = (name: string, version = '1', digest = `${name} ${version}`): Compared => ({ name, version, arch: 'amd64', size: 10, digest });

test('tells what was added, removed and changed, and the sizes', () => {
  const from = [item('a'), item('b'), item('c', '1'), item('d', '1', 'one')];
  const to = [item('d', '1', 'another'), item('c', '2'), item('a'), item('e'), item('f')];

  const comparison = compare(from, to);

  expect(comparison.added.map((each) => each.name)).toEqual(['e', 'f']);
  expect(comparison.removed.map((each) => each.name)).toEqual(['b']);
  expect(comparison.changed.map((change) => [change.name, change.from.version, change.to.version, change.to.digest])).toEqual([['c', '1', '2', 'c 2'], ['d', '1', '1', 'another']]);
  expect([comparison.same, comparison.sizes]).toEqual([1, { from: 40, to: 50 }]);
});

test('a name in several versions is compared version by version', () => {
  const comparison = compare([item('a', '1'), item('a', '2')], [item('a', '2'), item('a', '3'), item('a', '4')]);

  expect(comparison.removed.map((each) => each.version)).toEqual(['1']);
  expect(comparison.added.map((each) => each.version)).toEqual(['3', '4']);
  expect([comparison.changed, comparison.same]).toEqual([[], 1]);
});

test('the same packages differ in nothing, whatever their order', () => {
  const packages = [item('a'), item('b'), item('c')];

  const { added, removed, changed, same } = compare(packages, packages.toReversed());

  expect([added, removed, changed, same]).toEqual([[], [], [], 3]);
});
