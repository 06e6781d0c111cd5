import type { CommandSpec, Invocation } from '../../../repo/console/command.ts';
import { ink, table } from '../../../repo/console/print.ts';
import { availabilityOf, carriersOf, createdOf, type Availability, type Carrier } from '../../manifest/extension.ts';
import { isAbout } from '../../manifest/published.ts';
import { findExtension, nameGiven, type Found } from './find.ts';
import { openCatalog, placesIn, scopeOptions, type Place } from './scope.ts';
import { shortenMajors, shortenTargets } from './shorten.ts';

export const avail: CommandSpec = {
  name: 'ext avail',
  arguments: 'NAME',
  about: 'shows where an extension is to be had: platforms by PostgreSQL majors',
  options: scopeOptions,
  notes: 'A version that the preferred source has; a raised figure stands for another source, named below the table.',
  run,
};

/** An extension on one target for one major. */
interface Cell {
  target: string;
  pg: string;
  availability: Availability;
  /** The preferred one first. */
  carriers: readonly Carrier[];
}

async function run(invocation: Invocation): Promise<object> {
  const name = nameGiven(invocation, 'pgark ext avail postgis');
  const catalog = await openCatalog(invocation);
  const found = findExtension(catalog, name);
  const places = placesIn(catalog, invocation);
  const cells = places.flatMap((place) => cellsOf(found, place));
  invocation.print(describe(found, places, cells));
  return { name: found.name, asked: name, about: found.extension.about, cells };
}

function cellsOf({ name, asked, extension }: Found, { target, majors }: Place): Cell[] {
  const only = createdOf(name, extension).find((created) => created.name === asked)?.pg;
  return majors.map((pg) => {
    if (only && !only.includes(pg)) return { target: target.code, pg, availability: 'not applicable', carriers: [] };
    return { target: target.code, pg, availability: availabilityOf(extension, target, pg), carriers: carriersOf(extension, target, pg) };
  });
}

function describe(found: Found, places: readonly Place[], cells: readonly Cell[]): string {
  const sources = sourcesIn(cells);
  return [
    `${ink.bold(found.asked)}${found.asked === found.name ? '' : `, which ${found.name} brings`}  ${found.extension.about}`,
    '',
    grid(places, cells, sources),
    '',
    legend([...describeSources(sources), ...describePackages(found, places), ...describeOthers(places, cells), ...describeSigns(cells)]),
  ].join('\n');
}

/** The preferred sources, the most frequent first. */
function sourcesIn(cells: readonly Cell[]): string[] {
  const counts = new Map<string, number>();
  for (const { carriers } of cells) for (const { source } of carriers.slice(0, 1)) counts.set(source, (counts.get(source) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([source]) => source);
}

const figures = ['', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

function grid(places: readonly Place[], cells: readonly Cell[], sources: readonly string[]): string {
  const majors = [...new Set(cells.map(({ pg }) => pg))].sort();
  const lines = places.map(({ target }) => ({ code: target.code, row: majors.map((pg) => spell(cells.find((cell) => cell.target === target.code && cell.pg === pg), sources)) }));
  return table([['', ...majors.map((pg) => ink.bold(pg))], ...merged(lines)]);
}

/** One row for all architectures of a release where they have the same. */
function merged(lines: readonly { code: string; row: readonly string[] }[]): string[][] {
  const releases = Map.groupBy(lines, ({ code }) => code.slice(0, code.indexOf('.')));
  return [...releases].flatMap(([release, each]) => {
    const isSame = each.length > 1 && each.every(({ row }) => row.join('|') === each[0]!.row.join('|'));
    return isSame ? [[release, ...each[0]!.row]] : each.map(({ code, row }) => [code, ...row]);
  });
}

function spell(cell: Cell | undefined, sources: readonly string[]): string {
  switch (cell?.availability) {
    case 'available':
      return `${cell.carriers[0]!.version}${ink.dim(figures[sources.indexOf(cell.carriers[0]!.source)] ?? '*')}`;
    case 'missing':
      return ink.red('✗');
    case 'not applicable':
      return ink.dim('·');
    case undefined:
      return '';
  }
}

type Entry = readonly [title: string, ...cells: string[]];

/** Titles are said once for the lines below them. */
function legend(entries: readonly Entry[]): string {
  return table(entries.map(([title, ...cells], place) => [ink.dim(entries[place - 1]?.[0] === title ? '' : title), ...cells]));
}

const describeSources = (sources: readonly string[]): Entry[] => sources.map((source, place) => ['from', `${figures[place] ?? '*'}${source}`]);

function describePackages({ extension }: Found, places: readonly Place[]): Entry[] {
  const isSeen = (row: (typeof extension.published)[number]): boolean => places.some(({ target, majors }) => majors.some((pg) => isAbout(row, target, pg)));
  const seen = extension.published.filter(isSeen);
  const named = (['rpm', 'deb'] as const).flatMap((format): Entry[] => {
    const usual = seen.some((row) => row.package === undefined && places.some(({ target }) => target.format === format && isAbout(row, target)));
    return usual && extension[format] !== undefined ? [['package', `${format}  ${[extension[format], ...extension.extras[format]].join(', ')}`]] : [];
  });
  return [...named, ...seen.filter((row) => row.package !== undefined).map((row): Entry => ['package', `${row.on.join(',')} ${row.pg} ${row.from}  ${row.package}`])];
}

/** What further sources have, which a bundle without the preferred one would take. */
function describeOthers(places: readonly Place[], cells: readonly Cell[]): Entry[] {
  const others = new Map<string, Cell[]>();
  for (const cell of cells) {
    for (const { source, version } of cell.carriers.slice(1)) others.set(`${source} ${version}`, [...(others.get(`${source} ${version}`) ?? []), cell]);
  }
  const all = places.map(({ target }) => target.code);
  return [...others].map(([what, at]) => ['also', `${what}  ${shortenTargets([...new Set(at.map((cell) => cell.target))], all).join(',')}  ${shortenMajors([...new Set(at.map((cell) => cell.pg))].sort())}`]);
}

function describeSigns(cells: readonly Cell[]): Entry[] {
  const has = (availability: Availability): boolean => cells.some((cell) => cell.availability === availability);
  return [
    ...(has('missing') ? [['signs', `${ink.red('✗')} its makers name it, no source publishes it`] as const] : []),
    ...(has('not applicable') ? [['signs', `${ink.dim('·')} not made for it`] as const] : []),
  ];
}
