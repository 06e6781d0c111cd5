import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCatalog } from '../../builder/manifest/catalog.ts';
import type { Component } from '../../builder/manifest/component.ts';
import { availabilityOf, carriersOf, createdOf, type Extension } from '../../builder/manifest/extension.ts';
import { covers, spelled } from '../../builder/manifest/major.ts';
import { cells, haveFacts, table } from './facts.ts';

const catalog = await readCatalog(resolve(import.meta.dirname, '../../manifests'));
const { components, extensions, created, categories } = catalog;
const targets = new Map(catalog.targets.map((target) => [target.code, target]));
const categoryOf = new Map(Object.entries(categories).flatMap(([category, names]) => names.map((name) => [name, category])));
const moduleOf = new Map(Object.entries(catalog.modules).flatMap(([module, names]) => names.map((name) => [name, module])));

const facts = table<'name' | 'package' | 'category' | 'license' | 'language' | 'pg_majors' | 'contrib' | 'needs_preload' | 'load_method' | 'preload_libs' | 'needs_create_extension' | 'schemas' | 'requires' | 'conflicts' | 'trusted' | 'relocatable' | 'fork_bound'>('extensions.csv');

/** An extension by the name that CREATE EXTENSION takes, with what is said of its package where it says nothing of its own. */
function described(name: string): { extension: Extension; own: Partial<ReturnType<typeof createdOf>[number]>; creates: boolean } {
  const extension = extensions[created[name]!]!;
  const own = createdOf(created[name]!, extension).find((each) => each.name === name);
  return { extension, own: own ?? extension, creates: own !== undefined };
}

// GNU licences say whether a later version will do, since SPDX 2.0rc2; the catalog does not, so that the narrower is taken.
const narrowed: Readonly<Record<string, string>> = { Timescale: 'LicenseRef-Timescale', Unknown: 'LicenseRef-Unknown', Proprietary: 'LicenseRef-Proprietary', Multiple: 'LicenseRef-Multiple', AGPLv3: 'AGPL-3.0-only', 'BSD-2': 'BSD-2-Clause' };
const licenseOf = (name: string): string => narrowed[name] ?? name.replace(/^(A|L)?GPL-\d\.\d$/, '$&-only');

const loads: Readonly<Record<string, string | undefined>> = { session_or_shared_preload: 'session', output_plugin: 'output-plugin', archive_or_backup_module: 'archive-module', oauth_validator_libraries: 'oauth-validator' };
const library = (path: string): string => path.replace('$libdir/', '');
const agree = (mine: readonly string[] | undefined, theirs: string): boolean => [...(mine ?? [])].sort().join(';') === cells(theirs).sort().join(';');
const names = (rows: readonly { name: string }[]): string[] => rows.map((row) => row.name);

describe.skipIf(!haveFacts)('every extension of the catalog (skipped without the tables of facts)', () => {
  test('is there by its name', () => {
    expect(facts).toHaveLength(576);
    expect(names(facts.filter(({ name }) => created[name] === undefined))).toEqual([]);
  });

  test('is in its package and its category', () => {
    // These three have an entry of their own in the catalog, but no package: that of omnigres brings them.
    const carried = new Set(['omni_csv', 'omni_shmem', 'omni_datasets']);
    const lost = facts.filter(({ name, package: group, category }) => created[name] !== (carried.has(name) ? 'omnigres' : group) || categoryOf.get(created[name]!) !== category.toLowerCase());

    expect(names(lost)).toEqual([]);
  });

  test('is licensed as its makers say, and written in what they use', () => {
    // A licence is that of the package: pg_proctab comes in that of pgnodemx. mobilitydb_datagen is SQL within a package of C.
    expect(names(facts.filter(({ name, license }) => described(name).extension.license !== licenseOf(license)))).toEqual(['pg_proctab']);
    expect(names(facts.filter(({ name, language }) => described(name).extension.language !== language))).toEqual(['mobilitydb_datagen']);
  });

  test('is created, or only loaded', () => {
    // The packages of pg_catcheck hold a program and no control file (test/e2e/extensions.test.ts).
    expect(names(facts.filter(({ name, needs_create_extension }) => described(name).creates !== (needs_create_extension === 'true')))).toEqual(['pg_catcheck']);
  });

  test('is loaded in its own way, beside libraries that it needs', () => {
    const wrong = facts.filter(({ name, needs_preload, preload_libs, load_method }) => {
      const { own } = described(name);
      const needed = needs_preload === 'true' && load_method === 'shared_preload' ? cells(preload_libs).map(library) : [];
      return own.load !== loads[load_method] || needed.some((each) => !own.preload!.includes(each)) || (needed.length === 0) !== (own.preload!.length === 0);
    });

    // Kept as test/e2e/extensions.test.ts tries them with Debian's packages: pgtt refuses to be loaded for all sessions, pg_prewarm
    // is created without, pg_snakeoil fails for another reason, and the other two are tried beside the library of their package.
    expect(names(wrong).toSorted()).toEqual(['pg_prewarm', 'pg_proctab', 'pg_snakeoil', 'pglogical_origin', 'pgtt']);
  });

  test('requires and conflicts with what the catalog says', () => {
    const foreign = (name: string): boolean => name !== 'plpgsql';

    // plpgsql is in every database; pg_proctab was found to need pgnodemx; pg_statement_rollback cannot be created, only loaded; pgl_ddl_deploy is created without pglogical.
    expect(names(facts.filter(({ name, requires }) => !agree(described(name).own.requires!.filter(foreign), cells(requires).filter(foreign).join(';'))))).toEqual(['pg_proctab', 'pg_dbms_errlog', 'pgl_ddl_deploy']);
    expect(names(facts.filter(({ name, conflicts }) => !agree(described(name).own.conflicts, conflicts)))).toEqual([]);
  });

  test('makes the same schemas, and is trusted and relocatable where the catalog says so', () => {
    const wrong = facts.filter(({ name, schemas, trusted, relocatable }) => {
      const { own } = described(name);
      return !agree(own.schemas, schemas) || (trusted !== '' && String(own.trusted ?? false) !== trusted) || (relocatable !== '' && String(own.relocatable) !== relocatable);
    });

    expect(names(wrong)).toEqual([]);
  });

  test('comes with the server, or with a fork, where the catalog says so', () => {
    const wrong = facts.filter(({ name, contrib, fork_bound }) => described(name).extension.contrib !== (contrib === 'true') || (described(name).extension.kernel !== undefined) !== (fork_bound === 'true'));

    expect(names(wrong)).toEqual([]);
  });

  test('is published or missed for each major that it is declared for', () => {
    const wrong = facts.filter(({ name, pg_majors }) => {
      const { extension, own } = described(name);
      const rows = [...extension.published, ...extension.gaps].map((row) => row.pg);
      const declared = cells(pg_majors).filter((pg) => covers('14-18', pg));
      return declared.some((pg) => !rows.some((row) => covers(row, pg)) || own.pg?.includes(pg) === false);
    });

    expect(names(wrong)).toEqual([]);
  });
});

describe.skipIf(!haveFacts)('the matrix of what was published (skipped without the tables of facts)', () => {
  const matrix = table<'os_code' | 'pg_major' | 'package_group' | 'package_name' | 'state' | 'newest_version'>('matrix.csv');

  test('is what the rows say, with the name of the package and its version', () => {
    const cellsOf = matrix.map((row) => {
      const extension = extensions[row.package_group];
      if (!extension) return { row, mine: 'not_applicable' };
      const target = targets.get(row.os_code)!;
      // The catalog does not look at Debian's own archive.
      const carrier = carriersOf(extension, target, row.pg_major).find((each) => each.source !== 'debian');
      if (carrier) return { row, mine: `available ${carrier.package} ${carrier.version}` };
      return { row, mine: availabilityOf(extension, target, row.pg_major) === 'missing' ? 'missing' : 'not_applicable' };
    });

    const wrong = cellsOf.filter(({ row, mine }) => mine !== (row.state === 'available' ? `available ${row.package_name} ${row.newest_version}` : row.state));

    expect(matrix.length).toBe(32_800);
    expect(wrong.map(({ row, mine }) => `${row.package_group} ${row.os_code} ${row.pg_major}: ${mine}, not ${row.state} ${row.package_name} ${row.newest_version}`)).toEqual([]);
  });
});

describe.skipIf(!haveFacts)('the kernels (skipped without the tables of facts)', () => {
  const kernels = table<'kernel' | 'pg_mode' | 'el_packages' | 'deb_packages' | 'pg_majors' | 'preload_libs' | 'el_home' | 'deb_home' | 'os_codes'>('kernels.csv');
  const home = { deb: '/usr/lib/postgresql/{pg}', rpm: '/usr/pgsql-{pg}' };

  test('are fourteen, each with its mode, packages, libraries and folder', () => {
    const wrong = kernels.filter(({ kernel, pg_mode, el_packages, deb_packages, preload_libs, el_home, deb_home }) => {
      const own = components[kernel];
      // PostgreSQL itself has its languages in components apart.
      const packages = kernel === 'postgresql' || (agree(namesIn(own!, 'deb'), deb_packages) && agree(namesIn(own!, 'rpm'), el_packages));
      const { deb, rpm } = own?.kernel?.home ?? (deb_home === '' ? { deb: '', rpm: '' } : home);
      return own?.kernel?.mode !== pg_mode || !packages || own.kernel.preload.join(';') !== preload_libs || deb !== deb_home || rpm !== el_home;
    });

    expect(kernels).toHaveLength(14);
    expect(wrong.map((row) => row.kernel)).toEqual([]);
  });

  test('are published on every release, for the majors they are made for', () => {
    for (const { kernel, os_codes, pg_majors } of kernels) {
      const { published, kernel: own } = components[kernel]!;
      expect(own!.pg, kernel).toEqual(expect.arrayContaining(cells(pg_majors)));
      for (const row of published.filter((each) => each.pg !== undefined)) for (const pg of spelled(row.pg!)) expect(own!.pg, kernel).toContain(pg);
      expect(cells(os_codes).filter((code) => !published.some(({ on }) => on.some((platform) => platform === (code.startsWith('el') ? 'el' : 'deb')))), kernel).toEqual([]);
    }
  });
});

describe.skipIf(!haveFacts)('the components (skipped without the tables of facts)', () => {
  const rows = table<'component' | 'module' | 'el_packages' | 'deb_packages' | 'license' | 'version'>('components.csv');

  test('are all there, in their modules', () => {
    const lost = rows.filter(({ component, module }) => moduleOf.get(component) !== module.toLowerCase());

    expect(rows).toHaveLength(187);
    expect(lost.map((row) => row.component)).toEqual([]);
  });

  test('have the names that the families give them', () => {
    const plain = (cell: string): string[] => cells(cell).map((each) => each.replace(/\(.*\)$/, ''));
    const lost = rows.flatMap(({ component, deb_packages, el_packages }) => {
      const own = components[component]!;
      return [...plain(deb_packages).filter((each) => !namesIn(own, 'deb').includes(each)), ...plain(el_packages).filter((each) => !namesIn(own, 'rpm').includes(each))].map((each) => `${component}: ${each}`);
    });

    // A second name for the same, or a second implementation: the other one is taken.
    expect(lost).toEqual(['netcat: netcat', 'pg_timetable: pg-timetable', 'pgformatter: pgformatter']);
  });

  test('are licensed as their makers say, and have a version where the catalog knows one', () => {
    expect(rows.filter(({ component, license }) => license !== '' && components[component]!.license !== licenseOf(license)).map((row) => row.component)).toEqual([]);
    expect(rows.filter(({ component, version }) => version !== '' && !components[component]!.published.some((row) => row.version !== undefined)).map((row) => row.component)).toEqual([]);
  });
});

/** Every name that a component has in a family, whatever the release and the source. */
function namesIn({ published, ...component }: Component, format: 'deb' | 'rpm'): string[] {
  const own = component[format] ?? [];
  const elsewhere = published.filter(({ on }) => on.some((platform) => platform.startsWith('el') === (format === 'rpm'))).flatMap((row) => row.packages ?? []);
  return [...new Set([...(Array.isArray(own) ? own : Object.values(own).flat()), ...elsewhere])];
}
