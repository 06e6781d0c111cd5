import { z } from 'zod';
import type { Target } from '../../repo/package/target.ts';
import { Name } from './component.ts';
import { forTarget } from './target.ts';

/** A name that CREATE EXTENSION takes. */
const Creatable = z.string().regex(/^[a-z][a-z0-9_-]*$/);

/** PostgreSQL majors are strings: `17`, never the number. */
export const Major = z.string('a PostgreSQL major is a string, in quotes').regex(/^\d{2}$/, 'a PostgreSQL major has two digits');

/**
 * Why CREATE EXTENSION fails with what the archive ships, and what to do instead, in one sentence: for every target, or for
 * some (`d12`, `d13.aarch64`). test/e2e/extensions.test.ts holds each of them against the packages themselves.
 */
const Caveat = z.union([z.string(), z.record(z.string(), z.string())]);

const Created = z.strictObject({
  about: z.string(),
  /** Extensions that must be created before it. */
  requires: z.array(Creatable).default([]),
  /** Libraries that must stand in shared_preload_libraries, where they differ from those of its package. */
  preload: z.array(z.string()).optional(),
  /** The majors that have it, where not all that the package is made for do. */
  pg: z.array(Major).optional(),
  caveat: Caveat.optional(),
});

export const Extension = z.strictObject({
  about: z.string(),
  /** The package that carries it; `{pg}` stands for the major. */
  deb: z.string().optional(),
  rpm: z.string().optional(),
  /** The majors for which the archive of a release has the package: `d12: ['15']`. */
  archive: z.record(z.string(), z.array(Major)).default({}),
  /** Extensions that must be created before it. */
  requires: z.array(Creatable).default([]),
  /** Libraries that must stand in shared_preload_libraries. */
  preload: z.array(z.string()).default([]),
  caveat: Caveat.optional(),
  /** What can be created once the package is installed: itself when left out, nothing for a module that is only loaded. */
  creates: z.record(Creatable, z.union([z.string(), Created])).optional(),
});
export type Extension = z.infer<typeof Extension>;

/** manifests/extensions/*.yml: extension packages of one category, by name. */
export const Category = z.strictObject({
  category: Name,
  about: z.string(),
  extensions: z.record(Name, Extension),
});
export type Category = z.infer<typeof Category>;

/** The package of an extension for a target and a major, undefined where the family has none. */
export function packageOf(extension: Extension, target: Target, pg: string): string | undefined {
  return extension[target.format]?.replaceAll('{pg}', pg);
}

/** Whether the target's own archive is known to carry it for this major. */
export function isArchived(extension: Extension, target: Target, pg: string): boolean {
  return forTarget(extension.archive, target)?.includes(pg) ?? false;
}

/** One name for CREATE EXTENSION, and what it stands on. */
export interface Creation {
  name: string;
  about: string;
  preload: readonly string[];
  requires: readonly string[];
  /** Why it cannot be created as shipped, and what to do. */
  caveat?: string;
}

/** What a DBA can create from the extension `name` under a major. */
export function creations(name: string, extension: Extension, target: Target, pg: string): Creation[] {
  const { about, preload, requires, creates = { [name]: { about, requires } } } = extension;
  return Object.entries(creates).flatMap(([key, value]) => {
    const created: Partial<z.infer<typeof Created>> = typeof value === 'string' ? { about: value } : value;
    if (created.pg && !created.pg.includes(pg)) return [];
    const caveat = caveatFor(created.caveat ?? extension.caveat, target);
    return [{ name: key, about: created.about ?? about, preload: created.preload ?? preload, requires: created.requires ?? [], ...(caveat !== undefined && { caveat }) }];
  });
}

function caveatFor(caveat: z.infer<typeof Caveat> | undefined, target: Target): string | undefined {
  return typeof caveat === 'object' ? forTarget(caveat, target) : caveat;
}
