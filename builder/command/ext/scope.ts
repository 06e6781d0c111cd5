import { join } from 'node:path';
import type { Invocation, Option } from '../../../repo/console/command.ts';
import { Fault } from '../../../repo/core/fault.ts';
import type { Target } from '../../../repo/package/target.ts';
import { recallCatalog } from '../../manifest/cache.ts';
import type { Catalog } from '../../manifest/catalog.ts';
import { ownManifests } from '../../manifest/files.ts';
import { spelled } from '../../manifest/major.ts';
import { covers, findTarget, releaseOf } from '../../manifest/platform.ts';
import { storeFolder } from '../../store/store.ts';

export const scopeOptions: Readonly<Record<string, Option>> = {
  target: { short: 't', value: 'TARGET', about: 'el9.x86_64, d12.aarch64 …; el9 or deb for several' },
  pg: { value: 'N', about: 'only this PostgreSQL major' },
  manifests: { value: 'DIR', about: 'the folder of distros, sources, components and extensions' },
};

/** A target and the PostgreSQL majors that are looked at on it. */
export interface Place {
  target: Target;
  majors: readonly string[];
}

/** The catalog that `--manifests` names, or that of this project, kept in the store. */
export function openCatalog(invocation: Invocation): Promise<Catalog> {
  return recallCatalog(invocation.value('manifests') ?? ownManifests, join(storeFolder(), 'catalog'));
}

/** What `--target` and `--pg` confine the catalog to. @throws Fault usage */
export function placesIn(catalog: Catalog, invocation: Invocation): Place[] {
  const targets = targetsFor(catalog, invocation.value('target'));
  const pg = invocation.value('pg');
  if (pg === undefined) return targets.map((target) => ({ target, majors: supported(catalog, target) }));
  refuseStrange(catalog, targets, pg);
  return targets.filter((target) => known(catalog, target).includes(pg)).map((target) => ({ target, majors: [pg] }));
}

function targetsFor(catalog: Catalog, given: string | undefined): readonly Target[] {
  if (given === undefined) return catalog.targets;
  const covered = catalog.targets.filter((target) => target.code === given || covers(given, target));
  return covered.length > 0 ? covered : [findTarget(catalog.targets, given)];
}

function refuseStrange(catalog: Catalog, targets: readonly Target[], pg: string): void {
  const majors = majorsAmong(catalog, targets);
  if (majors.includes(pg)) return;
  const where = targets.length === catalog.targets.length ? 'in the catalog' : `on ${targets.map((target) => target.code).join(', ')}`;
  throw new Fault('usage', `there is no PostgreSQL ${pg} ${where}`, { hint: `majors are ${majors.join(', ')}` });
}

const majorsAmong = (catalog: Catalog, targets: readonly Target[]): string[] => [...new Set(targets.flatMap((target) => known(catalog, target)))].sort();

function supported(catalog: Catalog, target: Target): string[] {
  return spelled(releaseIn(catalog, target).pg);
}

/** Those that can be tried as well. */
function known(catalog: Catalog, target: Target): string[] {
  const { pg, preview } = releaseIn(catalog, target);
  return [...spelled(pg), ...(preview === undefined ? [] : spelled(preview))];
}

const releaseIn = (catalog: Catalog, target: Target): Catalog['releases'][number] => catalog.releases.find((release) => release.code === releaseOf(target))!;
