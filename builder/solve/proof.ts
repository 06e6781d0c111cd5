import type { Package } from '../../repo/package/package.ts';
import type { Because, Choice, Problem, Rejection } from './resolution.ts';

/** The proof that one root installs on a minimal host: everything that is installed with it, beyond the base set. */
export interface Proof {
  root: string;
  /** Sorted by name; the root itself is among them unless the base set holds it already. */
  choices: readonly Choice[];
  /** What spoke against candidates that stood before the ones taken. */
  rejections: readonly Rejection[];
  /** Members of the base set that have to go when this root is installed; almost always none. */
  removes: readonly Package[];
}

/** One package that must be shipped, and everything it is shipped for. */
export interface Shipped {
  package: Package;
  /** Part of the base set: shipped for every root. */
  base: boolean;
  /** The roots whose proof contains it, sorted. */
  roots: readonly string[];
  /** One entry per different asker, in the order of the roots. */
  because: readonly Because[];
  older?: true;
}

/** Roots that cannot be installed at the same time from what is shipped. */
export interface Rivalry {
  root: string;
  /** Other roots that together rule it out; usually one. */
  rivals: readonly string[];
  sentences: readonly string[];
}

/** A branch of a requirement that nobody can take: what it needs does not stand together, in the bundle or upstream. */
export interface Barred {
  by: Package;
  relation: string;
  taken: readonly Package[];
  /** The roots beside which it does not stand; none when the base set is enough to rule it out. */
  roots: readonly string[];
}

/** That what is shipped is closed under choice (choice.ts). */
export interface ChoiceProof {
  /** How many branches were tried. */
  branches: number;
  /** Those that cannot be taken; all others can. */
  barred: readonly Barred[];
}

/** That the roots install on a kind of host from what is shipped alone (baseline.ts), or what stands in the way. */
export interface BaselineProof {
  name: string;
  /** How many packages it has that an index knows; of how many of them the version is only assumed to be like another; how many names no index knows. */
  packages: number;
  assumed: number;
  unknown: number;
  failing: readonly { roots: readonly string[]; sentences: readonly string[] }[];
}

/** Everything a lock holds about what is shipped and why. */
export interface Proven {
  /** Every package to be shipped, sorted by name, version, architecture. */
  closure: readonly Shipped[];
  /** A proof for each root that can be had, in the order of their names. */
  proofs: readonly Proof[];
  choice: ChoiceProof;
  baselines: readonly BaselineProof[];
  rivalries: readonly Rivalry[];
  /** Roots that cannot be had at all. */
  unsatisfiable: readonly Problem[];
}
