import type { Wish } from './agenda.ts';
import { essentials } from './installable.ts';
import type { Universe } from './universe.ts';

/**
 * What a minimal host has. For Debian that is what `debootstrap --variant=minbase` makes: Essential, Priority required, and
 * apt. For RPM it is what has to be there before anything else, where the repositories have it.
 */
export function minimalBase(universe: Universe): Wish[] {
  const required = universe.packages.filter((item, id) => universe.isCandidate(id) && item.priority === 'required' && universe.archOf(id) === universe.arch);
  const names = new Set([...universe.semantics.floor, ...required.map((item) => item.name)]);
  const wishes = [...names].map((name) => universe.named(name).filter((id) => universe.archOf(id) === universe.arch));
  return [...wishes.filter((wish) => wish.length > 0), ...essentials(universe)];
}
