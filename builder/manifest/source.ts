import { z } from 'zod';
import type { Target } from '../../repo/package/target.ts';
import { covers as coversMajor, Majors } from './major.ts';
import { covers, Platform } from './platform.ts';
import { Name } from './published.ts';
import type { Release } from './release.ts';

/** RFC 4880, 12.2: the fingerprint of a version 4 key. */
export const Fingerprint = z.string().regex(/^[0-9A-F]{40}$/, 'a fingerprint is 40 upper-case hexadecimal digits');

/** Any host will do, one of an intranet or an address too. */
const Address = z.url({ protocol: /^https?$/ });

/** May hold {distro} {release} {minor} {codename} {arch} {packageArch}, and {pg} for each major of a bundle. */
const Pattern = z.string().regex(/^([A-Za-z0-9._+:~/-]|\{(distro|release|minor|codename|arch|packageArch|pg)\})*$/, 'not a path, in which {distro} {release} {minor} {codename} {arch} {packageArch} {pg} have a meaning');

/** What lies behind one base address. */
export const Archive = z.strictObject({
  url: Address.describe('The base address; --mirror NAME=URL puts another in its place'),
  regions: z.record(Name, Address).default({}).describe('Base addresses for regions of the world: `china: https://…`'),
  seen: z.array(z.string()).default([]).describe('Names of suites that move from release to release: what apt may be configured with, and what a Release may call itself (deb only)'),
});
export type Archive = z.infer<typeof Archive>;

const place = {
  targets: z.array(Platform).min(1).describe('Platforms: deb, el, debian, ubuntu, or a release like d12, with or without .x86_64 or .aarch64'),
  archive: z.string().describe('One of the archives above'),
  path: Pattern.default('').describe("The folder below the archive's base address, where it is not that itself"),
  pg: Majors.optional().describe('The PostgreSQL majors that it is drawn for; all, when left out'),
  keys: z.array(Fingerprint).default([]).describe('Any of these may have signed it; none when no fingerprint is known from its owner, and then it is not read'),
  only: z.array(z.string()).default([]).describe('Only packages of these names are taken from it; `*` stands for anything'),
  without: z.array(z.string()).default([]).describe('Packages of these names are not taken from it; `*` stands for anything'),
};

/** A suite of a Debian archive: a tree of `dists` and `pool`. */
const Suite = z.strictObject({
  suite: Pattern.min(1).describe('The folder below `dists`'),
  codename: Pattern.optional().describe('What its Release must call itself: the suite, when left out'),
  components: z.array(Pattern).min(1),
  ...place,
});

/** A repository with `repodata`. */
const Repository = z.strictObject({
  repository: Pattern.min(1).describe('Its name, as dnf would say it'),
  ...place,
  priority: z.int().min(1).max(99).default(99).describe('Lower goes before higher, whatever the version (dnf.conf(5), priority)'),
  packageKeys: z.array(Fingerprint).min(1).optional().describe('Any of these may have signed a package of it; the keys of its index, when left out'),
  hotfixes: z.boolean().default(false).describe('Whether its packages stand above the modules of the distribution (dnf.conf(5), module_hotfixes)'),
});

/** manifests/sources/*.yml: where packages come from and whose signature makes them trusted. */
export const Source = z
  .strictObject({
    name: Name,
    about: z.string(),
    module: Name.describe('The module that its packages belong to'),
    archives: z.record(Name, Archive).describe('Base addresses by a name, which --mirror takes'),
    keys: z.record(Fingerprint, z.strictObject({ owner: z.string(), url: Address.optional(), file: z.string().optional() })).default({}).describe('By fingerprint; the key itself lies in manifests/keys, in a file beside an own manifest, or is fetched from `url`, and counts only if it has this fingerprint'),
    disabled: z.string().optional().describe('Why nothing can be taken from it now: no fingerprint has been published by its owner'),
    suites: z.array(Suite).default([]),
    repositories: z.array(Repository).default([]),
  })
  .superRefine((source, context) => {
    const wrong = (path: (string | number)[], message: string): void => context.addIssue({ code: 'custom', path, message });
    if (source.suites.length + source.repositories.length === 0) wrong(['suites'], 'a source has suites or repositories');
    for (const kind of ['suites', 'repositories'] as const) {
      source[kind].forEach((each, index) => {
        if (!Object.hasOwn(source.archives, each.archive)) wrong([kind, index, 'archive'], `unknown archive "${each.archive}", archives are ${Object.keys(source.archives).join(', ')}`);
        if (each.keys.length === 0 && source.disabled === undefined) wrong([kind, index, 'keys'], 'without the fingerprint of a key its source has to be disabled, with the reason');
        if ('packageKeys' in each) {
          each.packageKeys?.forEach((key, at) => {
            if (!Object.hasOwn(source.keys, key)) wrong([kind, index, 'packageKeys', at], `${key} is not described under keys`);
          });
        }
        each.keys.forEach((key, at) => {
          if (!Object.hasOwn(source.keys, key)) wrong([kind, index, 'keys', at], `${key} is not described under keys`);
        });
      });
    }
  });
export type Source = z.infer<typeof Source>;

interface Place {
  archive: string;
  path: string;
  keys: readonly string[];
  only: readonly string[];
  without: readonly string[];
}

/** A suite, every pattern of it spelled out. */
export interface SuitePlace extends Place {
  format: 'deb';
  suite: string;
  codename: string;
  components: readonly string[];
}

/** A repository, every pattern of it spelled out. */
export interface RepositoryPlace extends Place {
  format: 'rpm';
  /** The name of the repository. */
  suite: string;
  priority: number;
  hotfixes: boolean;
  /** Who may have signed its packages, where that is not who signs its index. */
  packageKeys?: readonly string[] | undefined;
}

export type AnyPlace = SuitePlace | RepositoryPlace;

/** What a target draws from a source for some PostgreSQL majors. */
export function placesFor(source: Source, target: Target, release: Release, majors: readonly string[]): AnyPlace[] {
  return target.format === 'deb' ? suitesFor(source, target, release, majors) : repositoriesFor(source, target, release, majors);
}

function suitesFor(source: Source, target: Target, release: Release, majors: readonly string[]): SuitePlace[] {
  return source.suites
    .filter((suite) => suite.targets.some((platform) => covers(platform, target)))
    .flatMap(({ suite, codename = suite, components, targets: _, pg: of, ...rest }) =>
      perMajor([suite, codename, rest.path], among(majors, of)).map((pg) => {
        const spell = speller(target, release, pg);
        const parts = components.flatMap((component) => perMajor([component], among(majors, of)).map((major) => speller(target, release, major)(component)));
        return { ...rest, format: 'deb' as const, suite: spell(suite), codename: spell(codename), components: parts, path: spell(rest.path) };
      }),
    );
}

function repositoriesFor(source: Source, target: Target, release: Release, majors: readonly string[]): RepositoryPlace[] {
  return source.repositories
    .filter((each) => each.targets.some((platform) => covers(platform, target)))
    .flatMap(({ repository, targets: _, pg: of, ...rest }) =>
      perMajor([repository, rest.path], among(majors, of)).map((pg) => {
        const spell = speller(target, release, pg);
        return { ...rest, format: 'rpm' as const, suite: spell(repository), path: spell(rest.path) };
      }),
    );
}

const among = (majors: readonly string[], of: Majors | undefined): readonly string[] => (of === undefined ? majors : majors.filter((pg) => coversMajor(of, pg)));

/** Once for each major where a pattern speaks of majors, else once. */
const perMajor = (patterns: readonly string[], majors: readonly string[]): readonly string[] => (patterns.some((pattern) => pattern.includes('{pg}')) ? majors : ['']);

function speller(target: Target, release: Release, pg: string): (pattern: string) => string {
  const values: Record<string, string> = { distro: target.distro, release: target.release, minor: release.minor, codename: target.codename, arch: target.arch, packageArch: target.packageArch, pg };
  return (pattern) => pattern.replace(/\{(\w+)\}/g, (_, name: string) => values[name]!);
}
