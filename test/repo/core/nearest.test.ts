import { describe, expect, test } from 'vitest';
import { nearest } from '../../../repo/core/nearest.ts';

describe('the nearest name', () => {
  test.each([
    ['an exchanged letter', 'postgid', 'postgis'],
    ['a letter too many', 'postgiss', 'postgis'],
    ['a letter too few', 'postis', 'postgis'],
    ['two letters swapped', 'gsi', 'gis'],
    ['two swapped in a longer word', 'debain', 'debian'],
  ])('is found over %s', (_, given, meant) => {
    expect(nearest(given, ['postgis', 'gis', 'debian', 'warn'])).toBe(meant);
  });

  test('is none when nothing is near', () => {
    expect(nearest('timescaledb', ['postgis', 'gis'])).toBeUndefined();
  });
});
