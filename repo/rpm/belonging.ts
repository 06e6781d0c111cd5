import type { Package } from '../package/package.ts';
import type { Target } from '../package/target.ts';
import type { Repomd } from './repomd.ts';

/** What is known of a repository once its index is read, and where it was looked for. */
export interface Found {
  repomd: Pick<Repomd, 'tags'>;
  packages: readonly Pick<Package, 'arch' | 'version'>[];
  /** Its folder as the manifest spells it for the target: `9/BaseOS/x86_64/os`. */
  path: string;
}

/**
 * What speaks against an index being that of the repository that was asked for. A repomd.xml does not say where it belongs: of
 * two repositories signed by one key, whoever stands between could hand out either. Empty where nothing contradicts the target.
 * The release is asked for only where the path names it, since some have one repository for all releases.
 */
export function contradictionsOf({ repomd, packages, path }: Found, { release, packageArch }: Pick<Target, 'release' | 'packageArch'>): string[] {
  const archs = distinct(packages.map((item) => item.arch).filter((arch) => arch !== 'noarch' && arch !== 'src'));
  const tagged = valuesOf(repomd.tags, binary);
  const isOfRelease = new RegExp(`(^|\\D)${release}(\\D|$)`).test(path);
  const systems = isOfRelease ? valuesOf(repomd.tags, system) : [];
  const releases = isOfRelease ? valuesOf(packages.map((item) => item.version), distTag) : [];
  return [
    ...other(archs, packageArch, (told) => `its packages are for ${told}`),
    ...other(tagged, packageArch, (told) => `its repomd.xml says that it is of ${told}`),
    ...other(systems, release, (told) => `its repomd.xml says that it is for release ${told}`),
    ...other(releases, release, (told) => `its packages are made for EL ${told}`),
  ];
}

/** `--content` and `--distro` of createrepo_c(8), as composes of distributions give them. */
const binary = /^binary-(\w+)$/;
const system = /^cpe:\/o:[^:]+:[^:]+:(\d+)/;

/** `.el9`, `.el9_6`, `.rhel9`, `.module+el9.4.0`. */
const distTag = /[.+](?:el|rhel)(\d+)/i;

const valuesOf = (texts: readonly string[], pattern: RegExp): string[] => distinct(texts.flatMap((text) => pattern.exec(text)?.[1] ?? []));

const other = (told: readonly string[], wanted: string, say: (told: string) => string): string[] => (told.length === 0 || told.includes(wanted) ? [] : [say(told.join(', '))]);

const distinct = (words: readonly string[]): string[] => [...new Set(words)].sort();
