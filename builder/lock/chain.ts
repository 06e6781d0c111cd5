import type { Lock, LockedBecause, LockedRoot } from './lock.ts';

/** One step from what was asked for towards a package: who asks, with which clause. */
export interface Link {
  /** `postgresql-15 15.15-0+deb12u1` */
  by: string;
  kind: 'requires' | 'recommends';
  relation: string;
}

/** How a package came in for one root; no links when the root is the package itself, or the base set has it. */
export interface Chain {
  /** The root, or undefined for the base set. */
  root: LockedRoot | undefined;
  links: readonly Link[];
}

/** The shortest chain from each root whose proof holds the package at this place, shortest first; from the base set if it belongs there. */
export function chainsTo(lock: Lock, place: number): Chain[] {
  const chains: Chain[] = [];
  if (lock.packages[place]!.base) chains.push({ root: undefined, links: shortest(lock, place, basePlaces(lock), (reason) => reason.kind === 'base') ?? [] });
  for (const root of lock.roots) {
    if (!root.proof.includes(place)) continue;
    const links = shortest(lock, place, new Set(root.proof), (reason) => reason.kind === 'root' && reason.root === root.package);
    if (links) chains.push({ root, links });
  }
  return chains.sort((a, b) => a.links.length - b.links.length);
}

/** Walks from the package to whoever asked for it, breadth first, without leaving `within`. */
function shortest(lock: Lock, place: number, within: ReadonlySet<number>, isEnd: (reason: LockedBecause) => boolean): Link[] | undefined {
  const queue: { at: number; links: Link[] }[] = [{ at: place, links: [] }];
  const seen = new Set([place]);
  for (const { at, links } of queue) {
    const reasons = lock.packages[at]!.because;
    if (reasons.some(isEnd)) return links;
    for (const reason of reasons) {
      if (!('by' in reason) || seen.has(reason.by) || !within.has(reason.by)) continue;
      seen.add(reason.by);
      queue.push({ at: reason.by, links: [linkOf(lock, reason), ...links] });
    }
  }
  return undefined;
}

function linkOf(lock: Lock, { by, kind, relation }: Extract<LockedBecause, { by: number }>): Link {
  const { name, version } = lock.packages[by]!;
  return { by: `${name} ${version}`, kind, relation };
}

const basePlaces = (lock: Lock): Set<number> => new Set(lock.packages.flatMap((item, place) => (item.base ? [place] : [])));
