import { z } from 'zod';
import { Fault } from '../../repo/core/fault.ts';
import { nearest } from '../../repo/core/nearest.ts';
import type { Target } from '../../repo/package/target.ts';

/** Some of the targets: those of a package format or distribution (`deb`, `el`, `debian`, `ubuntu`), of a release (`d12`), each with or without an architecture (`d12.x86_64`). */
export const Platform = z.string().regex(/^(deb|el|debian|ubuntu|(el|d|u)\d+)(\.(x86_64|aarch64))?$/, 'not a platform, which is deb, el, debian, ubuntu or a release like d12, with or without .x86_64 or .aarch64');
export type Platform = z.infer<typeof Platform>;

/** Whether a target is among those that a platform stands for. */
export function covers(platform: Platform, target: Target): boolean {
  const [family, arch] = platform.split('.') as [string, string?];
  return (arch === undefined || arch === target.arch) && familiesOf(target).includes(family);
}

/** What holds for a target among values written for platforms; the narrowest wins. */
export function forTarget<T>(values: Readonly<Record<Platform, T>>, target: Target): T | undefined {
  const names = familiesOf(target).flatMap((family) => [`${family}.${target.arch}`, family]);
  return names.map((name) => values[name]).find((value) => value !== undefined);
}

/** `d12` of `d12.x86_64`: a release whatever the architecture. */
export const releaseOf = (target: Target): string => target.code.slice(0, target.code.indexOf('.'));

/** The target of this code. @throws Fault usage */
export function findTarget(targets: readonly Target[], code: string): Target {
  const found = targets.find((target) => target.code === code);
  if (found) return found;
  const codes = targets.map((target) => target.code);
  const near = nearest(code, codes);
  throw new Fault('usage', `there is no target "${code}"${near ? `, did you mean "${near}"?` : ''}`, { hint: `targets are ${codes.join(', ')}` });
}

/** From the narrowest to the widest. */
function familiesOf(target: Target): string[] {
  const release = releaseOf(target);
  if (target.format === 'rpm') return [release, 'el'];
  return [release, release.startsWith('d') ? 'debian' : 'ubuntu', 'deb'];
}
