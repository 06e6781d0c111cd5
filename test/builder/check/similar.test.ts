import { describe, expect, test } from 'vitest';
import { similarTo } from '../../../builder/check/similar.ts';
import { readPackages } from '../../../repo/deb/packages.ts';
import { makePackage } from '../../support/archive.ts';

describe('the name that a package which is gone may have now', () => {
  test.each([
    ['one that provides it', 'tool', { 'better-tool': { Provides: 'tool (= 1)' } }, ['better-tool']],
    ['one that replaces it, among others', 'tool', { 'better-tool': { Replaces: 'other, tool (<< 2~),\n third' } }, ['better-tool']],
    ['one of another number', 'postgresql-15-postgis-3', { 'postgresql-15-postgis-4': {}, 'postgresql-15-postgis-4-scripts': {}, 'postgresql-16-postgis-4': {} }, ['postgresql-15-postgis-4']],
    ['one of another number, as RPM names them', 'postgis35_17', { postgis36_17: {}, postgis36_16: {}, 'postgis36_17-devel': {} }, ['postgis36_17']],
    ['one with a further part', 'postgresql-17-timescaledb', { 'postgresql-17-timescaledb-tsl': {}, 'postgresql-17-timescaledb-dbgsym': {} }, ['postgresql-17-timescaledb-tsl']],
    ['one with a part less', 'postgresql-17-timescaledb-tsl', { 'postgresql-17-timescaledb': {}, 'postgresql-17': {} }, ['postgresql-17-timescaledb']],
    ['none', 'postgresql-17-rum', { 'postgresql-17': {}, 'postgresql-17-cron': {}, 'rum': {} }, []],
  ])('%s', (_, name, packages, expected) => {
    expect(similarTo([name], index(packages), new Set([name])).get(name)).toEqual(expected);
  });

  test('goes by what packages say of themselves before it goes by looks', () => {
    const packages = index({ 'postgresql-17-rum-2': {}, 'postgresql-17-rom': { Provides: 'postgresql-17-rum' } });

    expect(similarTo(['postgresql-17-rum'], packages, new Set()).get('postgresql-17-rum')).toEqual(['postgresql-17-rom']);
  });

  test('is not that of another package that the manifests know', () => {
    const packages = index({ 'postgresql-17-cron-extra': {} });

    expect(similarTo(['postgresql-17-cron'], packages, new Set(['postgresql-17-cron-extra'])).get('postgresql-17-cron')).toEqual([]);
  });
});

function index(packages: Readonly<Record<string, Readonly<Record<string, string>>>>): ReturnType<typeof readPackages> {
  const stanzas = Object.entries(packages).map(([name, fields]) => makePackage(name, fields).stanza);
  return readPackages(Buffer.from(stanzas.join('\n')), 'test/suite');
}
