import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { baselinesOn } from '../../builder/manifest/baseline.ts';
import { readCatalog } from '../../builder/manifest/catalog.ts';
import { ownManifests } from '../../builder/manifest/files.ts';
import { prove } from '../../builder/solve/prove.ts';
import { universeOf } from '../../builder/solve/universe.ts';
import { corpus, el9, setting } from './el9.ts';

const roots = ['chrony', 'haproxy', 'httpd', 'java-17-openjdk-headless', 'keepalived', 'nginx', 'podman', 'postgresql-server', 'python3-pip'];

// The repodata is real, of CentOS Stream 9; without ../shared there is nothing to hold the baselines against.
describe.skipIf(!existsSync(corpus))('on images of EL 9', () => {
  test('services of CentOS Stream 9 install from a bundle alone, which for that holds the partners of what it upgrades, and no kernel', async () => {
    const catalog = await readCatalog(ownManifests);
    const baselines = baselinesOn(catalog.targets.find((target) => target.code === 'el9.x86_64')!, catalog.baselines);
    const world = universeOf((await el9()).packages, setting);

    const { baselines: proofs, closure, choice } = prove(world, roots, { recommends: 'exclude', baselines });

    expect(proofs.map(({ name, failing }) => [name, failing])).toEqual([['el9.4-server', []], ['el9.5-server', []]]);
    // The others are names that Red Hat alone has.
    for (const { packages } of proofs) expect(packages).toBeGreaterThan(430);
    const partners = closure.filter(({ because }) => because.some((reason) => reason.kind === 'baseline')).map((shipped) => shipped.package.name);
    expect(partners).toEqual(expect.arrayContaining(['e2fsprogs', 'python3-libselinux', 'systemd-udev']));
    expect(partners.filter((name) => /^kernel|firmware/.test(name))).toEqual([]);
    expect(choice.branches).toBeGreaterThan(5);
  });
});
