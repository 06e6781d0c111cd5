import { Fault } from '../../repo/core/fault.ts';
import type { Catalog } from './catalog.ts';
import { readGroupName } from './group.ts';

/** Names of components, extensions and categories, each for all majors of a bundle or for one. */
export interface Member {
  kind: 'component' | 'extension' | 'category';
  name: string;
  pg?: string;
}

/** Everything that a group stands for, groups within it spelled out. @throws Fault invalid for a group that contains itself */
export function expand(name: string, catalog: Catalog, within: readonly string[] = []): Member[] {
  const found = readGroupName(name, catalog.groups);
  if (!found) throw new Fault('invalid', `there is no group "${name}"`);
  if (within.includes(found.name)) throw new Fault('invalid', `the group "${found.name}" contains itself: ${[...within, found.name].join(' → ')}`);
  const { components, extensions, categories, groups } = catalog.groups[found.name]!;
  const confine = (member: Member): Member => (found.pg === undefined ? member : { ...member, pg: found.pg });
  const inner = groups.flatMap((each) => expand(each, catalog, [...within, found.name]));
  const of = (kind: Member['kind'], names: readonly string[]): Member[] => names.map((each) => ({ kind, name: each }));
  return [...of('component', components), ...of('extension', extensions), ...of('category', categories), ...inner].map(confine);
}
