import type { Invocation } from '../../../repo/console/command.ts';
import { Fault } from '../../../repo/core/fault.ts';
import { nearest } from '../../../repo/core/nearest.ts';
import type { Catalog } from '../../manifest/catalog.ts';
import type { Extension } from '../../manifest/extension.ts';
import { readGroupName } from '../../manifest/group.ts';

/** An extension package, and by which of its names it was asked for. */
export interface Found {
  name: string;
  extension: Extension;
  category: string;
  asked: string;
}

/** The one name that a command was given. @throws Fault usage */
export function nameGiven({ args }: Invocation, example: string): string {
  const [name, ...more] = args;
  if (name === undefined || more.length > 0) throw new Fault('usage', 'one name is needed', { hint: example });
  return name;
}

/** The extension package of this name, or the one that creates it. @throws Fault usage with what the name stands for instead */
export function findExtension(catalog: Catalog, asked: string): Found {
  const name = own(catalog.extensions, asked) ? asked : own(catalog.created, asked);
  const extension = name === undefined ? undefined : own(catalog.extensions, name);
  if (name === undefined || extension === undefined) throw unknown(catalog, asked);
  return { name, extension, category: categoryOf(catalog, name), asked };
}

/** The category that an extension package is filed under. */
export const categoryOf = (catalog: Catalog, name: string): string => Object.entries(catalog.categories).find(([, names]) => names.includes(name))![0];

/** What an object holds by itself: `constructor` is no extension. */
function own<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function unknown(catalog: Catalog, asked: string): Fault {
  const component = own(catalog.components, asked);
  if (component) {
    const module = Object.entries(catalog.modules).find(([, names]) => names.includes(asked))![0];
    return new Fault('usage', `"${asked}" is no extension but a component of the module ${module}: ${component.about}`, { hint: `a bundle asks for it with components: [${asked}]` });
  }
  if (own(catalog.categories, asked.toLowerCase())) return new Fault('usage', `"${asked}" is a category of extensions`, { hint: `pgark ext list --category ${asked.toLowerCase()}` });
  if (readGroupName(asked, catalog.groups)) return new Fault('usage', `"${asked}" is a group`, { hint: `pgark ext group ${asked}` });
  const known = [...new Set([...Object.keys(catalog.extensions), ...Object.keys(catalog.created)])].sort();
  const near = nearest(asked.toLowerCase(), known);
  const akin = known.filter((name) => name.includes(asked.toLowerCase())).slice(0, 8);
  const remedy = near ? `, did you mean "${near}"?` : akin.length > 0 ? `; these have it in their names: ${akin.join(', ')}` : '';
  return new Fault('usage', `there is no extension "${asked}"${remedy}`, { hint: `pgark ext info ${near ?? akin[0] ?? 'NAME'}, or pgark ext list` });
}
