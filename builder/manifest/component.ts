import { z } from 'zod';
import type { Target } from '../../repo/package/target.ts';
import { Major } from './major.ts';
import { forTarget, Platform } from './platform.ts';
import { isAbout, Name, PackageName, Shipped } from './published.ts';

/** Package names; `{pg}` stands for each PostgreSQL major of the bundle. */
const Names = z.array(PackageName).min(1);

/** The same names on every release of a family, or names per platform. */
const PerPlatform = z.union([Names, z.record(Platform, Names)]);

/** A server that speaks PostgreSQL: PostgreSQL itself, a fork, or a bundle of extensions that makes another product of it. */
const Kernel = z.strictObject({
  mode: z.string().regex(/^[a-z]+$/).describe('What `pg_mode` of an inventory says: `pgsql`, `ivory`, `mssql` …'),
  pg: z.array(Major).describe('The PostgreSQL majors that there are of it; none for one that follows no PostgreSQL'),
  home: z.strictObject({ deb: z.string(), rpm: z.string() }).optional().describe("Where its programs lie; as PostgreSQL's when left out"),
  preload: z.array(z.string()).default([]).describe('Libraries that must stand in shared_preload_libraries'),
});

export const Component = z.strictObject({
  about: z.string().min(1).describe('What it does, in one sentence'),
  kind: z.enum(['server', 'kernel', 'component']).default('component').describe('What its packages are: the database itself, a kernel in its place, or anything else'),
  kernel: Kernel.optional().describe('What makes it a server of its own'),
  license: z.string().optional().describe('An SPDX expression'),
  home: z.url({ protocol: /^https?$/ }).optional().describe('Where its makers tell about it'),
  deb: PerPlatform.optional().describe('`{pg}` stands for each PostgreSQL major of the bundle'),
  rpm: PerPlatform.optional().describe('`{pg}` stands for each PostgreSQL major of the bundle'),
  published: z.array(Shipped).default([]).describe('Which sources have it where, the preferred one first'),
});
export type Component = z.infer<typeof Component>;

/** manifests/components/*.yml: the parts of one module. */
export const Module = z.strictObject({
  module: Name,
  about: z.string(),
  components: z.record(Name, Component),
});
export type Module = z.infer<typeof Module>;

/** A source's packages of a component. */
export interface Supply {
  packages: readonly string[];
  source: string;
  version?: string;
}

/** Where a component is to be had on a target for a major, the preferred source first. */
export function suppliesOf(component: Component, target: Target, pg: string): Supply[] {
  const own = namesOf(component, target);
  return component.published
    .filter((row) => isAbout(row, target, pg))
    .flatMap(({ packages = own, from, version }) => (packages ? [{ packages: packages.map((each) => each.replaceAll('{pg}', pg)), source: from, ...(version !== undefined && { version }) }] : []));
}

/** Whether a target's packages of a component are one set for each PostgreSQL major. */
export const isPerMajor = (component: Component, target: Target): boolean => namesOf(component, target)?.some((name) => name.includes('{pg}')) ?? false;

function namesOf(component: Component, target: Target): readonly string[] | undefined {
  const names = component[target.format];
  return Array.isArray(names) ? names : names && forTarget(names, target);
}
