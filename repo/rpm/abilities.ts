import { compareVersions } from './version.ts';
import type { Dependency } from './metadata.ts';

/** What a version of rpm can do with a package. */
export interface Abilities {
  /** As a sentence calls it: `rpm 4.16.1.3 of EL 9`. */
  rpm: string;
  /** `rpmlib(…)` and the version of it. */
  features: ReadonlyMap<string, string>;
  compressors: ReadonlySet<string>;
}

/** Undefined for a release that nothing is known about. */
export function abilitiesOf(release: string): Abilities | undefined {
  const rpm = versions[release];
  return rpm === undefined ? undefined : { rpm: `rpm ${rpm} of EL ${release}`, features, compressors };
}

/** What a package asks of rpm and this one lacks, as sentences would name it. */
export function lackedOf(requires: readonly Dependency[], compressor: string, { features: known, compressors: read }: Abilities): string[] {
  const lacked = requires.filter(({ name }) => name.startsWith('rpmlib(')).filter((each) => !offers(known.get(each.name), each));
  return [...lacked.map(({ name, version }) => `${name} ${version}`), ...(read.has(compressor) ? [] : [`a payload packed with ${compressor}`])];
}

const versions: Record<string, string> = { 8: '4.14.3', 9: '4.16.1.3', 10: '4.19.1.1' };

/**
 * `rpm --showrc`, and the table in rpm's lib/rpmds.c. EL 8 has them all, though its version is older than some: zstd since
 * 4.14.2-26.el8 (Red Hat bug 1715799), carets since 4.14.3 (bug 1724418; packages of its own AppStream ask for them). None has
 * been added between 4.15 and 4.19. Of dynamic build requirements only builds know.
 */
const features: ReadonlyMap<string, string> = new Map([
  ['rpmlib(VersionedDependencies)', '3.0.3-1'],
  ['rpmlib(CompressedFileNames)', '3.0.4-1'],
  ['rpmlib(PayloadIsBzip2)', '3.0.5-1'],
  ['rpmlib(PayloadFilesHavePrefix)', '4.0-1'],
  ['rpmlib(ExplicitPackageProvide)', '4.0-1'],
  ['rpmlib(HeaderLoadSortsTags)', '4.0.1-1'],
  ['rpmlib(ScriptletInterpreterArgs)', '4.0.3-1'],
  ['rpmlib(PartialHardlinkSets)', '4.0.4-1'],
  ['rpmlib(ConcurrentAccess)', '4.1-1'],
  ['rpmlib(BuiltinLuaScripts)', '4.2.2-1'],
  ['rpmlib(PayloadIsLzma)', '4.4.2-1'],
  ['rpmlib(FileDigests)', '4.6.0-1'],
  ['rpmlib(FileCaps)', '4.6.1-1'],
  ['rpmlib(ScriptletExpansion)', '4.9.0-1'],
  ['rpmlib(TildeInVersions)', '4.10.0-1'],
  ['rpmlib(LargeFiles)', '4.12.0-1'],
  ['rpmlib(RichDependencies)', '4.12.0-1'],
  ['rpmlib(CaretInVersions)', '4.15.0-1'],
  ['rpmlib(PayloadIsXz)', '5.2-1'],
  ['rpmlib(PayloadIsZstd)', '5.4.18-1'],
]);

const compressors: ReadonlySet<string> = new Set(['gzip', 'bzip2', 'lzma', 'xz', 'zstd']);

/** The bits are RPMSENSE_LESS, GREATER and EQUAL. */
function offers(has: string | undefined, { flags, version }: Dependency): boolean {
  if (has === undefined) return false;
  if (version === '' || (flags & 0x0e) === 0) return true;
  const order = compareVersions(has, version);
  return order < 0 ? (flags & 0x02) !== 0 : order > 0 ? (flags & 0x04) !== 0 : (flags & 0x08) !== 0;
}
