import { describe, expect, test } from 'vitest';
import { Baseline, baselinesOn } from '../../../builder/manifest/baseline.ts';
import { readCatalog } from '../../../builder/manifest/catalog.ts';
import { ownManifests } from '../../../builder/manifest/files.ts';
import { targets } from '../../support/tiny.ts';

const baselines = {
  point: Baseline.parse({ about: 'x', on: ['debian'], suites: ['debian/{codename}'] }),
  server: Baseline.parse({ about: 'x', on: ['el9'], packages: ['acl 2.3.1-4.el9'], x86_64: ['grub2-pc 2.06-92.el9'], aarch64: ['grub2-efi-aa64 2.06-92.el9'] }),
  minimal: Baseline.parse({ about: 'x', on: ['d12.x86_64', 'el9'], packages: ['acl 2.3.1-4.el9'] }),
};
const el9 = { ...targets.bookworm, code: 'el9.aarch64', distro: 'rocky', format: 'rpm', release: '9', codename: '', arch: 'aarch64', packageArch: 'aarch64' } as const;

describe('the baselines of a target', () => {
  test('are all that are on its platform, with names and versions of its architecture', () => {
    expect(baselinesOn(el9, baselines)).toEqual([
      { name: 'minimal', packages: [{ name: 'acl', version: '2.3.1-4.el9' }] },
      { name: 'server', packages: [{ name: 'acl', version: '2.3.1-4.el9' }, { name: 'grub2-efi-aa64', version: '2.06-92.el9' }] },
    ]);
  });

  test('name suites by the codename of the target', () => {
    expect(baselinesOn(targets.trixie, baselines)).toEqual([{ name: 'point', suites: ['debian/trixie'] }]);
  });

  test('are those alone that a bundle names, as far as they are on its platform', () => {
    expect(baselinesOn(targets.bookworm, baselines, ['server', 'point'])).toEqual([{ name: 'point', suites: ['debian/bookworm'] }]);
    expect(baselinesOn(el9, baselines, [])).toEqual([]);
  });

  test('are there for every release that a bundle can be made for', async () => {
    const catalog = await readCatalog(ownManifests);

    const bare = catalog.targets.filter((target) => baselinesOn(target, catalog.baselines).length === 0).map((target) => target.code);

    expect(bare).toEqual([]);
  });
});

test('a row that is no name and version is refused', () => {
  expect(() => Baseline.parse({ about: 'x', on: ['el9'], packages: ['acl-2.3.1-4.el9'] })).toThrow('a name and a version');
});
