import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compareParts, compareVersions } from '../../../repo/rpm/version.ts';

const vectors = join(import.meta.dirname, '../../../../shared/corpus/vectors/rpmvercmp.tsv');

const sign = (order: number): string => (order < 0 ? '<' : order > 0 ? '>' : '=');

describe('R1 R2: two versions', () => {
  test.each([
    ['1.0', '=', '1.0'],
    ['1.0', '<', '1.1'],
    ['1.9', '<', '1.10'],
    ['1.010', '=', '1.10'],
    ['1.0', '<', '1.0.1'],
    ['1.0a', '>', '1.0'],
    ['1.0.1', '>', '1.0.a'],
    ['1.a', '<', '1.1'],
    ['1_0', '=', '1.0'],
    ['1.0~rc1', '<', '1.0'],
    ['1.0~~', '<', '1.0~'],
    ['1.0^', '>', '1.0'],
    ['1.0^git1', '<', '1.0.1'],
    ['1.0^git1~pre', '<', '1.0^git1'],
    ['99999999999999999999', '<', '100000000000000000000'],
    ['1.0-1', '<', '1.0-2'],
    ['1.0', '<', '1.0-1'],
    ['0:1.0-1', '=', '1.0-1'],
    ['1:1.0-1', '>', '2.0-1'],
    ['10:1.0-1', '>', '9:2.0-1'],
    ['17.5-1PGDG.rhel9', '<', '17.10-1PGDG.rhel9'],
    ['17.5-42PGDG.rhel9.5', '<', '17.5-42PGDG.rhel9.6'],
  ])('%s %s %s', (a, expected, b) => {
    expect([sign(compareVersions(a, b)), sign(-compareVersions(b, a))]).toEqual([expected, expected]);
  });
});

// Without ../shared there is only the table above.
describe.skipIf(!existsSync(vectors))('R1: against the vectors of rpm itself', () => {
  test('every comparison comes out the same', () => {
    const rows = readFileSync(vectors, 'utf8').trimEnd().split('\n').slice(1).map((line) => line.split('\t') as [string, string, string]);

    const wrong = rows.filter(([a, b, order]) => Math.sign(compareParts(a, b)) !== Number(order));

    expect(rows.length).toBeGreaterThan(90);
    expect(wrong).toEqual([]);
  });
});
