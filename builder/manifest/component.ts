import { z } from 'zod';
import type { Target } from '../../repo/package/target.ts';
import { forTarget } from './target.ts';

export const Name = z.string().regex(/^[a-z0-9][a-z0-9_+.-]*$/, 'a name has lower-case letters, digits, "-", "_", "+", "."');

/** Package names; `{pg}` stands for each PostgreSQL major of the bundle. */
const Names = z.array(z.string().regex(/^[a-z0-9{][a-z0-9+.{}-]*$/, 'not the name of a package')).min(1);

/** The same names on every release of a family, or names per release or target. */
const PerTarget = z.union([Names, z.record(z.string(), Names)]);

export const Component = z.strictObject({
  about: z.string(),
  /** What its packages are: parts of every host, the database itself, or anything else. */
  kind: z.enum(['server', 'component']).default('component'),
  deb: PerTarget.optional(),
  rpm: PerTarget.optional(),
});
export type Component = z.infer<typeof Component>;

/** manifests/components/*.yml: the parts of one module. */
export const Module = z.strictObject({
  module: Name,
  about: z.string(),
  components: z.record(Name, Component),
});
export type Module = z.infer<typeof Module>;

/** The packages of a component on a target, undefined where it has none. */
export function packagesOf(component: Component, target: Target): readonly string[] | undefined {
  const names = component[target.format];
  return Array.isArray(names) ? names : names && forTarget(names, target);
}
