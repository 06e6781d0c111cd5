import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSmall, type Small } from './small.ts';

let small: Small;
beforeEach(async () => {
  small = await openSmall();
});
afterEach(() => small.close());

/** The first word of each line of the table. */
const namesIn = (stdout: string): string[] => stdout.split('\n\n')[0]!.split('\n').slice(1).map((line) => line.split(' ')[0]!);

describe('pgark ext list', () => {
  test('shows every extension, sorted, with its newest version, its marks and what it is about', async () => {
    const { result, stdout } = await small.pgark('ext list');

    expect(result).toBe(0);
    expect(stdout).toBe(`name         category  version  marks        about
guard        time      1.0      contrib      A guard
h3           gis       4.2                   Hexagons
postgis      gis       3.6.10                Shapes
rival        time      1.0      kernel:fork  Another
timescaledb  time      2.20     preload      Hypertables

5 packages, 6 names to create or load
`);
  });

  test.each(['gis', 'GIS', 'Gis'])('takes the category %s in any case', async (category) => {
    expect(namesIn((await small.pgark(`ext list --category ${category}`)).stdout)).toEqual(['h3', 'postgis']);
  });

  test('shows only what is published for a target and a major, with its package', async () => {
    const { stdout } = await small.pgark('ext list --target el9.aarch64 --pg 16');

    expect(stdout.split('\n')[1]).toMatch(/^postgis +gis +3\.6\.3 +pgdg +postgis_16 +Shapes$/);
    expect(namesIn(stdout)).toEqual(['postgis']);
  });

  test('names the majors that a target has something for, and the version of the newest', async () => {
    const { stdout } = await small.pgark('ext list --target el9.x86_64');

    expect(stdout).toMatch(/h3 +gis +4\.2 +16-17 +pgdg +h3_17/);
    expect(stdout).toMatch(/timescaledb +time +2\.20 +17 +pgdg/);
  });

  test('counts the targets that have something for a major', async () => {
    expect((await small.pgark('ext list --pg 17')).stdout).toMatch(/timescaledb +time +2\.20 +2 of 4/);
  });

  test('prints one object under --json', async () => {
    const { stdout } = await small.pgark('ext list --category gis --target d12.x86_64 --pg 16 --json');

    expect(JSON.parse(stdout)).toEqual({
      extensions: [{
        name: 'postgis', category: 'gis', version: '3.6.10', about: 'Shapes', marks: [], creates: ['postgis', 'postgis_topology'],
        on: { majors: ['16'], targets: ['d12.x86_64'], package: 'postgresql-16-postgis', source: 'pgdg' },
      }],
    });
  });

  test('says when nothing is published there', async () => {
    expect((await small.pgark('ext list --pg 18')).stdout).toBe('none is published there\n');
  });

  test.each([
    ['--category gi', 'there is no category "gi", did you mean "gis"?'],
    ['--category zzzzzz', 'categories are gis, time'],
    ['--pg 12', 'there is no PostgreSQL 12 in the catalog'],
    ['--pg 12', 'majors are 13, 16, 17, 18'],
    ['--pg 16 --target d11', 'there is no PostgreSQL 16 on d11.x86_64, d11.aarch64'],
    ['--target el9.x86_65', 'there is no target "el9.x86_65", did you mean "el9.x86_64"?'],
    ['postgis', '"ext list" takes options only'],
  ])('refuses %s: %s', async (options, message) => {
    const { result, stderr } = await small.pgark(`ext list ${options}`);

    expect(result).toBe(2);
    expect(stderr).toContain(message);
  });
});
