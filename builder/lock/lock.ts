import { z } from 'zod';
import { Target } from '../../repo/package/target.ts';

const Digest = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 has 64 lower-case hexadecimal digits');

/** They become names of files, of the repository's Release too: no blank, slash or line break stands in them. */
const Name = z.string().regex(/^[a-z][a-z0-9-]*$/);
const Version = z.string().regex(/^\d[0-9A-Za-z.+~-]*$/, 'a version begins with a digit');

const Size = z.int().min(0);

/** The place of a package in `packages`. */
const Place = z.int().min(0);

/** A signed suite that was read, with everything needed to find and verify it again. */
export const LockedSource = z.strictObject({
  /** The source and its suite: `debian/bookworm-security`. */
  name: z.string(),
  /** What `--mirror` calls the archive. */
  archive: z.string(),
  /** The base address in the manifest; never that of the mirror that was used. */
  url: z.string(),
  /** The part of it that lies below the base address of the archive. */
  path: z.string().default(''),
  suite: z.string(),
  /** The primary key whose signature was good. */
  signer: z.string(),
  /** The primary keys that the manifest pins for it, sorted; of an RPM repository those for its packages, one of which has signed each. None in a lock of before they were kept. */
  keys: z.array(z.string().regex(/^[0-9A-F]{40}$/)).default([]),
  /** When upstream made it. */
  date: z.iso.datetime(),
  /** Of the signed text, the file `Release`. */
  release: Digest,
  /** The Packages indexes that were read, unpacked. */
  indexes: z.array(z.strictObject({ path: z.string(), size: Size, digest: Digest })),
});
export type LockedSource = z.infer<typeof LockedSource>;

/** Why a package is in the bundle; followed from `by` to `by`, it leads to a root, to the base set or to a baseline. */
export const LockedBecause = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('root'), root: z.string() }),
  z.strictObject({ kind: z.literal('base') }),
  z.strictObject({ kind: z.literal('baseline'), baseline: z.string() }),
  z.strictObject({ kind: z.enum(['requires', 'recommends']), by: Place, relation: z.string() }),
]);
export type LockedBecause = z.infer<typeof LockedBecause>;

export const LockedPackage = z.strictObject({
  name: z.string(),
  version: z.string(),
  arch: z.string(),
  size: Size,
  /** Kibibytes once installed. */
  installed: Size,
  digest: Digest,
  /** The name of the locked source it comes from. */
  source: z.string(),
  /** The base address of its source with its path. */
  url: z.string(),
  /** Part of what every system has. */
  base: z.literal(true).optional(),
  /** A newer version exists, but nothing else works with it. */
  older: z.literal(true).optional(),
  because: z.array(LockedBecause),
  /** The upstream text of its entry. */
  stanza: z.string(),
});
export type LockedPackage = z.infer<typeof LockedPackage>;

/** A package that was asked for, with the proof that it installs. */
export const LockedRoot = z.strictObject({
  package: z.string(),
  version: z.string(),
  kind: z.enum(['server', 'kernel', 'component', 'extension', 'package']),
  /** The component or extension in the manifests. */
  name: z.string(),
  pg: z.string().optional(),
  /** What is installed with it on a system that has the base set and nothing else. */
  proof: z.array(Place),
  /** Members of the base set that have to go for it. */
  removes: z.array(Place).default([]),
  /** Roots that it cannot be installed beside. */
  conflicts: z.array(z.string()),
});
export type LockedRoot = z.infer<typeof LockedRoot>;

/** A name that CREATE EXTENSION takes once its package is installed. */
export const LockedExtension = z.strictObject({
  name: z.string(),
  package: z.string(),
  pg: z.string(),
  description: z.string(),
  preload: z.array(z.string()),
  requires: z.array(z.string()),
  /** Why it cannot be created as shipped, and what to do. */
  caveat: z.string().optional(),
});
export type LockedExtension = z.infer<typeof LockedExtension>;

/** A name for several packages at once, as far as they are in the bundle. */
export const LockedGroup = z.strictObject({
  name: z.string(),
  /** The one major whose packages these are; `pg17-gis` is `pgsql-gis` of 17. */
  pg: z.string().optional(),
  packages: z.array(z.string()),
  /** What belongs to it and is not in the bundle: components, extensions, and single packages of one that is there in part. */
  missing: z.array(z.string()).default([]),
});
export type LockedGroup = z.infer<typeof LockedGroup>;

/** A candidate that was not taken, and why. */
export const LockedRejection = z.strictObject({ package: z.string(), by: z.string(), relation: z.string(), because: z.string() });

/** That what is shipped is closed under choice: whatever a client takes, its roots install from the bundle alone (builder/solve/choice.ts). */
export const LockedChoice = z.strictObject({
  /** How many branches there are where a requirement leaves a client a choice. */
  branches: Size,
  /** Those that no client can take, because they exclude what they are taken for, upstream as well. All others can be taken. */
  barred: z.array(z.strictObject({
    by: Place,
    relation: z.string(),
    taken: z.array(Place),
    /** The roots beside which it does not stand; none when the base set is enough to rule it out. */
    roots: z.array(z.string()),
  })),
});
export type LockedChoice = z.infer<typeof LockedChoice>;

/** A kind of host that is not minimal (manifests/baselines), held against the bundle (builder/solve/baseline.ts). */
export const LockedBaseline = z.strictObject({
  name: z.string(),
  /** How many packages it has that an index knows; of how many the version is assumed to be like another; how many names no index knows. */
  packages: Size,
  assumed: Size,
  unknown: Size,
  /** Roots that do not install there, and why. */
  failing: z.array(z.strictObject({ roots: z.array(z.string()), reasons: z.array(z.string()) })),
});
export type LockedBaseline = z.infer<typeof LockedBaseline>;

/** A build of a stream of a module, some of whose packages are shipped. */
export const LockedModule = z.strictObject({
  /** `postgresql:16` */
  stream: z.string(),
  version: z.string(),
  context: z.string(),
  /** The document as upstream wrote it. */
  document: z.string(),
});
export type LockedModule = z.infer<typeof LockedModule>;

/** What upstream says of an update that is shipped, with no packages but those that are. */
export const LockedAdvisory = z.strictObject({ id: z.string(), stanza: z.string() });
export type LockedAdvisory = z.infer<typeof LockedAdvisory>;

/** `<bundle>.<target>.lock.json`: everything a bundle is made of, and why. The same question and the same upstream give the same bytes. */
export const Lock = z.strictObject({
  format: z.literal(1),
  bundle: Name,
  version: Version,
  /** The newest date among the sources; no clock of ours. */
  created: z.iso.datetime(),
  target: Target,
  /** PostgreSQL majors, ascending. */
  pg: z.array(z.string()),
  recommends: z.enum(['exclude', 'include']),
  /** The version of Node.js that goes along. */
  runtime: z.string(),
  /** Of what the manifests asked for. */
  manifest: Digest,
  sources: z.array(LockedSource),
  roots: z.array(LockedRoot),
  extensions: z.array(LockedExtension),
  /** Sorted by name and major; none that nothing is shipped of. */
  groups: z.array(LockedGroup).default([]),
  /** What was asked for and cannot be had. */
  missing: z.array(z.strictObject({ package: z.string(), kind: z.enum(['server', 'kernel', 'component', 'extension', 'package']), name: z.string(), pg: z.string().optional(), reasons: z.array(z.string()) })),
  /** Roots that cannot be installed together, with the reasons. */
  rivalries: z.array(z.strictObject({ root: z.string(), rivals: z.array(z.string()), reasons: z.array(z.string()) })),
  rejected: z.array(LockedRejection),
  /** Not proven when left out. */
  choice: LockedChoice.optional(),
  /** Kinds of hosts that the roots install on from the bundle alone, or what stands in the way. */
  baselines: z.array(LockedBaseline).optional(),
  /** Sorted by stream, version and context; left out where no package of a module is shipped. */
  modules: z.array(LockedModule).optional(),
  /** Sorted by their ids; left out where there are none. */
  advisories: z.array(LockedAdvisory).optional(),
  /** Sorted by name, version and architecture. */
  packages: z.array(LockedPackage),
});
export type Lock = z.infer<typeof Lock>;

/** `slim.d12.x86_64.lock.json` */
export const lockName = (lock: Pick<Lock, 'bundle' | 'target'>): string => `${lock.bundle}.${lock.target.code}.lock.json`;
