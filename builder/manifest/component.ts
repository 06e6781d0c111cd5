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
  /** What `pg_mode` of an inventory says: `pgsql`, `ivory`, `mssql` … */
  mode: z.string().regex(/^[a-z]+$/),
  pg: z.array(Major),
  /** Where its programs lie; as PostgreSQL's when left out. */
  home: z.strictObject({ deb: z.string(), rpm: z.string() }).optional(),
  preload: z.array(z.string()).default([]),
});

export const Component = z.strictObject({
  about: z.string().min(1),
  /** What its packages are: the database itself, a kernel in its place, or anything else. */
  kind: z.enum(['server', 'kernel', 'component']).default('component'),
  kernel: Kernel.optional(),
  license: z.string().optional(),
  home: z.url({ protocol: /^https?$/ }).optional(),
  /** `{pg}` stands for each PostgreSQL major of the bundle. */
  deb: PerPlatform.optional(),
  rpm: PerPlatform.optional(),
  published: z.array(Shipped).default([]),
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
