import { Fault } from '../core/fault.ts';
import type { Package } from '../package/package.ts';
import { fieldOf, readFields } from './stanza.ts';

/** What a repository says about one package file. */
export type Pooled = Pick<Package, 'name' | 'version' | 'arch' | 'size' | 'digest' | 'stanza'>;

/**
 * Where a package file stands: `pool/p/postgresql-15/postgresql-15_15.14-0+deb12u1_amd64.deb`. Made of the name, the
 * version and the architecture alone, so that no path of an upstream index ever names a file of ours.
 * @throws Fault untrusted when one of them could leave the pool
 */
export function poolPath(item: Pooled): string {
  const source = sourceOf(item);
  const unsafe = [
    [item.name, packageName],
    [source, packageName],
    [item.version, packageVersion],
    [item.arch, packageArch],
  ].filter(([text, form]) => !(form as RegExp).test(text as string));
  if (unsafe.length > 0) {
    throw new Fault('untrusted', `${item.name} ${item.version} ${item.arch} cannot be given a path in the pool`, { details: unsafe.map(([text]) => `not a name, version or architecture: ${JSON.stringify(text)}`) });
  }
  return `pool/${prefixOf(source)}/${source}/${item.name}_${withoutEpoch(item.version)}_${item.arch}.deb`;
}

// Debian policy 5.6.1, 5.6.7 and 5.6.12. A "." at the beginning or a "/" anywhere could climb out of the pool.
const packageName = /^[a-z0-9][a-z0-9+.-]+$/;
const packageVersion = /^[0-9][A-Za-z0-9.+:~-]*$/;
const packageArch = /^[a-z0-9][a-z0-9-]*$/;

/** The source package, without the version that may follow it: `Source: postgresql-15 (15.14-1)`. */
function sourceOf(item: Pooled): string {
  return fieldOf(readFields(item.stanza), 'Source')?.split(/[ (]/)[0] ?? item.name;
}

/** Debian's own pool takes four letters for libraries, one for all else. */
function prefixOf(source: string): string {
  return source.startsWith('lib') ? source.slice(0, 4) : source.slice(0, 1);
}

// An epoch never stands in a file name (Debian policy 5.6.12.1).
const withoutEpoch = (version: string): string => version.replace(/^\d+:/, '');
