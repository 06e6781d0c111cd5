import type { Bound, Package } from '../../repo/package/package.ts';
import type { Spelling } from '../../repo/package/spelling.ts';
import type { Id, Universe } from './universe.ts';

/** Negative, zero or positive. */
export type Compare = (a: string, b: string) => number;

/** Wherein Debian and RPM differ: what satisfies what, and who goes first. */
export interface Semantics {
  /** How sentences write relations. */
  spelling: Spelling;
  /** Whether what is offered under a name is what is wanted of it; undefined stands for no version. */
  meets(offer: Bound | undefined, wanted: Bound | undefined, compare: Compare): boolean;
  /** Whether a package may offer its own name at other versions than its own. */
  offersOwnName: boolean;
  /** Whether a package of any architecture that hosts run will do; else its Multi-Arch says. */
  crossesArchitectures: boolean;
  /** Whether what a package conflicts with may bear its own name. */
  excludesOwnName: boolean;
  /** Whether two packages of one name stand beside each other. */
  stand(a: Package, b: Package): boolean;
  /** Whether the order of alternatives says which goes first; else they are ordered together. */
  prefersFirst: boolean;
  /** Whether one that is taken anyway goes before all others, and among those of equal standing one that weak dependencies prefer. */
  heedsOthers: boolean;
  /** Decides between packages of one name before their versions do; less goes first. */
  rank(item: Package): number;
  /** Those who satisfy something, best first. @param name what is asked for; a relation with alternatives has none */
  order(universe: Universe, ids: readonly Id[], name: string): Id[];
  /** Names that a minimal host begins with, as far as there are such. */
  floor: readonly string[];
}
