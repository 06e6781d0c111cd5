import { z } from 'zod';
import { Fault } from '../../repo/core/fault.ts';
import { nearest } from '../../repo/core/nearest.ts';
import { Target } from '../../repo/package/target.ts';

/** manifests/distros.yml */
export const Distros = z.strictObject({ targets: z.array(Target).min(1) });
export type Distros = z.infer<typeof Distros>;

/** `d12` of `d12.x86_64`: a release whatever the architecture. */
export const releaseOf = (target: Target): string => target.code.slice(0, target.code.indexOf('.'));

/** What holds for a target among values written for a release or for one target: `d12`, `d12.x86_64`; the narrower wins. */
export function forTarget<T>(values: Readonly<Record<string, T>>, target: Target): T | undefined {
  return values[target.code] ?? values[releaseOf(target)];
}

/** The target of this code. @throws Fault usage */
export function findTarget(targets: readonly Target[], code: string): Target {
  const found = targets.find((target) => target.code === code);
  if (found) return found;
  const codes = targets.map((target) => target.code);
  const near = nearest(code, codes);
  throw new Fault('usage', `there is no target "${code}"${near ? `, did you mean "${near}"?` : ''}`, { hint: `targets are ${codes.join(', ')}` });
}
