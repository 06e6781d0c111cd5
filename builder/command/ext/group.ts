import type { CommandSpec, Invocation } from '../../../repo/console/command.ts';
import { fit, ink, table } from '../../../repo/console/print.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { nearest } from '../../../repo/core/nearest.ts';
import type { Catalog } from '../../manifest/catalog.ts';
import { suppliesOf } from '../../manifest/component.ts';
import { expand, type Member } from '../../manifest/expand.ts';
import { carriersOf, isGrouped } from '../../manifest/extension.ts';
import { readGroupName } from '../../manifest/group.ts';
import { nameGiven } from './find.ts';
import { openCatalog, placesIn, scopeOptions, type Place } from './scope.ts';

export const group: CommandSpec = {
  name: 'ext group',
  arguments: '[NAME]',
  about: 'spells out a group, such as pg17-gis, as the packages of a target; without a name, lists the groups',
  options: scopeOptions,
  notes: 'Without --target, its members. The majors are that of the name, else those of --pg, else the newest of the target.',
  run,
};

interface Line {
  kind: 'component' | 'extension';
  name: string;
  about: string;
  /** On the target; none when it has nothing there. */
  packages?: readonly string[];
}

async function run(invocation: Invocation): Promise<object> {
  const catalog = await openCatalog(invocation);
  if (invocation.args.length === 0) return listGroups(invocation, catalog);
  const name = nameGiven(invocation, 'pgark ext group pg17-gis --target d12.x86_64');
  const found = readGroupName(name, catalog.groups);
  if (!found) throw unknown(catalog, name);
  const place = placeOf(catalog, invocation, found.pg);
  const lines = linesOf(catalog, expand(name, catalog), place);
  invocation.print(describe(name, catalog.groups[found.name]!.about, lines, place));
  return { name, about: catalog.groups[found.name]!.about, ...(place && { target: place.target.code, pg: place.majors }), members: lines };
}

function listGroups(invocation: Invocation, { groups }: Catalog): object {
  const all = Object.entries(groups).map(([name, { about }]) => ({ name, about }));
  invocation.print(table(all.map(({ name, about }) => [name, about])).split('\n').map((line) => fit(line)).join('\n'));
  return { groups: all };
}

function unknown(catalog: Catalog, name: string): Fault {
  const known = Object.keys(catalog.groups);
  const near = nearest(name, [...known, ...known.filter((each) => each.startsWith('pgsql')).map((each) => each.replace('pgsql', 'pg17'))]);
  return new Fault('usage', `there is no group "${name}"${near ? `, did you mean "${near}"?` : ''}`, { hint: `pgark ext group lists them; pg17-gis is pgsql-gis for that major alone` });
}

function placeOf(catalog: Catalog, invocation: Invocation, confined: string | undefined): Place | undefined {
  const code = invocation.value('target');
  const pg = confined ?? invocation.value('pg');
  if (code === undefined) return undefined;
  const value = (option: string): string | undefined => (option === 'pg' ? pg : invocation.value(option));
  const [place, ...more] = placesIn(catalog, { ...invocation, value });
  if (!place || more.length > 0) throw new Fault('usage', `"${code}" is more than one target`, { hint: `--target ${place?.target.code}` });
  return pg === undefined ? { ...place, majors: place.majors.slice(-1) } : place;
}

function linesOf(catalog: Catalog, members: readonly Member[], place: Place | undefined): Line[] {
  const lines = members.flatMap((member): Line[] => {
    const at = place && member.pg !== undefined ? { ...place, majors: place.majors.filter((pg) => pg === member.pg) } : place;
    switch (member.kind) {
      case 'component':
        return [componentLine(catalog, member.name, at)];
      case 'extension':
        return [extensionLine(catalog, catalog.created[member.name] ?? member.name, at)];
      case 'category':
        return catalog.categories[member.name]!.filter((name) => inGroup(catalog, name, place)).map((name) => extensionLine(catalog, name, at));
    }
  });
  return lines.filter((line, at) => lines.findIndex((other) => other.kind === line.kind && other.name === line.name) === at);
}

function inGroup(catalog: Catalog, name: string, place: Place | undefined): boolean {
  const extension = catalog.extensions[name]!;
  return place ? isGrouped(extension, place.target) : catalog.targets.some((target) => isGrouped(extension, target));
}

function componentLine(catalog: Catalog, name: string, place: Place | undefined): Line {
  const component = catalog.components[name]!;
  const packages = place?.majors.flatMap((pg) => suppliesOf(component, place.target, pg).slice(0, 1).flatMap((supply) => supply.packages));
  return { kind: 'component', name, about: component.about, ...(packages && { packages: [...new Set(packages)] }) };
}

function extensionLine(catalog: Catalog, name: string, place: Place | undefined): Line {
  const extension = catalog.extensions[name]!;
  const packages = place?.majors.flatMap((pg) => carriersOf(extension, place.target, pg).slice(0, 1).flatMap((carrier) => [carrier.package, ...carrier.extras]));
  return { kind: 'extension', name, about: extension.about, ...(packages && { packages }) };
}

function describe(name: string, about: string, lines: readonly Line[], place: Place | undefined): string {
  const absent = lines.filter((line) => line.packages?.length === 0).map((line) => line.name);
  const shown = lines.filter((line) => !absent.includes(line.name));
  const rows = shown.map((line) => [`  ${line.name}`, line.packages?.join(' ') ?? line.about]);
  return [
    `${ink.bold(name)}  ${about}`,
    ...(place ? [ink.dim(`${place.target.code}, PostgreSQL ${place.majors.join(', ')}`)] : []),
    '',
    ...table(rows).split('\n').map((line) => fit(line)),
    ...(absent.length > 0 ? ['', ink.dim('not there'), `  ${absent.join(', ')}`] : []),
    '',
    ink.dim(place ? `${shown.length} of ${lines.length} members, ${new Set(shown.flatMap((line) => line.packages ?? [])).size} packages` : `${lines.length} members`),
  ].join('\n');
}
