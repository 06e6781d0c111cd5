import type { Digest } from '../core/digest.ts';

export type Operator = '<' | '<=' | '=' | '>=' | '>';

export interface Bound {
  op: Operator;
  version: string;
}

/** Something a package offers or asks for: `libc6 (>= 2.36)`, `perl:any`, `libssl.so.3()(64bit)`. */
export interface Capability {
  name: string;
  /** The architecture qualifier, `any` or a name of an architecture (deb only). */
  arch?: string;
  bound?: Bound;
  /** The same package must offer these as well, `(a with b)`, or must not, `(a without b)` (rpm only). */
  with?: readonly Capability[];
  without?: readonly Capability[];
  /** Satisfied when nothing that offers it is installed: the second half of `(a if b)` (rpm only). */
  absent?: true;
}

/** Satisfied by any of its alternatives; their order is a preference (Debian policy 7.1). */
export type Relation = readonly [Capability, ...Capability[]];

/** How a package behaves beside itself of another architecture (deb-control(5), Multi-Arch). */
export type MultiArch = 'no' | 'same' | 'foreign' | 'allowed';

/** One binary package of one upstream index, as the solver sees it. */
export interface Package {
  name: string;
  version: string;
  /** As the index spells it: `amd64`, `all`, `x86_64`, `noarch`. */
  arch: string;
  multiArch: MultiArch;
  /** Essential: every system has it (Debian policy 3.8). */
  essential: boolean;
  /** Protected, or Important as it was once spelt: kept where it is installed, forced on nobody (deb-control(5)). */
  protected?: boolean;
  /** Debian's Priority field: `required`, `important`, `standard`, `optional` … */
  priority: string;
  provides: readonly Capability[];
  /** Hard dependencies, pre-dependencies first. */
  requires: readonly Relation[];
  /** Weak dependencies that are installed by default. */
  recommends: readonly Relation[];
  /** What goes first among several because of this package, though it is not installed for that alone (rpm only). */
  suggests?: readonly Relation[];
  /** It is as good as recommended by these: by any entry of which every relation holds (rpm only). */
  supplements?: readonly (readonly Relation[])[];
  /** It is as good as suggested by these (rpm only). */
  enhances?: readonly (readonly Relation[])[];
  /** Conflicts and Breaks. */
  conflicts: readonly Capability[];
  /** Packages, by their names alone, that this one takes the place of (rpm only). */
  obsoletes?: readonly Capability[];
  /** Paths it has, as far as its index lists them; a relation may name one (rpm only). */
  files?: readonly string[];
  /** Lower goes before higher, whatever the version (rpm only). */
  repositoryPriority?: number;
  /** The name of the upstream source (manifests/sources) and the suite it came from: `debian/bookworm`. */
  source: string;
  /** The path of the file below the source's base address. */
  url: string;
  /** Bytes. */
  size: number;
  /** Kibibytes once installed, 0 when the index does not say. */
  installed: number;
  digest: Digest;
  /** The upstream text of the entry, to be emitted again as it was. */
  stanza: string;
}

/** `postgresql-15 15.14-0+deb12u1 amd64`: names one package of one universe. */
export const identify = (item: Pick<Package, 'name' | 'version' | 'arch'>): string => `${item.name} ${item.version} ${item.arch}`;
