import { z } from 'zod';
import type { Target } from '../../repo/package/target.ts';
import { ascends, covers as coversMajor, descends, Majors } from './major.ts';
import { covers, Platform } from './platform.ts';

export const Name = z.string().regex(/^[a-z0-9][a-z0-9_+.-]*$/, 'a name has lower-case letters, digits, "-", "_", "+", "."');

/** A package as its family names it; `{pg}` stands for a PostgreSQL major. */
export const PackageName = z.string().regex(/^[A-Za-z0-9{][A-Za-z0-9_+.{}-]*$/, 'not the name of a package');

const version = z.string('a version is a string, in quotes').min(1);

const platform = String.raw`(?:deb|el|debian|ubuntu|(?:el|d|u)\d+)(?:\.(?:x86_64|aarch64))?`;
const majors = String.raw`\d{2}(?:-\d{2})?`;
const row = new RegExp(String.raw`^(${platform}(?:,${platform})*) ([a-z0-9][a-z0-9_+.-]*) (${majors}) (\S+)(?: ([A-Za-z0-9{][A-Za-z0-9_+.{}-]*))?$`);
const gap = new RegExp(`^(${platform}(?:,${platform})*) (${majors})$`);

/**
 * What an upstream source has published, in one line: `PLATFORMS SOURCE MAJORS VERSION [PACKAGE]`, such as
 * `d12,ubuntu pgdg 14-18 3.6.4`. The version is upstream's, without epoch and packaging revision, as it was when last looked
 * at, or `server` for what has none but that of the server it comes with; `pgark catalog check` holds it against the sources.
 * The package is named where the source calls it otherwise than the rest of the family.
 */
export const Published = z.string().regex(row, 'not a line of: platforms source majors version [package], such as "d12,ubuntu pgdg 14-18 3.6.4"').refine((line) => ascends(line.split(' ')[2] ?? ''), descends).transform((line) => {
  const [, on, from, pg, of, carrier] = row.exec(line) as unknown as [string, string, string, string, string, string?];
  return { on: on.split(','), from, pg, version: of, ...(carrier !== undefined && { package: carrier }) };
});
export type Published = z.infer<typeof Published>;

/** Declared by its makers, and published by no source: `PLATFORMS MAJORS`. */
export const Gap = z.string().regex(gap, 'not a line of: platforms majors, such as "u22 14-18"').refine((line) => ascends(line.split(' ')[1] ?? ''), descends).transform((line) => {
  const [on, pg] = line.split(' ') as [string, string];
  return { on: on.split(','), pg };
});
export type Gap = z.infer<typeof Gap>;

/** The same for a component, whose packages seldom depend on a major. */
export const Shipped = z.strictObject({
  on: z.array(Platform).min(1).describe('Platforms: deb, el, debian, ubuntu, or a release like d12, with or without .x86_64 or .aarch64'),
  from: Name.describe('A name of manifests/sources'),
  pg: Majors.optional().describe('The PostgreSQL majors that the row is about; all, when left out'),
  version: version.optional().describe("Upstream's version, without epoch and packaging revision"),
  packages: z.array(PackageName).min(1).optional().describe('Where the source names them otherwise than the rest of the family'),
});
export type Shipped = z.infer<typeof Shipped>;

/** Whether a row is about a target, and about a major where it names some. */
export function isAbout(row: { on: readonly Platform[]; pg?: Majors | undefined }, target: Target, pg?: string): boolean {
  return (row.pg === undefined || pg === undefined || coversMajor(row.pg, pg)) && row.on.some((platform) => covers(platform, target));
}
