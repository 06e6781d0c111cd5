import type { Digest } from '../../repo/core/digest.ts';
import type { Package } from '../../repo/package/package.ts';
import type { Modules } from '../../repo/rpm/modules.ts';
import type { Repomd } from '../../repo/rpm/repomd.ts';
import type { Drawn } from '../manifest/manifest.ts';
import type { Store } from '../store/store.ts';
import type { Patience } from './fetch.ts';
import type { Http } from './http.ts';
import type { Mirrors } from './mirror.ts';
import type { Keyring, Verified } from './verify.ts';

/** What reading from upstream needs of the world. */
export interface Upstream {
  /** Absent when nothing may be fetched: what was verified before is verified again. */
  http: Http | undefined;
  store: Store;
  mirrors: Mirrors;
  keyring: Keyring;
  /** Where keys are published, by fingerprint, as the manifests say. */
  published?: Readonly<Record<string, string>> | undefined;
  /** The moment that Valid-Until is held against. */
  now: Date;
  patience?: Patience | undefined;
}

/** One Packages index, as the signed Release names it. */
export interface Index {
  path: string;
  size: number;
  digest: Digest;
}

/** A suite or repository that was read. */
export interface Suite extends Pick<Verified, 'signer' | 'digest'> {
  name: string;
  drawn: Drawn;
  release: { date: Date };
  indexes: readonly Index[];
  packages: readonly Package[];
  /** Of an RPM repository: all that it has, for indexes that are read when something asks for them. */
  repomd?: Repomd;
  /** What it says of modules; undefined where it says nothing, or where its packages stand above all modules (dnf.conf(5), module_hotfixes). */
  modules?: Modules | undefined;
}
