import { kindOf } from '../resource/kinds.ts';
import type { Resource } from '../resource/resource.ts';
import type { Command, Completed } from '../transport/command.ts';
import type { Wanted } from './wanted.ts';

/** What is asked of a host, and how the answers are read: one for each item, in their order. */
export interface Question {
  commands: readonly Command[];
  read(answers: readonly Completed[]): Completed[];
}

/** Many things of one kind are asked for with one command where the kind knows how: most of a look is the start of processes. */
export function questionOf({ items }: Wanted): Question {
  const places = Map.groupBy(items.keys(), (place) => groupOf(items[place]!.resource) ?? `alone ${place}`);
  const groups = [...places.values()].map((members) => ({ members, resources: members.map((place) => items[place]!.resource) }));
  return {
    commands: groups.map(({ resources }) => (resources.length === 1 ? kindOf(resources[0]!).probe(resources[0]!) : kindOf(resources[0]!).many!.probe(resources))),
    read: (answers) => {
      const found: Completed[] = [];
      groups.forEach(({ members, resources }, index) => {
        const parts = resources.length === 1 ? [answers[index]!] : kindOf(resources[0]!).many!.part(answers[index]!, resources);
        members.forEach((place, at) => (found[place] = parts[at]!));
      });
      return found;
    },
  };
}

/** Resources of one group can be asked for together. */
function groupOf(resource: Resource): string | undefined {
  const group = kindOf(resource).many?.group(resource);
  return group === undefined ? undefined : `${resource.kind} ${group}`;
}
