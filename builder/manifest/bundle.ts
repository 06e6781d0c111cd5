import { z } from 'zod';
import { nearest } from '../../repo/core/nearest.ts';
import type { Catalog } from './catalog.ts';
import { Major } from './extension.ts';

/** manifests/bundles/*.yml: what somebody wants to carry across. */
const Shape = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version: z.string('a version is a string, in quotes').regex(/^\d[0-9A-Za-z.+~-]*$/, 'a version begins with a digit'),
  about: z.string(),
  /** Names of manifests/sources. */
  sources: z.array(z.string()).min(1),
  /** PostgreSQL majors per target. */
  targets: z.record(z.string(), z.array(Major).min(1)),
  /** Whole modules of manifests/components. */
  modules: z.array(z.string()).default([]),
  /** Single components. */
  components: z.array(z.string()).default([]),
  /** By name, or everything that the target's own archive carries. */
  extensions: z.union([z.strictObject({ archive: z.literal('all') }), z.array(z.string())], 'a list of names, or { archive: all }').default([]),
  /** Whether recommended packages are carried too. */
  recommends: z.enum(['exclude', 'include']).default('exclude'),
  /** What to do about an extension that cannot be had. A server or component that cannot be had is always an error. */
  missing: z.enum(['error', 'warn', 'skip']).default('error'),
});
export type Bundle = z.infer<typeof Shape>;

/** The schema of a bundle, which knows every name of the catalog. */
export function bundleOf(catalog: Catalog): typeof Shape {
  return Shape.superRefine((bundle, context) => {
    const check = (path: (string | number)[], name: string, known: readonly string[], what: string): void => {
      if (known.includes(name)) return;
      const near = nearest(name, known);
      const remedy = near ? `, did you mean "${near}"?` : known.length <= 12 ? `, there are ${known.join(', ')}` : '';
      context.addIssue({ code: 'custom', path, message: `unknown ${what} "${name}"${remedy}` });
    };
    const targets = catalog.targets.map((target) => target.code);
    for (const code of Object.keys(bundle.targets)) check(['targets', code], code, targets, 'target');
    bundle.sources.forEach((name, index) => check(['sources', index], name, Object.keys(catalog.sources), 'source'));
    bundle.modules.forEach((name, index) => check(['modules', index], name, Object.keys(catalog.modules), 'module'));
    bundle.components.forEach((name, index) => check(['components', index], name, Object.keys(catalog.components), 'component'));
    if (Array.isArray(bundle.extensions)) bundle.extensions.forEach((name, index) => check(['extensions', index], name, Object.keys(catalog.extensions), 'extension'));
  });
}
