import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { groupOf, readCatalog } from '../../builder/manifest/catalog.ts';
import { suppliesOf } from '../../builder/manifest/component.ts';
import { expand, type Member } from '../../builder/manifest/expand.ts';
import { carriersOf, isGrouped } from '../../builder/manifest/extension.ts';
import { readGroupName } from '../../builder/manifest/group.ts';
import { spelled } from '../../builder/manifest/major.ts';
import type { Target } from '../../repo/package/target.ts';
import { differences } from './aliases.ts';
import { cells, haveFacts, table } from './facts.ts';

const catalog = await readCatalog(resolve(import.meta.dirname, '../../manifests'));
const aliases = table<'alias' | 'kind' | 'os_codes' | 'expansion' | 'source'>('aliases.csv').filter((row) => row.source === 'pigsty-4.5.0');
const majors = spelled('14-18');

// Pigsty knows the archives of PGDG, Pigsty and the distribution by one name each; Debian's own packages of the same software
// often bear others, so that a row for them is looked at last.
const preferred = <R extends { source: string }>(rows: readonly R[]): R | undefined => rows.find((row) => row.source !== 'debian') ?? rows[0];

function packagesOf(member: Member, target: Target, pg: string): readonly string[] {
  if (member.pg !== undefined && member.pg !== pg) return [];
  switch (member.kind) {
    case 'component':
      return ofComponent(member.name, target, pg);
    case 'extension':
      return ofExtension(groupOf(catalog, member.name)!, target, pg);
    case 'category':
      return catalog.categories[member.name]!.filter((name) => isGrouped(catalog.extensions[name]!, target)).flatMap((name) => ofExtension(name, target, pg));
  }
}

function ofComponent(name: string, target: Target, pg: string): readonly string[] {
  const component = catalog.components[name]!;
  if (component.kernel && !component.kernel.pg.includes(pg)) return [];
  return preferred(suppliesOf(component, target, pg))?.packages ?? [];
}

/** Contrib is no part of Pigsty's categories, it comes with the server; Debian's own extensions are none of its packages. */
function ofExtension(name: string, target: Target, pg: string): readonly string[] {
  const carriers = catalog.extensions[name]!.contrib ? [] : carriersOf(catalog.extensions[name]!, target, pg).filter((each) => each.source !== 'debian');
  return carriers.slice(0, 1).map((carrier) => carrier.package);
}

/** What a name stands for: a group, an extension, a component. */
function ours(name: string, kind: string, target: Target, pg: string): readonly string[] | undefined {
  if (readGroupName(name, catalog.groups)) return expand(name, catalog).flatMap((member) => packagesOf(member, target, pg));
  const extension = groupOf(catalog, name);
  if (extension !== undefined && (kind === 'extension' || !catalog.components[name])) return ofExtension(extension, target, pg);
  return catalog.components[name] && ofComponent(name, target, pg);
}

/** Package names that the catalog knows, but that nobody has published for the target and the major: an alias is only a pattern. */
function unpublished(target: Target, pg: string): ReadonlySet<string> {
  const extensions = Object.values(catalog.extensions).filter((extension) => !extension.contrib);
  const kernels = Object.entries(catalog.components).filter(([, { kind, kernel }]) => kind === 'kernel' && kernel?.mode !== 'pgsql');
  const patterns = [...extensions.flatMap(({ deb, rpm, published }) => [deb, rpm, ...published.map((row) => row.package)]), ...kernels.flatMap(([, { deb, rpm }]) => [deb, rpm].flat())];
  const published = new Set([...Object.keys(catalog.extensions).flatMap((name) => ofExtension(name, target, pg)), ...kernels.flatMap(([name]) => ofComponent(name, target, pg))]);
  return new Set(patterns.filter((pattern) => typeof pattern === 'string').map((pattern) => pattern.replaceAll('{pg}', pg)).filter((name) => !published.has(name)));
}

/** Pigsty looks up a list's members once, so that one name may stand for a list of lists. */
function theirs(alias: string, pg: string, known: ReadonlyMap<string, (typeof aliases)[number]>, hollow: ReadonlySet<string>): string[] {
  const { kind, expansion } = known.get(alias)!;
  const members = cells(expansion).flatMap((each) => (kind === 'default_list' && known.has(each) ? cells(known.get(each)!.expansion) : [each]));
  return members.map((each) => each.replaceAll('{pg}', pg).replace(/\.noarch$/, '')).filter((each) => !hollow.has(each));
}

function compare(): { unknown: Set<string>; lacks: Map<string, Set<string>>; adds: Map<string, Set<string>>; compared: number } {
  const result = { unknown: new Set<string>(), lacks: new Map<string, Set<string>>(), adds: new Map<string, Set<string>>(), compared: 0 };
  for (const target of catalog.targets) {
    const known = new Map(aliases.filter((row) => cells(row.os_codes).includes(target.code)).map((row) => [row.alias, row]));
    for (const pg of majors) {
      const hollow = unpublished(target, pg);
      for (const [alias, { kind }] of known) {
        if (/^pg\d\d/.test(alias) && alias.slice(2, 4) !== pg) continue;
        const [mine, other] = [ours(alias, kind, target, pg), theirs(alias, pg, known, hollow)];
        result.compared++;
        if (mine) note(alias, pg, mine, other, result);
        else result.unknown.add(alias);
      }
    }
  }
  return result;
}

/** `pg17-gis` is `pgsql-gis` for one major; what is different for one is different for all. */
function note(alias: string, pg: string, mine: readonly string[], other: readonly string[], { lacks, adds }: Pick<ReturnType<typeof compare>, 'lacks' | 'adds'>): void {
  const name = alias.replace(/^pg\d\d(?=-|$)/, 'pgsql');
  const put = (map: Map<string, Set<string>>, packages: readonly string[], of: readonly string[]): void => {
    for (const each of packages.filter((item) => !of.includes(item))) map.set(name, (map.get(name) ?? new Set()).add(each.replaceAll(new RegExp(`(?<!\\d)${pg}(?!\\d)`, 'g'), '{pg}')));
  };
  put(lacks, other, mine);
  put(adds, mine, other);
}

const sorted = (map: ReadonlyMap<string, ReadonlySet<string>>): string[] => [...map].flatMap(([alias, names]) => [...names].map((name) => `${alias}: ${name}`)).toSorted();

describe.skipIf(!haveFacts)('the names of Pigsty 4.5.0 (skipped without the tables of facts)', () => {
  const { unknown, lacks, adds, compared } = compare();
  const declared = (key: 'lacks' | 'adds'): string[] => [...new Set(differences.flatMap((difference) => difference.aliases.flatMap((alias) => (difference[key] ?? []).map((name) => `${alias}: ${name}`))))].toSorted();

  test('are all known, on every release that both support', () => {
    expect([...unknown]).toEqual([]);
    expect(new Set(aliases.map((row) => row.alias)).size).toBeGreaterThan(600);
    expect(compared).toBeGreaterThan(30_000);
  });

  test('stand for the same packages, but for what is declared and explained', () => {
    expect(sorted(lacks)).toEqual(declared('lacks'));
    expect(sorted(adds)).toEqual(declared('adds'));
  });

  test('differ for a reason that is said once', () => {
    for (const { because, lacks: without = [], adds: more = [] } of differences) {
      expect(because).not.toBe('');
      expect(without.length + more.length).toBeGreaterThan(0);
    }
  });
});
