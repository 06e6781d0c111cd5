import type { Wish } from './agenda.ts';
import { essentials } from './installable.ts';
import type { Universe } from './universe.ts';

/** What a minimal host has, as `debootstrap --variant=minbase` makes it: Essential, Priority required, and apt. */
export function minimalBase(universe: Universe): Wish[] {
  const required = universe.packages.filter((item, id) => universe.isCandidate(id) && item.priority === 'required' && universe.archOf(id) === universe.arch);
  const names = new Set(['apt', ...required.map((item) => item.name)]);
  const wishes = [...names].toSorted().map((name) => universe.named(name).filter((id) => universe.archOf(id) === universe.arch));
  return [...essentials(universe), ...wishes.filter((wish) => wish.length > 0)];
}
