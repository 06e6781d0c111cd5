import { begin, circlesOf, lacking, stagesOf } from './course.ts';
import type { Plan } from './plan.ts';

/** From which stage on nothing will be done on a host, and why. */
export interface Held {
  stage: number;
  because: string;
}

/** What hosts that are out of reach hold back on the others; by address. `apply` comes to the same by the same rules. */
export function foresee(plan: Plan): Map<string, Held> {
  const held = new Map<string, Held>();
  if (plan.lost.length === 0) return held;
  const course = begin(plan);
  for (const parts of stagesOf(course)) {
    for (const part of circlesOf(parts).flat().filter(({ leg }) => leg.ended === undefined)) {
      const because = lacking(part, course);
      if (because === undefined) continue;
      part.leg.ended = because;
      held.set(part.leg.host.address, { stage: part.entries[0]!.stage, because });
    }
  }
  return held;
}
