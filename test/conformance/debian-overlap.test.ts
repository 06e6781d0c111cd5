import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCatalog, type Catalog } from '../../builder/manifest/catalog.ts';
import { suppliesOf } from '../../builder/manifest/component.ts';
import { carriersOf, type Extension } from '../../builder/manifest/extension.ts';
import { ownManifests } from '../../builder/manifest/files.ts';
import type { Drawn } from '../../builder/manifest/manifest.ts';
import { findTarget, releaseOf } from '../../builder/manifest/platform.ts';
import { placesFor, type SuitePlace } from '../../builder/manifest/source.ts';
import { openUpstream } from '../../builder/pipeline.ts';
import { drawSuites } from '../../builder/source/draw.ts';
import type { Suite, Upstream } from '../../builder/source/upstream.ts';
import { Fault } from '../../repo/core/fault.ts';
import { silent } from '../../repo/core/progress.ts';
import type { Target } from '../../repo/package/target.ts';

/** A suite of the real archive, and the major of PostgreSQL that it carries. */
interface Real {
  suite: string;
  target: string;
  pg: string;
}

const reals: readonly Real[] = [
  { suite: 'bullseye', target: 'd11.x86_64', pg: '13' },
  { suite: 'bookworm', target: 'd12.x86_64', pg: '15' },
  { suite: 'trixie', target: 'd13.x86_64', pg: '17' },
  { suite: 'trixie', target: 'd13.aarch64', pg: '17' },
  // No release yet, hence no target: the archive is read as trixie's is, by the same pinned keys.
  { suite: 'sid', target: 'd13.x86_64', pg: '18' },
];

/** Packages beside the server that no manifest names, and why that is right. */
const unnamed: Readonly<Record<string, string>> = {
  'postgresql-{pg}-jit': 'a part of the server since 18 that was in its main package before; it is recommended by the server, and goes along with it',
  'postgresql-{pg}-pg-gvm': 'functions of the vulnerability scanner Greenbone, which are of no use without it',
  'postgresql-{pg}-address-standardizer': 'a part of the main package of postgis on every target; sid alone has split it off',
  'postgresql-{pg}-postgis-tiger-geocoder': 'a part of the main package of postgis on every target; sid alone has split it off',
  'postgresql-{pg}-pg-textsearch': 'the name that sid has for pg_textsearch, which no release of Debian carries yet',
};

const facts = join(import.meta.dirname, '../../../shared/catalog');
let catalog: Catalog;
let upstream: Upstream;

beforeAll(async () => {
  catalog = await readCatalog(ownManifests);
  upstream = await openUpstream({ store: join(tmpdir(), 'pgark-conformance', 'store'), mirrors: [], offline: false }, catalog);
});
afterAll(() => upstream.http?.close());

describe.each(reals)('the Debian archive, $suite for $target', (real) => {
  let names: ReadonlySet<string>;
  let target: Target;

  // A suite that cannot be had fails here, by its name and address: no test of it is left out in silence.
  beforeAll(async () => {
    target = findTarget(catalog.targets, real.target);
    const suites = await drawAsOfItsTime(drawnFor(real, target), target);
    names = new Set(suites.flatMap((suite) => suite.packages.map((item) => item.name)));
  });

  test('has every package of an extension that the manifests name', () => {
    const named = Object.entries(catalog.extensions).flatMap(([name, extension]) => packagesOf(extension, real, target).map((item) => ({ name, item })));

    const missing = named.filter(({ item }) => !names.has(item));

    expect(named.length).toBeGreaterThan(100);
    expect(real.suite === 'sid' ? [] : missing).toEqual([]);
  });

  test('has no package of an extension that no manifest names, but for those that are explained', () => {
    const known = namesKnown(real.pg);
    const pattern = new RegExp(`^postgresql-${real.pg}-`);

    const strange = [...names].filter((name) => pattern.test(name) && !/-(dbgsym|dbg|doc)$/.test(name) && !known.has(name)).sort();

    expect(names.size).toBeGreaterThan(50_000);
    expect(strange.filter((name) => unnamed[name.replace(real.pg, '{pg}')] === undefined)).toEqual([]);
  });

  describe.skipIf(!existsSync(facts))('beside the facts in ../shared/catalog (skipped where they are not there)', () => {
    test('every extension package of its table is one of an entry, by the name that the entry has there', () => {
      const rows = factsOf('debian_archive.csv').filter((row) => row['kind'] === 'pg_extension' && isOf(row, real, target));

      const strays = rows.map((row) => row['package']!).filter((item) => names.has(item) && !isExplained(item, real) && !entriesWith(item, real, target));

      expect(rows.length).toBeGreaterThan(60);
      expect(strays).toEqual([]);
      expect(rows.map((row) => row['package']!).filter((item) => !names.has(item)), 'the archive still has them').toEqual([]);
    });

    test('every overlap with the catalog leads from its group to the package of the archive', () => {
      const rows = factsOf('debian_overlap.csv').filter((row) => isOf(row, real, target) && row['pg_major'] === real.pg);

      const wrong = rows.flatMap((row) => {
        const extension = catalog.extensions[row['package_group']!];
        const ours = extension ? packagesOf(extension, real, target) : [];
        return ours.includes(row['package']!) && names.has(row['package']!) ? [] : [`${row['package_group']}: ${row['package']}, ours ${ours.join(' ') || 'none'}`];
      });

      // Bullseye and sid have no platform in the catalog to overlap with.
      expect(rows.length > 60 || ['bullseye', 'sid'].includes(real.suite)).toBe(true);
      expect(wrong).toEqual([]);
    });
  });
});

/**
 * Sid's Release is valid for a week, and a mirror that is a snapshot serves it for longer. Names do not spoil: it is read as of
 * its last valid day, which is said, and its signature counts as ever.
 */
async function drawAsOfItsTime(drawn: readonly Drawn[], target: Target): Promise<Suite[]> {
  try {
    return await drawSuites(drawn, target, upstream, silent);
  } catch (error) {
    const [, expired] = error instanceof Fault && drawn[0]!.suite.suite === 'sid' ? (/expired on (\S+)$/.exec(error.message) ?? []) : [];
    if (expired === undefined) throw error;
    process.stdout.write(`${(error as Fault).message}; its names are looked at as of then\n`);
    return drawSuites(drawn, target, { ...upstream, now: new Date(expired) }, silent);
  }
}

function drawnFor({ suite, pg }: Real, target: Target): Drawn[] {
  const release = catalog.releases.find((each) => each.code === releaseOf(target))!;
  const source = catalog.sources['debian']!;
  const places = placesFor(source, target, release, [pg]) as SuitePlace[];
  if (suite !== 'sid') return places.map((place) => ({ source, suite: place }));
  const debian = source.archives['debian']!;
  // Its Release calls itself unstable.
  const described = { ...source, archives: { ...source.archives, debian: { ...debian, seen: [...debian.seen, 'unstable'] } } };
  return [{ source: described, suite: { ...places.find((place) => place.suite === 'trixie')!, suite: 'sid', codename: 'sid' } }];
}

/** What the archive should call an extension: for a target as its rows say, for sid as for the newest target. */
function packagesOf(extension: Extension, { suite, pg }: Real, target: Target): string[] {
  if (suite !== 'sid') return carriersOf(extension, target, pg).filter((carrier) => carrier.source === 'debian').flatMap((carrier) => [carrier.package, ...carrier.extras]);
  const own = extension.published.findLast((row) => row.from === 'debian')?.package ?? extension.deb;
  return own === undefined ? [] : [own, ...extension.extras.deb].map((each) => each.replaceAll('{pg}', pg));
}

const entriesWith = (item: string, real: Real, target: Target): boolean => Object.values(catalog.extensions).some((extension) => packagesOf(extension, real, target).includes(item));

const isExplained = (item: string, { pg }: Real): boolean => unnamed[item.replace(pg, '{pg}')] !== undefined || item.endsWith('-doc');

/** Every name of a package that some manifest has for a major, on whatever platform. */
function namesKnown(pg: string): Set<string> {
  const patterns = Object.values(catalog.extensions).flatMap(({ deb, extras, published }) => [deb ?? '', ...extras.deb, ...published.map((row) => row.package ?? '')]);
  const components = Object.values(catalog.components).flatMap((component) => catalog.targets.filter((target) => target.format === 'deb').flatMap((target) => suppliesOf(component, target, pg).flatMap((supply) => supply.packages)));
  return new Set([...patterns.map((each) => each.replaceAll('{pg}', pg)), ...components]);
}

function isOf(row: Record<string, string>, { suite }: Real, target: Target): boolean {
  return row['suite'] === suite && row['arch'] === target.packageArch;
}

/** The rows of a table; none of these has a quoted cell. */
function factsOf(name: string): Record<string, string>[] {
  const [head, ...lines] = readFileSync(join(facts, name), 'utf8').trimEnd().split('\n').map((line) => line.trimEnd().split(','));
  return lines.map((cells) => Object.fromEntries(head!.map((key, place) => [key, cells[place] ?? ''])));
}
