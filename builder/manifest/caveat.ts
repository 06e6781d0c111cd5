import { z } from 'zod';
import type { Target } from '../../repo/package/target.ts';
import { forTarget, Platform } from './platform.ts';

/** In one sentence; where a later version of the package is mended, with that version. */
const Trouble = z.union([z.string(), z.strictObject({ before: z.string().describe('The version of the package that is mended'), is: z.string() })]);
type Trouble = z.infer<typeof Trouble>;

/**
 * Why CREATE EXTENSION fails with what the archive ships, and what to do instead: for every target, or for some (`d12`,
 * `d13.aarch64`). test/e2e/extensions.test.ts holds each of them against the packages themselves.
 */
export const Caveat = z.union([z.string(), z.record(Platform, Trouble)]);
export type Caveat = z.infer<typeof Caveat>;

/** A caveat as it holds for one target. */
export interface Barred {
  caveat?: string;
  /** The version of the package from which on the caveat no longer holds. */
  mended?: string;
}

export function barredBy(caveat: Caveat | undefined, target: Target): Barred {
  const trouble = typeof caveat === 'object' ? forTarget<Trouble>(caveat, target) : caveat;
  if (trouble === undefined) return {};
  return typeof trouble === 'string' ? { caveat: trouble } : { caveat: trouble.is, mended: trouble.before };
}

/** A line for each platform that it is about. */
export function spellCaveat(caveat: Caveat | undefined): string[] {
  if (caveat === undefined) return [];
  return typeof caveat === 'string' ? [caveat] : Object.entries(caveat).map(([platform, trouble]) => (typeof trouble === 'string' ? `${platform}: ${trouble}` : `${platform}, before ${trouble.before}: ${trouble.is}`));
}
