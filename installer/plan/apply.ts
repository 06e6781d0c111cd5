import { Fault } from '../../repo/core/fault.ts';
import type { Progress } from '../../repo/core/progress.ts';
import { applyPart, skip, type Acting } from './apply-part.ts';
import { begin, circlesOf, lacking, stagesOf, type Course, type Part } from './course.ts';
import { reasonOf, reasonToStop, type Outcome } from './outcome.ts';
import type { Plan } from './plan.ts';

/**
 * Brings a plan about, stage after stage. A host stops at its first failure, or where it is lost, or where what it stands on elsewhere does not stand; all
 * others go on. Answers for every entry.
 */
export async function apply(plan: Plan, acting: Acting): Promise<Outcome[]> {
  const course = begin(plan);
  const outcomes: Outcome[] = [];
  for (const parts of stagesOf(course)) outcomes.push(...(await applyStage(parts, course, acting)));
  return outcomes;
}

async function applyStage(parts: readonly Part[], course: Course, acting: Acting): Promise<Outcome[]> {
  const busy = parts.filter(({ leg, entries }) => leg.ended === undefined && entries.some(({ commands }) => commands.length > 0));
  if (busy.length === 0) return parts.flatMap((part) => settle(part, skip(part.leg.host, part.entries, part.leg.ended ?? '')));
  const outcomes: Outcome[] = [];
  const act = async (progress: Progress): Promise<void> => {
    const circles = circlesOf(parts);
    // Who goes together is judged together: what fails now stops nobody beside it.
    const lacks = new Map(circles.flatMap(([part, ...others]) => (others.length === 0 ? [[part!, lacking(part!, course)] as const] : [])));
    const done = await progress.each(circles, 16, (circle) => inTurn(circle, lacks, course, { ...acting, progress }));
    outcomes.push(...done.flat());
    const failed = outcomes.find(({ result }) => result === 'failed' || result === 'lost');
    if (failed) throw new StageFailed('apply', reasonOf(failed));
  };
  await acting.progress.step(parts[0]!.entries[0]!.role, act).catch((error: unknown) => {
    if (!(error instanceof StageFailed)) throw error;
  });
  return outcomes;
}

/** Lets the progress draw a failed stage; the outcomes tell the rest. */
class StageFailed extends Fault {}

/** Members of a cluster change one at a time; where one fails, those after it stay as they are. */
async function inTurn(circle: readonly Part[], lacks: ReadonlyMap<Part, string | undefined>, course: Course, acting: Acting): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const part of circle) {
    const { leg, entries } = part;
    const isIdle = entries.every(({ commands }) => commands.length === 0);
    leg.ended ??= isIdle ? undefined : acting.signal.aborted ? 'interrupted' : (reasonToStop(outcomes) ?? (lacks.has(part) ? lacks.get(part) : lacking(part, course)));
    outcomes.push(...settle(part, leg.ended === undefined ? await applyPart(part, acting) : skip(leg.host, entries, leg.ended)));
  }
  return outcomes;
}

/** Keeps what became of a part. */
function settle({ leg }: Part, outcomes: Outcome[]): Outcome[] {
  for (const { result, identity } of outcomes) if (result === 'changed' || result === 'unchanged') leg.settled.add(identity);
  leg.ended ??= reasonToStop(outcomes) ?? outcomes.flatMap((each) => (each.result === 'skipped' ? [each.because] : []))[0];
  leg.isLost ||= outcomes.some(({ result }) => result === 'lost');
  return outcomes;
}
