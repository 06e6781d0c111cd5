import { z } from 'zod';
import { nearest } from '../../repo/core/nearest.ts';
import type { Target } from '../../repo/package/target.ts';
import type { Catalog } from './catalog.ts';
import { groupOf, releaseFor } from './catalog.ts';
import { readGroupName } from './group.ts';
import { Major } from './major.ts';
import { covers, Platform } from './platform.ts';
import { PackageName } from './published.ts';
import { isSupported } from './release.ts';
import { isSet, PackageOrSet } from './set.ts';

const names = z.array(z.string()).default([]);

const Targets = z.union([z.record(z.string(), z.array(Major).min(1)), z.array(Platform).min(1)], 'a list of platforms, or targets with the majors of each: { d12.x86_64: ["15"] }');

/** manifests/bundles/*.yml: what somebody wants to carry across. */
export const Bundle = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/).describe('It becomes part of file names'),
  version: z.string('a version is a string, in quotes').regex(/^\d[0-9A-Za-z.+~-]*$/, 'a version begins with a digit').describe('Of the bundle, in quotes'),
  about: z.string().describe('What it is for, in one sentence'),
  sources: z.array(z.string()).min(1).describe('Names of manifests/sources, or the path of an own manifest of a source, from here: `./acme.yml`'),
  targets: Targets.describe('Platforms, such as [d12, el9.x86_64]; or targets with the majors of each: { d12.x86_64: ["15"] }'),
  pg: z.array(Major).min(1).optional().describe('The PostgreSQL majors for targets that do not name their own'),
  modules: names.describe('Whole modules of manifests/components'),
  components: names.describe('Single components, kernels among them'),
  groups: names.describe('Groups of manifests/groups.yml'),
  categories: names.describe('Every extension of a category'),
  extensions: z.union([z.literal('all'), z.array(z.string())], 'a list of names, or all').default([]).describe('By name, or all that the sources have'),
  packages: z.union([z.array(PackageOrSet), z.strictObject({ deb: z.array(PackageName).default([]), rpm: z.array(PackageOrSet).default([]) })]).default([]).describe('Further packages by the names they have upstream, the same in every family or apart; for EL streams of modules and groups too: `@postgresql:16`, `@postgresql:16/server`, `@Headless Management`'),
  exclude: names.describe('Components, extensions or packages to leave out of all the above'),
  baselines: z.array(z.string()).optional().describe('Kinds of hosts of manifests/baselines that it must install on; all of a target, when left out'),
  recommends: z.enum(['exclude', 'include']).default('exclude').describe('Whether recommended packages are carried too'),
  missing: z.enum(['error', 'warn', 'skip']).default('error').describe('What to do about something asked for that cannot be had. A server or component that cannot be had is always an error'),
});
export type Bundle = z.infer<typeof Bundle>;

/** The schema of a bundle, which knows every name of the catalog. */
export function bundleOf(catalog: Catalog): typeof Bundle {
  return Bundle.superRefine((bundle, context) => {
    const check = (path: (string | number)[], name: string, known: readonly string[], what: string): void => {
      if (known.includes(name)) return;
      const near = nearest(name, known);
      const remedy = near ? `, did you mean "${near}"?` : known.length <= 12 ? `, there are ${known.join(', ')}` : '';
      context.addIssue({ code: 'custom', path, message: `unknown ${what} "${name}"${remedy}` });
    };
    const all = (key: 'modules' | 'components' | 'categories', known: object, what: string): void => bundle[key].forEach((name, index) => check([key, index], name, Object.keys(known), what));
    checkTargets(bundle, catalog, context, check);
    bundle.sources.forEach((name, index) => check(['sources', index], name, Object.keys(catalog.sources), 'source'));
    all('modules', catalog.modules, 'module');
    all('components', catalog.components, 'component');
    all('categories', catalog.categories, 'category');
    bundle.baselines?.forEach((name, index) => check(['baselines', index], name, Object.keys(catalog.baselines), 'baseline'));
    if (Array.isArray(bundle.packages) && isForDebian(bundle, catalog)) bundle.packages.forEach((name, index) => {
      if (isSet(name)) context.addIssue({ code: 'custom', path: ['packages', index], message: `only EL has streams and groups; packages: { rpm: ['${name}'] } asks for it there alone` });
    });
    bundle.groups.forEach((name, index) => {
      if (!readGroupName(name, catalog.groups)) check(['groups', index], name, Object.keys(catalog.groups), 'group');
    });
    if (Array.isArray(bundle.extensions)) bundle.extensions.forEach((name, index) => {
      if (groupOf(catalog, name) === undefined) check(['extensions', index], name, [...Object.keys(catalog.extensions), ...Object.keys(catalog.created)], 'extension');
    });
  });
}

function isForDebian({ targets }: Bundle, catalog: Catalog): boolean {
  return catalog.targets.some((target) => target.format === 'deb' && (Array.isArray(targets) ? targets.some((platform) => covers(platform, target)) : Object.hasOwn(targets, target.code)));
}

function checkTargets(bundle: Bundle, catalog: Catalog, context: z.RefinementCtx, check: (path: (string | number)[], name: string, known: readonly string[], what: string) => void): void {
  if (!Array.isArray(bundle.targets)) {
    for (const code of Object.keys(bundle.targets)) check(['targets', code], code, catalog.targets.map((target) => target.code), 'target');
    return;
  }
  if (!bundle.pg) context.addIssue({ code: 'custom', path: ['targets'], message: "which PostgreSQL majors? pg: ['17'] names them for all targets" });
  bundle.targets.forEach((platform, index) => {
    if (!catalog.targets.some((target) => covers(platform, target))) context.addIssue({ code: 'custom', path: ['targets', index], message: `no target is a "${platform}"` });
  });
}

/** The targets that a bundle is made for, with the PostgreSQL majors of each: those it names for the target, or what the release supports of those it names for all. */
export function madeFor({ targets, pg = [] }: Bundle, catalog: Catalog): Map<string, readonly string[]> {
  if (!Array.isArray(targets)) return new Map(Object.entries(targets));
  const named = catalog.targets.filter((target) => targets.some((platform) => covers(platform, target)));
  const supported = (target: Target): string[] => pg.filter((major) => isSupported(releaseFor(catalog, target), major));
  return new Map(named.map((target) => [target.code, supported(target)] as const).filter(([, majors]) => majors.length > 0));
}
