import { z } from 'zod';
import type { Target } from '../../repo/package/target.ts';
import { covers as coversMajor, Majors } from './major.ts';
import { covers, Platform } from './platform.ts';

export const Name = z.string().regex(/^[a-z0-9][a-z0-9_+.-]*$/, 'a name has lower-case letters, digits, "-", "_", "+", "."');

/** A package as its family names it; `{pg}` stands for a PostgreSQL major. */
export const PackageName = z.string().regex(/^[A-Za-z0-9{][A-Za-z0-9_+.{}-]*$/, 'not the name of a package');

const version = z.string('a version is a string, in quotes').min(1);

/**
 * What an upstream source has published: on which platforms, for which majors, at which version when it was last looked at.
 * `pgark catalog check` holds these rows against the sources themselves.
 */
export const Published = z.strictObject({
  on: z.array(Platform).min(1),
  /** The name of a source. */
  from: Name,
  pg: Majors,
  /** The upstream version, without epoch and packaging revision. */
  version,
  /** Where the source names it otherwise than the rest of the family. */
  package: PackageName.optional(),
});
export type Published = z.infer<typeof Published>;

/** The same for what does not depend on a PostgreSQL major. */
export const Shipped = z.strictObject({
  on: z.array(Platform).min(1),
  from: Name,
  version: version.optional(),
  /** Where the source names them otherwise than the rest of the family. */
  packages: z.array(PackageName).min(1).optional(),
});
export type Shipped = z.infer<typeof Shipped>;

/** Declared by its makers, and published by no source. */
export const Gap = z.strictObject({ on: z.array(Platform).min(1), pg: Majors });
export type Gap = z.infer<typeof Gap>;

/** Whether a row is about a target, and about a major where it names some. */
export function isAbout(row: { on: readonly Platform[]; pg?: Majors }, target: Target, pg?: string): boolean {
  return (row.pg === undefined || pg === undefined || coversMajor(row.pg, pg)) && row.on.some((platform) => covers(platform, target));
}
