import type { Package } from '../../repo/package/package.ts';

/** Whether what a package recommends is taken too, where it can be. */
export type Recommends = 'exclude' | 'include';

/** Why a package is part of a resolution. */
export type Because =
  /** The request names it. */
  | { kind: 'root'; root: string }
  /** Every system has it: Essential, required, or apt itself, and what these need. */
  | { kind: 'base' }
  /** Hosts of this kind have an older version, which something shipped takes away from under other packages. */
  | { kind: 'baseline'; baseline: string }
  /** A chosen package asks for it; `relation` is the clause as the index writes it. */
  | { kind: 'requires' | 'recommends'; by: Package; relation: string };

export interface Choice {
  package: Package;
  because: Because;
  /** A newer version exists, but nothing else works with it; apt takes this one only when pinned. */
  older?: true;
}

/** A candidate that stood before the one taken, and what spoke against it. */
export interface Rejection {
  package: Package;
  /** Who asked: a package of the resolution, or the root. */
  by: string;
  relation: string;
  because: string;
}

/** What cannot be had, and everything that was tried, a sentence each. */
export interface Problem {
  /** The name that was asked for. */
  subject: string;
  sentences: readonly string[];
}

export type Resolution = { ok: true; choices: readonly Choice[]; rejections: readonly Rejection[] } | { ok: false; problems: readonly Problem[] };
