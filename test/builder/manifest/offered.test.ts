import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readCatalog, type Catalog } from '../../../builder/manifest/catalog.ts';
import { readBundle } from '../../../builder/manifest/given.ts';
import { groupsOn, type OfferedGroup } from '../../../builder/manifest/offered.ts';
import { findTarget } from '../../../builder/manifest/platform.ts';

const manifests = resolve(import.meta.dirname, '../../../manifests');
let catalog: Catalog;
let groups: OfferedGroup[];

beforeAll(async () => {
  catalog = await readCatalog(manifests);
  const { bundle } = await readBundle(join(manifests, 'bundles/debian.yml'), catalog);
  groups = groupsOn(findTarget(catalog.targets, 'd13.x86_64'), ['16', '17'], bundle, catalog);
});

const membersOf = (name: string, pg?: string) => new Map(groups.find((each) => each.name === name && each.pg === pg)?.members.map((each) => [each.name, each.packages]));

describe('the groups of a bundle on a target', () => {
  test('name the packages of each member, none where only other sources have it', () => {
    const gis = membersOf('pgsql-gis', '17');

    expect(gis.get('postgis')).toContain('postgresql-17-postgis-3');
    expect(gis.get('geoip')).toEqual([]);
  });

  test('are one for each major where something in them depends on it, and one for all where nothing does', () => {
    expect(groups.filter((each) => each.name === 'pgsql-gis').map((each) => each.pg)).toEqual(['16', '17']);
    expect(groups.filter((each) => each.name === 'node-package1').map((each) => each.pg)).toEqual([undefined]);
  });

  test('have no member that the target never has, and of a category none that comes with the server', () => {
    expect([...membersOf('node-bootstrap').keys()]).toContain('sshpass');
    expect([...membersOf('node-bootstrap').keys()]).not.toContain('dnf-utils');
    expect([...membersOf('pgsql-gis', '17').keys()]).not.toContain('earthdistance');
    expect([...membersOf('contrib', '17').keys()]).toContain('earthdistance');
  });

  test('are all that the manifests have', () => {
    expect([...new Set(groups.map((each) => each.name))]).toEqual(Object.keys(catalog.groups).toSorted());
  });
});
