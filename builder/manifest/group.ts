import { z } from 'zod';
import { Name } from './published.ts';

/** What one name stands for: a list of names of other things, each under what it is. */
export const Group = z.strictObject({
  about: z.string().min(1).describe('What it is for, in one sentence'),
  components: z.array(z.string()).default([]).describe('Names of manifests/components'),
  extensions: z.array(z.string()).default([]).describe('Names of manifests/extensions, of packages or of what they create'),
  categories: z.array(z.string()).default([]).describe('Every extension of a category but those that its entry keeps ungrouped'),
  groups: z.array(z.string()).default([]).describe('Other groups, all of whose members are in this one'),
});
export type Group = z.infer<typeof Group>;

/** manifests/groups.yml. `pg17` and `pg17-gis` need no entry: they are `pgsql` and `pgsql-gis` for that major alone. */
export const Groups = z.strictObject({ groups: z.record(Name, Group) });
export type Groups = z.infer<typeof Groups>;

/** The group that a name stands for, and the one major it is confined to. */
export function readGroupName(name: string, groups: Readonly<Record<string, Group>>): { name: string; pg?: string } | undefined {
  if (Object.hasOwn(groups, name)) return { name };
  const [, pg, rest] = /^pg(\d\d)((?:-[a-z0-9]+)*)$/.exec(name) ?? [];
  return pg !== undefined && Object.hasOwn(groups, `pgsql${rest}`) ? { name: `pgsql${rest}`, pg } : undefined;
}
