import { z } from 'zod';
import { Target } from '../package/target.ts';

/** What a bundle holds that somebody asked for by name. */
export const BundleRoot = z.strictObject({
  /** The package that is installed for it. */
  package: z.string(),
  version: z.string(),
  kind: z.enum(['base', 'server', 'kernel', 'component', 'extension', 'package']),
  /** The name of the component or extension in the manifests: `patroni`, `postgis`. */
  name: z.string(),
  /** The PostgreSQL major it belongs to, for servers and extensions. */
  pg: z.string().optional(),
  /** The packages that it cannot be installed beside. */
  conflicts: z.array(z.string()).default([]),
});
export type BundleRoot = z.infer<typeof BundleRoot>;

/** What a DBA can create from this bundle: one `CREATE EXTENSION` name of one PostgreSQL major. */
export const BundleExtension = z.strictObject({
  name: z.string(),
  package: z.string(),
  pg: z.string(),
  description: z.string(),
  /** Libraries that must stand in shared_preload_libraries before it can be created. */
  preload: z.array(z.string()).default([]),
  /** Other extensions that `CREATE EXTENSION` needs first. */
  requires: z.array(z.string()).default([]),
  /** Why it cannot be created as shipped, and what to do: one sentence for the user. */
  caveat: z.string().optional(),
});
export type BundleExtension = z.infer<typeof BundleExtension>;

/** A name for several packages at once, as far as the bundle holds them. */
export const BundleGroup = z.strictObject({
  /** `pgsql-gis`; `pg17-gis` is that of major 17 and has no entry. */
  name: z.string(),
  /** The one major whose packages these are; absent where they serve all. */
  pg: z.string().optional(),
  packages: z.array(z.string()),
  /** What belongs to it and is not in the bundle: components, extensions, and single packages of one that is there in part. */
  missing: z.array(z.string()).default([]),
});
export type BundleGroup = z.infer<typeof BundleGroup>;

/** A kind of host, beside a minimal one, that the bundle was held against when it was locked. */
export const BundleBaseline = z.strictObject({
  /** `el9.5-server` */
  name: z.string(),
  /** The point release of such hosts, where it is of one: `9.5`. */
  release: z.string().optional(),
  /** Roots that do not install there, and why; all others do, from this bundle alone. */
  failing: z.array(z.strictObject({ roots: z.array(z.string()), reasons: z.array(z.string()) })).default([]),
});
export type BundleBaseline = z.infer<typeof BundleBaseline>;

/** `bundle.json`: the contract across the air gap. Written one key a line, since bootstrap reads it with sed(1). */
export const Descriptor = z.strictObject({
  format: z.literal(1),
  /** `slim` */
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version: z.string(),
  /** `pgark-slim-0.1.0.d12.x86_64`: the name of the file, less `.tar`. */
  id: z.string(),
  /** The newest date among the signed upstream indexes and the key: no host's clock may stand before it. RFC 3339, UTC. */
  created: z.iso.datetime(),
  target: Target,
  /** PostgreSQL majors, ascending. */
  pg: z.array(z.string()),
  /** Upper-case hexadecimal fingerprint of the primary key that signs the bundle. */
  signer: z.string().regex(/^[0-9A-F]{40}$/),
  /** Fingerprints of the upstream keys that its RPM packages are signed with, sorted; packages of Debian carry no signatures of their own. */
  keys: z.array(z.string().regex(/^[0-9A-F]{40}$/)).default([]),
  /** SHA-256 of the lock it was built from. */
  lock: z.string(),
  /** Number of packages, their bytes, and their bytes once installed. */
  packages: z.int(),
  size: z.int(),
  installed: z.int(),
  /** The version of the Node.js inside. */
  runtime: z.string(),
  roots: z.array(BundleRoot),
  extensions: z.array(BundleExtension),
  /** Sorted by name and major; none that the bundle holds nothing of. */
  groups: z.array(BundleGroup).default([]),
  /** Sorted by name; none where nothing is known of hosts of the target. */
  baselines: z.array(BundleBaseline).default([]),
});
export type Descriptor = z.infer<typeof Descriptor>;
