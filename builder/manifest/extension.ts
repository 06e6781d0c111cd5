import { z } from 'zod';
import type { Target } from '../../repo/package/target.ts';
import { barredBy, Caveat, type Barred } from './caveat.ts';
import { Major } from './major.ts';
import { covers, Platform } from './platform.ts';
import { Gap, isAbout, Name, PackageName, Published } from './published.ts';

/** A name that CREATE EXTENSION takes, or that of a module which is only loaded. */
const Creatable = z.string().regex(/^[a-z][a-z0-9_-]*$/);

/** How a library comes into the server when shared_preload_libraries is not the only way. */
const Loading = z.enum(['session', 'output-plugin', 'archive-module', 'oauth-validator']);

/** What can be said of a whole package and of each extension in it. */
const traits = {
  requires: z.array(Creatable).default([]).describe('Extensions that must be created before it'),
  conflicts: z.array(Creatable).default([]).describe('Extensions that cannot be used beside it in one server'),
  schemas: z.array(z.string()).default([]).describe('Schemas that it makes'),
  trusted: z.boolean().optional().describe('Whether a user with CREATE on the database may create it (`trusted` of its control file)'),
  relocatable: z.boolean().optional().describe('Whether its objects can be moved to another schema (`relocatable` of its control file)'),
  load: Loading.optional().describe('Besides shared_preload_libraries, or instead of it'),
  caveat: Caveat.optional().describe('Why CREATE EXTENSION fails with what is shipped, and what to do: everywhere, or per platform'),
};

const Created = z.strictObject({
  about: z.string().min(1).describe('What it does, in one sentence'),
  ...traits,
  preload: z.array(z.string()).optional().describe('Libraries that must stand in shared_preload_libraries, where they differ from those of its package'),
  pg: z.array(Major).optional().describe('The majors that have it, where not all that the package is made for do'),
});

export const Extension = z.strictObject({
  about: z.string().min(1).describe('What it does, in one sentence of at most 100 characters'),
  license: z.string().regex(/^[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*$/, 'not an SPDX expression').describe('An SPDX expression (SPDX 2.3, annex D); `LicenseRef-` for what SPDX does not list'),
  language: z.string().describe('What it is written in'),
  home: z.url({ protocol: /^https?$/ }).optional().describe('Where its makers tell about it'),
  ...traits,
  preload: z.array(z.string()).default([]).describe('Libraries that must stand in shared_preload_libraries'),
  contrib: z.boolean().default(false).describe('It comes with the server itself'),
  module: Creatable.optional().describe('The name of the module, for one that is only loaded and bears another name than its package'),
  kernel: Name.optional().describe('The kernel that it works with, when it is no extension of PostgreSQL as such'),
  ungrouped: z.array(Platform).default([]).describe('Platforms on which the groups of its category leave it out: large, licensed apart, or seldom wanted'),
  deb: PackageName.optional().describe('The package that carries it; `{pg}` stands for the major'),
  rpm: PackageName.optional().describe('The package that carries it; `{pg}` stands for the major'),
  extras: z.strictObject({ deb: z.array(PackageName).default([]), rpm: z.array(PackageName).default([]) }).prefault({}).describe('Packages that go along'),
  published: z.array(Published).default([]).describe('Lines of PLATFORMS SOURCE MAJORS VERSION [PACKAGE], the preferred source first: `d12,ubuntu pgdg 14-18 3.6.4`'),
  gaps: z.array(Gap).default([]).describe('Declared by its makers, published by nobody: lines of PLATFORMS MAJORS'),
  creates: z.record(Creatable, z.union([z.string(), Created])).optional().describe('What can be created once the package is installed: itself when left out, nothing for a module that is only loaded'),
});
export type Extension = z.infer<typeof Extension>;

/** manifests/extensions/*.yml: extension packages of one category, by the name of their group. */
export const Category = z.strictObject({
  category: Name,
  about: z.string(),
  extensions: z.record(Name, Extension),
});
export type Category = z.infer<typeof Category>;

/** Where an extension is to be had: a row of its `published`, with the package spelled out. */
export interface Carrier {
  package: string;
  extras: readonly string[];
  source: string;
  version: string;
}

/** The carriers of an extension for a target and a major, the preferred one first. */
export function carriersOf(extension: Extension, target: Target, pg: string): Carrier[] {
  const own = extension[target.format];
  const spell = (name: string): string => name.replaceAll('{pg}', pg);
  return extension.published
    .filter((row) => isAbout(row, target, pg))
    .flatMap((row) => {
      const carrier = row.package ?? own;
      return carrier === undefined ? [] : [{ package: spell(carrier), extras: extension.extras[target.format].map(spell), source: row.from, version: row.version }];
    });
}

export type Availability = 'available' | 'missing' | 'not applicable';

/** Whether some source publishes it for a target and a major, ought to, or never meant to. */
export function availabilityOf(extension: Extension, target: Target, pg: string): Availability {
  if (carriersOf(extension, target, pg).length > 0) return 'available';
  return extension.gaps.some((gap) => isAbout(gap, target, pg)) ? 'missing' : 'not applicable';
}

/** Whether the groups of its category have it on a target. */
export const isGrouped = (extension: Extension, target: Target): boolean => extension.kernel === undefined && !extension.ungrouped.some((platform) => covers(platform, target));

/** One name for CREATE EXTENSION, and what it stands on. */
export interface Creation extends Barred {
  name: string;
  about: string;
  preload: readonly string[];
  requires: readonly string[];
}

/** What a DBA can create from the extension `name` under a major. */
export function creations(name: string, extension: Extension, target: Target, pg: string): Creation[] {
  return createdOf(name, extension).flatMap((created) => {
    if (created.pg && !created.pg.includes(pg)) return [];
    return [{ name: created.name, about: created.about, preload: created.preload, requires: created.requires, ...barredBy(created.caveat ?? extension.caveat, target) }];
  });
}

/** Every extension that a package can create, with what is said of the whole package where it says nothing of its own. */
export function createdOf(name: string, extension: Extension): (Required<Pick<z.infer<typeof Created>, 'about' | 'preload' | 'requires' | 'conflicts' | 'schemas'>> & Partial<z.infer<typeof Created>> & { name: string })[] {
  const { about, preload, requires, conflicts, schemas, trusted, relocatable, load, creates } = extension;
  const whole = { about, preload, requires, conflicts, schemas, ...(trusted !== undefined && { trusted }), ...(relocatable !== undefined && { relocatable }), ...(load && { load }) };
  if (!creates) return [{ name, ...whole }];
  return Object.entries(creates).map(([key, value]) => (typeof value === 'string' ? { ...whole, about: value, requires: [], name: key } : { ...value, preload: value.preload ?? preload, name: key }));
}

/** The names that a package brings: what it creates, or the module that it is. */
export function namesWithin(name: string, extension: Extension): string[] {
  const created = createdOf(name, extension).map((each) => each.name);
  return created.length > 0 ? created : [extension.module ?? name];
}
