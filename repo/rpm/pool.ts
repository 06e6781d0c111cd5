import { Fault } from '../core/fault.ts';
import type { Package } from '../package/package.ts';

/** What a repository says about one package file. */
export type Pooled = Pick<Package, 'name' | 'version' | 'arch' | 'size' | 'digest' | 'stanza'>;

/**
 * Where a package file stands: `Packages/p/postgresql17-server-17.5-3PGDG.rhel9.x86_64.rpm`. Made of the name, the version and
 * the architecture alone, so that no path of an upstream index ever names a file of ours.
 * @throws Fault untrusted when one of them could leave the pool
 */
export function poolPath({ name, version, arch }: Pick<Pooled, 'name' | 'version' | 'arch'>): string {
  const unsafe = [[name, packageName], [version, packageVersion], [arch, packageArch]].filter(([text, form]) => !(form as RegExp).test(text as string));
  if (unsafe.length > 0) {
    throw new Fault('untrusted', `${name} ${version} ${arch} cannot be given a path in the pool`, { details: unsafe.map(([text]) => `not a name, version or architecture: ${JSON.stringify(text)}`) });
  }
  return `Packages/${name[0]!.toLowerCase()}/${name}-${withoutEpoch(version)}.${arch}.rpm`;
}

// rpm, docs/manual/spec.md: the characters of names and versions. A "." at the beginning or a "/" anywhere could climb out of the pool.
const packageName = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/;
const packageVersion = /^(\d+:)?[A-Za-z0-9_.+~^]+-[A-Za-z0-9_.+~^]+$/;
const packageArch = /^[a-z0-9_]+$/;

const withoutEpoch = (version: string): string => version.replace(/^\d+:/, '');
