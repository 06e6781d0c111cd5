import type { Target } from '../../repo/package/target.ts';
import { covers as coversMajor } from '../manifest/major.ts';
import { covers, releaseOf } from '../manifest/platform.ts';

/** A target and a major; the major is empty where there is no difference between them. */
export interface Spot {
  target: Target;
  pg: string;
}

/** Spots in the words of a row: platforms, and a run of majors. */
export interface Region {
  on: string[];
  pg: string;
}

/** What platforms stand for. */
export interface Ground {
  /** Every target there is. */
  targets: readonly Target[];
  /** Those that a region of a major could speak of at all. */
  possible(pg: string): readonly Target[];
}

/** Says which spots these are in as few regions as can be; platforms that were written before are used again. */
export function regionsOf(spots: readonly Spot[], ground: Ground, preferred: readonly string[] = []): Region[] {
  const regions = new Map<string, Target[]>();
  for (const [target, majors] of byTarget(spots)) {
    for (const run of runsOf(majors)) regions.set(run, [...(regions.get(run) ?? []), target]);
  }
  return [...regions].map(([pg, targets]) => ({ pg, on: platformsFor(targets, pg.slice(-2), ground, preferred) }));
}

/** Whether a region speaks of a spot. */
export const isWithin = ({ on, pg }: Region, spot: Spot): boolean => on.some((platform) => covers(platform, spot.target)) && (pg === '' || coversMajor(pg, spot.pg));

/** The widest platforms that stand for these targets and for no other possible one. */
function platformsFor(targets: readonly Target[], pg: string, ground: Ground, preferred: readonly string[]): string[] {
  const left = new Set(targets.map((target) => target.code));
  const wanted = new Set(left);
  const chosen: string[] = [];
  for (const { platform, codes } of meaningsOf(targets, pg, ground, preferred)) {
    if (!codes.every((code) => wanted.has(code)) || !codes.some((code) => left.has(code))) continue;
    chosen.push(platform);
    for (const code of codes) left.delete(code);
  }
  return chosen;
}

/** Platforms that come into question, the best first: what was written before, what covers more, what means less elsewhere. */
function meaningsOf(targets: readonly Target[], pg: string, { targets: all, possible }: Ground, preferred: readonly string[]): { platform: string; codes: readonly string[] }[] {
  const codesOf = (platform: string, among: readonly Target[]): string[] => among.filter((target) => covers(platform, target)).map((target) => target.code);
  const families = ['el', 'ubuntu', 'debian', 'deb'];
  const platforms = [...new Set(targets.map(releaseOf)), ...targets.map((target) => target.code), ...families, ...families.flatMap((each) => [`${each}.x86_64`, `${each}.aarch64`])];
  const meanings = platforms.map((platform) => ({ platform, codes: codesOf(platform, possible(pg)), width: codesOf(platform, all).length }));
  const sorted = meanings.toSorted((a, b) => b.codes.length - a.codes.length || a.width - b.width);
  return [...preferred.map((platform) => ({ platform, codes: codesOf(platform, possible(pg)) })), ...sorted];
}

function byTarget(spots: readonly Spot[]): Map<Target, string[]> {
  const majors = new Map<string, { target: Target; pgs: Set<string> }>();
  for (const { target, pg } of spots) {
    const entry = majors.get(target.code) ?? { target, pgs: new Set<string>() };
    entry.pgs.add(pg);
    majors.set(target.code, entry);
  }
  return new Map([...majors.values()].map(({ target, pgs }) => [target, [...pgs].toSorted()]));
}

/** 14, 15, 17 → `14-15`, `17`. */
function runsOf(majors: readonly string[]): string[] {
  const runs: [string, string][] = [];
  for (const pg of majors) {
    const last = runs.at(-1);
    if (last && Number(pg) === Number(last[1]) + 1) last[1] = pg;
    else runs.push([pg, pg]);
  }
  return runs.map(([first, last]) => (first === last ? first : `${first}-${last}`));
}
