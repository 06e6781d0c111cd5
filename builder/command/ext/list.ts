import type { CommandSpec, Invocation } from '../../../repo/console/command.ts';
import { fit, ink, table } from '../../../repo/console/print.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { nearest } from '../../../repo/core/nearest.ts';
import { compareVersions } from '../../../repo/deb/version.ts';
import type { Catalog } from '../../manifest/catalog.ts';
import { carriersOf, createdOf, namesWithin, type Extension } from '../../manifest/extension.ts';
import { openCatalog, placesIn, scopeOptions, type Place } from './scope.ts';
import { shortenMajors } from './shorten.ts';

export const list: CommandSpec = {
  name: 'ext list',
  about: 'lists the extensions of the catalog, or those that a target has',
  options: { category: { short: 'c', value: 'NAME', many: true, about: 'only this category: gis, time, fdw …' }, ...scopeOptions },
  notes: `With --target or --pg, only what is published there, with the version, source and package that the newest major has.
marks: preload (stands in shared_preload_libraries), contrib (comes with the server), kernel:NAME (works with that fork alone).`,
  run,
};

interface Row {
  name: string;
  category: string;
  version: string;
  about: string;
  marks: readonly string[];
  creates: readonly string[];
  /** Where it is, when that was asked for. */
  on?: { majors: readonly string[]; targets: readonly string[]; package: string; source: string };
}

async function run(invocation: Invocation): Promise<object> {
  const catalog = await openCatalog(invocation);
  const categories = categoriesOf(catalog, invocation.values('category'));
  const places = placesIn(catalog, invocation);
  const isConfined = invocation.has('target') || invocation.has('pg');
  const all = categories.flatMap((category) => catalog.categories[category]!.map((name) => rowOf(name, category, catalog.extensions[name]!)));
  const rows = (isConfined ? all.flatMap((row) => confined(row, catalog.extensions[row.name]!, places)) : all).sort(byName);
  invocation.print(describe(rows, places, isConfined));
  return { extensions: rows };
}

function categoriesOf(catalog: Catalog, given: readonly string[]): string[] {
  const known = Object.keys(catalog.categories);
  if (given.length === 0) return known;
  const names = [...new Set(given.map((name) => name.toLowerCase()))];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  const near = nearest(unknown, known);
  throw new Fault('usage', `there is no category "${unknown}"${near ? `, did you mean "${near}"?` : ''}`, { hint: `categories are ${known.join(', ')}` });
}

function rowOf(name: string, category: string, extension: Extension): Row {
  const versions = extension.published.map((row) => row.version);
  return { name, category, version: newest(versions), about: extension.about, marks: marksOf(name, extension), creates: namesWithin(name, extension) };
}

const newest = (versions: readonly string[]): string => versions.toSorted(compareVersions).at(-1) ?? '';

function marksOf(name: string, extension: Extension): string[] {
  const isPreloaded = extension.preload.length > 0 || createdOf(name, extension).some((created) => created.preload.length > 0);
  return [...(isPreloaded ? ['preload'] : []), ...(extension.contrib ? ['contrib'] : []), ...(extension.kernel === undefined ? [] : [`kernel:${extension.kernel}`])];
}

/** The row with what is to be had in these places, or nothing when it is nowhere. */
function confined(row: Row, extension: Extension, places: readonly Place[]): Row[] {
  const had = places.flatMap(({ target, majors }) => majors.flatMap((pg) => carriersOf(extension, target, pg).slice(0, 1).map((carrier) => ({ target, pg, carrier }))));
  const last = had.toSorted((a, b) => Number(a.pg) - Number(b.pg) || compareVersions(a.carrier.version, b.carrier.version)).at(-1);
  if (!last) return [];
  const majors = [...new Set(had.map(({ pg }) => pg))].sort();
  const targets = [...new Set(had.map(({ target }) => target.code))];
  return [{ ...row, version: last.carrier.version, on: { majors, targets, package: last.carrier.package, source: last.carrier.source } }];
}

const byName = (a: Row, b: Row): number => (a.name < b.name ? -1 : 1);

function describe(rows: readonly Row[], places: readonly Place[], isConfined: boolean): string {
  if (rows.length === 0) return 'none is published there';
  const columns = columnsOf(places, isConfined);
  const [head = '', ...lines] = table([columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))]).split('\n');
  const names = new Set(rows.flatMap((row) => row.creates)).size;
  return [ink.bold(fit(head)), ...lines.map((line) => fit(line)), '', ink.dim(`${rows.length} packages, ${names} names to create or load`)].join('\n');
}

type Column = readonly [title: string, cell: (row: Row) => string];

function columnsOf(places: readonly Place[], isConfined: boolean): Column[] {
  const isOneTarget = isConfined && places.length === 1;
  const isOneMajor = places.every(({ majors }) => majors.length === 1);
  return [
    ['name', (row) => row.name],
    ['category', (row) => row.category],
    ['version', (row) => row.version],
    ...(isConfined && !isOneMajor ? [['pg', (row: Row) => shortenMajors(row.on!.majors)] as const] : []),
    ...(isConfined && !isOneTarget ? [['targets', (row: Row) => `${row.on!.targets.length} of ${places.length}`] as const] : []),
    ...(isOneTarget ? [['source', (row: Row) => row.on!.source] as const, ['package', (row: Row) => row.on!.package] as const] : []),
    ['marks', (row) => row.marks.join(' ')],
    ['about', (row) => row.about],
  ];
}
