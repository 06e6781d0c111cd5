import type { Target } from '../../repo/package/target.ts';
import type { Catalog } from '../manifest/catalog.ts';
import type { Component } from '../manifest/component.ts';
import { suppliesOf } from '../manifest/component.ts';
import { carriersOf, type Extension } from '../manifest/extension.ts';
import { covers, spelled } from '../manifest/major.ts';
import { releaseOf } from '../manifest/platform.ts';
import { isAbout } from '../manifest/published.ts';
import { placesFor, type Source } from '../manifest/source.ts';

/** What one row of the manifests promises of a source: packages for one target, and for one major where they depend on it. */
export interface Cell {
  kind: 'extension' | 'component';
  name: string;
  /** Its place among the rows of `published`. */
  row: number;
  source: string;
  target: Target;
  /** Empty where the packages are the same for all majors. */
  pg: string;
  /** The one that carries it first. */
  packages: readonly string[];
  /** Upstream's, as the row has it; absent where it has none, or where it is that of an extension within the server. */
  version?: string;
}

/** A place where a row could be: nobody is known to publish the extension there, and the source might. */
export type Opening = Omit<Cell, 'row' | 'version'>;

/** The majors that a source is asked about on a target: those of its release, and a preview where a row has some. */
export function majorsFor(catalog: Catalog, source: Source, target: Target): string[] {
  const { pg, preview } = catalog.releases.find((each) => each.code === releaseOf(target))!;
  const rows = rowsOf(catalog).filter((row) => row.from === source.name && isAbout(row, target));
  const previewed = preview === undefined ? [] : spelled(preview).filter((major) => rows.some((row) => row.pg !== undefined && covers(row.pg, major)));
  return [...spelled(pg), ...previewed];
}

/** Whether a source has anything for a target. */
export function serves(catalog: Catalog, source: Source, target: Target): boolean {
  return placesFor(source, target, catalog.releases.find((each) => each.code === releaseOf(target))!, ['0']).length > 0;
}

/** Everything that the manifests promise of a source on a target. */
export function cellsOf(catalog: Catalog, source: Source, target: Target, majors: readonly string[]): Cell[] {
  const extensions = Object.entries(catalog.extensions).flatMap(([name, extension]) => majors.flatMap((pg) => extensionCells(name, extension, source, target, pg)));
  const elsewhere = namesElsewhere(catalog, source, target, majors);
  const components = Object.entries(catalog.components).flatMap(([name, component]) => componentCells(name, component, source, target, majors)).flatMap((cell) => without(cell, elsewhere));
  return [...extensions, ...components];
}

/** Packages of extensions that other sources alone have: a kernel made of them names them too, and its own row promises the rest. */
function namesElsewhere({ extensions }: Catalog, source: Source, target: Target, majors: readonly string[]): ReadonlySet<string> {
  const carriers = Object.values(extensions).flatMap((extension) => majors.flatMap((pg) => carriersOf(extension, target, pg)));
  const own = new Set(carriers.filter((each) => each.source === source.name).map((each) => each.package));
  return new Set(carriers.filter((each) => each.source !== source.name && !own.has(each.package)).map((each) => each.package));
}

function without({ version, ...cell }: Cell, elsewhere: ReadonlySet<string>): Cell[] {
  const packages = cell.packages.filter((name) => !elsewhere.has(name));
  if (packages.length === 0) return [];
  return [{ ...cell, packages, ...(version !== undefined && packages[0] === cell.packages[0] && { version }) }];
}

/** Where a source could have an extension that no row knows of: under the name that its family has elsewhere. */
export function openingsOf(catalog: Catalog, source: Source, target: Target, majors: readonly string[]): Opening[] {
  return Object.entries(catalog.extensions).flatMap(([name, extension]) =>
    majors.flatMap((pg) => {
      const carrier = carrierOf(extension, source, target);
      // Whether the server brings an extension, or a package without a major in its name one for this major, no index tells.
      if (carrier === undefined || extension.contrib || !carrier.includes('{pg}') || isKnown(extension, source, target, pg)) return [];
      return [{ kind: 'extension' as const, name, source: source.name, target, pg, packages: [spell(carrier, pg)] }];
    }),
  );
}

function carrierOf({ published, ...extension }: Extension, source: Source, target: Target): string | undefined {
  return published.find((row) => row.from === source.name && row.package !== undefined && isAbout(row, target))?.package ?? extension[target.format];
}

/** Whether nothing is to be said about a source: a row of its own is there, or it is had from elsewhere and was never had from here. */
function isKnown({ published }: Extension, { name }: Source, target: Target, pg: string): boolean {
  const here = published.filter((row) => isAbout(row, target, pg));
  return here.some((row) => row.from === name) || (here.length > 0 && !published.some((row) => row.from === name));
}

function rowsOf({ extensions, components }: Catalog): readonly (Extension | Component)['published'][number][] {
  return [...Object.values(extensions), ...Object.values(components)].flatMap((each) => each.published);
}

function extensionCells(name: string, extension: Extension, source: Source, target: Target, pg: string): Cell[] {
  return extension.published.flatMap((row, place) => {
    const carrier = row.package ?? extension[target.format];
    if (row.from !== source.name || carrier === undefined || !isAbout(row, target, pg)) return [];
    const packages = [carrier, ...extension.extras[target.format]].map((each) => spell(each, pg));
    return [{ kind: 'extension' as const, name, row: place, source: source.name, target, pg, packages, ...(!extension.contrib && { version: row.version }) }];
  });
}

function componentCells(name: string, component: Component, source: Source, target: Target, majors: readonly string[]): Cell[] {
  return component.published.flatMap((row, place) => {
    if (row.from !== source.name || !isAbout(row, target)) return [];
    const alone = { ...component, published: [row] };
    const fit = majors.filter((pg) => component.kernel?.pg.includes(pg) ?? true);
    const cells = fit.flatMap((pg) => suppliesOf(alone, target, pg).map(({ packages, version }) => ({ kind: 'component' as const, name, row: place, source: source.name, target, pg, packages, ...(version !== undefined && { version }) })));
    return samePackages(cells) && row.pg === undefined ? cells.slice(0, 1).map((cell) => ({ ...cell, pg: '' })) : cells;
  });
}

const samePackages = (cells: readonly Cell[]): boolean => cells.every((cell) => cell.packages.join(' ') === cells[0]!.packages.join(' '));

const spell = (name: string, pg: string): string => name.replaceAll('{pg}', pg);
