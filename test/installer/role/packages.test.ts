import { beforeAll, describe, expect, test } from 'vitest';
import { readCatalog, type Catalog } from '../../../builder/manifest/catalog.ts';
import { suppliesOf } from '../../../builder/manifest/component.ts';
import { ownManifests } from '../../../builder/manifest/files.ts';
import { findTarget } from '../../../builder/manifest/platform.ts';
import { want } from '../../../installer/plan/wanted.ts';
import { roles } from '../../../installer/roles.ts';
import type { Descriptor } from '../../../repo/bundle/descriptor.ts';
import { bundle as debianBundle, elBundle, elFacts } from '../inventory/sample.ts';
import { deploy, families } from './deployment.ts';

let catalog: Catalog;

beforeAll(async () => {
  catalog = await readCatalog(ownManifests);
});

/** The sample bundle with what the group `platform` holds in a bundle for this target, from the sources that come first. */
function shipped(sample: Descriptor, code: string): Descriptor {
  const target = findTarget(catalog.targets, code);
  const roots = catalog.groups['platform']!.components.flatMap((name) => {
    const packages = suppliesOf(catalog.components[name]!, target, '15')[0]?.packages ?? [];
    return packages.map((each) => ({ package: each, version: '1', kind: 'component' as const, name, conflicts: [] }));
  });
  return { ...sample, target, roots: [...roots, ...sample.roots.filter((root) => root.kind === 'extension')] };
}

describe('the packages of all roles', () => {
  test.each([
    ['Debian 12', 'd12.x86_64', debianBundle, { release: '12', codename: 'bookworm' }],
    ['Debian 13', 'd13.x86_64', debianBundle, { release: '13', codename: 'trixie' }],
    ['EL 8', 'el8.x86_64', elBundle, { ...elFacts, release: '8.10' }],
    ['EL 9', 'el9.x86_64', elBundle, elFacts],
    ['EL 10', 'el10.aarch64', elBundle, { ...elFacts, release: '10.1' }],
  ])('are in a bundle with the group platform, on %s', async (_name, code, sample, facts) => {
    const bundle = shipped(sample, code);
    const { inventory } = await deploy(roles, { facts, bundle });

    const wanted = want(inventory, roles).flatMap(({ items }) => items.flatMap(({ resource }) => (resource.kind === 'packages' ? resource.names : [])));

    expect(wanted.length).toBeGreaterThan(30);
    // Those of extensions come from their own manifests.
    const own = new Set([...bundle.roots.map((root) => root.package), ...bundle.extensions.map((extension) => extension.package)]);
    expect(wanted.filter((name) => !own.has(name))).toEqual([]);
  });

  test.each(families)('are asked for with a word on each component that a bundle for $family lacks', async ({ facts, bundle }) => {
    const without = { ...bundle!, roots: bundle!.roots.filter((root) => root.name !== 'pgbouncer') };
    const { inventory } = await deploy(roles, { ...(facts && { facts }), bundle: without });

    expect(() => want(inventory, roles)).toThrow(expect.objectContaining({ code: 'invalid', details: [expect.stringContaining('pgbouncer on pg-meta-1 needs pgbouncer')] }));
  });
});
