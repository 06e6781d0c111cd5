import { describe, expect, test } from 'vitest';
import { covers, Major, Majors, spelled } from '../../../builder/manifest/major.ts';
import { Gap, isAbout, Published, Shipped } from '../../../builder/manifest/published.ts';
import type { Target } from '../../../repo/package/target.ts';

const target: Target = { code: 'u24.x86_64', distro: 'ubuntu', format: 'deb', release: '24', codename: 'noble', arch: 'x86_64', packageArch: 'amd64' };

const said = (result: { success: boolean; error?: { issues: readonly { message: string }[] } }): string | undefined => result.error?.issues[0]?.message;

describe('a row of what is published', () => {
  test('has platforms, a source, majors and a version', () => {
    expect(Published.parse('d12,ubuntu.x86_64 pgdg 14-18 3.6.4')).toEqual({ on: ['d12', 'ubuntu.x86_64'], from: 'pgdg', pg: '14-18', version: '3.6.4' });
  });

  test('has a package where its source calls it otherwise', () => {
    expect(Published.parse('el pgdg 15 1.7.0 pgaudit17_{pg}')).toEqual({ on: ['el'], from: 'pgdg', pg: '15', version: '1.7.0', package: 'pgaudit17_{pg}' });
  });

  test.each([
    ['d12 pgdg 18', /^not a line of: platforms source majors version/],
    ['d12, ubuntu pgdg 18 1.0', /^not a line of/],
    ['rpm pgdg 18 1.0', /^not a line of/],
    ['d12  pgdg 18 1.0', /^not a line of/],
    ['d12 pgdg 18 1.0 a b', /^not a line of/],
    ['d12 pgdg 18-14 1.0', /^a range of majors begins with the smaller/],
  ])('is not %j', (line, message) => {
    expect(said(Published.safeParse(line))).toMatch(message);
  });

  test('is about the targets of its platforms and the majors that it names', () => {
    const row = { on: ['d12', 'ubuntu'], pg: '14-16' };

    expect(['13', '14', '16', '17'].map((pg) => isAbout(row, target, pg))).toEqual([false, true, true, false]);
    expect(isAbout({ ...row, on: ['u24.aarch64'] }, target, '14')).toBe(false);
    expect(isAbout({ on: ['deb'] }, target, '99')).toBe(true);
  });

  test('of a component has its version in quotes', () => {
    expect(said(Shipped.safeParse({ on: ['el'], from: 'epel', version: 1.1 }))).toBe('a version is a string, in quotes');
  });
});

test('a gap has platforms and majors', () => {
  expect(Gap.parse('u22,el8.aarch64 14-18')).toEqual({ on: ['u22', 'el8.aarch64'], pg: '14-18' });
  expect(said(Gap.safeParse('u22 pgdg 14-18'))).toMatch(/^not a line of: platforms majors/);
  expect(said(Gap.safeParse('u22 18-14'))).toMatch(/^a range of majors begins with the smaller/);
});

describe('majors', () => {
  test('are strings, one or a range with both ends', () => {
    expect([spelled('17'), spelled('14-16')]).toEqual([['17'], ['14', '15', '16']]);
    expect(['13', '14', '18', '19'].map((pg) => covers('14-18', pg))).toEqual([false, true, true, false]);
    expect([covers('17', '17'), covers('17', '18')]).toEqual([true, false]);
  });

  test.each([
    [Major, 17, 'a PostgreSQL major is a string, in quotes'],
    [Major, '9.6', 'a PostgreSQL major has two digits'],
    [Majors, 17, 'PostgreSQL majors are a string, in quotes'],
    [Majors, '14–18', 'PostgreSQL majors are one, "17", or a range, "14-18"'],
    [Majors, '18-14', 'a range of majors begins with the smaller, "14-18"'],
  ])('%#: what is wrong with others is said', (schema, value, message) => {
    expect(said(schema.safeParse(value))).toBe(message);
  });
});
