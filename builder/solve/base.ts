import type { Wish } from './agenda.ts';
import { essentials } from './installable.ts';
import type { Universe } from './universe.ts';

/**
 * What a minimal host has, as `debootstrap --variant=minbase` makes it: Essential, Priority required, and apt. Like debootstrap
 * it begins with `usr-is-merged` where that exists: a fresh system needs no program to merge its /usr, nor what that needs.
 */
export function minimalBase(universe: Universe): Wish[] {
  const required = universe.packages.filter((item, id) => universe.isCandidate(id) && item.priority === 'required' && universe.archOf(id) === universe.arch);
  const names = ['usr-is-merged', ...new Set(['apt', ...required.map((item) => item.name)])];
  const wishes = names.map((name) => universe.named(name).filter((id) => universe.archOf(id) === universe.arch));
  return [...wishes.filter((wish) => wish.length > 0), ...essentials(universe)];
}
