import type { Package } from '../../repo/package/package.ts';
import { title } from './explain.ts';
import type { Proof } from './proof.ts';
import type { Problem } from './resolution.ts';
import type { Universe } from './universe.ts';

/**
 * Roots whose package another one obsoletes that is shipped as well: who asks dnf for the one is given the other. Of two that
 * obsolete each other neither is meant (circles.ts).
 */
export function replacedAmong(proofs: readonly Proof[], universe: Universe): Problem[] {
  const shipped = new Set(proofs.flatMap(({ choices }) => choices.map((choice) => choice.package)));
  const obsoleting = [...shipped].filter((item) => item.obsoletes?.length);
  return proofs.flatMap(({ root, choices }) => {
    const own = choices.find((choice) => choice.package.name === root)?.package;
    const others = own === undefined ? [] : obsoleting.filter((other) => replaces(universe, other, own) && !replaces(universe, own, other));
    return others.length > 0 ? [{ subject: root, sentences: others.map((other) => `${title(other)}, which is asked for too, obsoletes ${title(own!)}: dnf would install that in its place`) }] : [];
  });
}

const replaces = (universe: Universe, { name, obsoletes = [] }: Package, other: Package): boolean =>
  name !== other.name && obsoletes.some((capability) => capability.name === other.name && universe.meets(other.version, capability.bound));
