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

/** Says which spots these are in as few regions as can be. `possible` are the targets that a region of a major could speak of at all. */
export function regionsOf(spots: readonly Spot[], possible: (pg: string) => readonly Target[], preferred: readonly string[] = []): Region[] {
  const regions = new Map<string, Target[]>();
  for (const [target, majors] of byTarget(spots)) {
    for (const run of runsOf(majors)) regions.set(run, [...(regions.get(run) ?? []), target]);
  }
  return [...regions].map(([pg, targets]) => ({ pg, on: platformsFor(targets, possible(pg.slice(-2)), preferred) }));
}

/** Whether a region speaks of a spot. */
export const isWithin = ({ on, pg }: Region, spot: Spot): boolean => on.some((platform) => covers(platform, spot.target)) && (pg === '' || coversMajor(pg, spot.pg));

/** The widest platforms that stand for these targets and for no other possible one; those that were written before come first. */
export function platformsFor(targets: readonly Target[], possible: readonly Target[], preferred: readonly string[] = []): string[] {
  const left = new Set(targets.map((target) => target.code));
  const wanted = new Set(left);
  const chosen: string[] = [];
  for (const { platform, codes } of [...meanings(preferred, possible), ...byWidth(meanings(platformsOf(targets), possible))]) {
    if (!codes.every((code) => wanted.has(code)) || !codes.some((code) => left.has(code))) continue;
    chosen.push(platform);
    for (const code of codes) left.delete(code);
  }
  return [...chosen, ...left];
}

interface Meaning {
  platform: string;
  codes: readonly string[];
}

const meanings = (platforms: readonly string[], possible: readonly Target[]): Meaning[] => platforms.map((platform) => ({ platform, codes: possible.filter((target) => covers(platform, target)).map((target) => target.code) }));

/** Of platforms that mean the same here, the one that means less elsewhere comes first. */
const byWidth = (all: readonly Meaning[]): Meaning[] => all.toSorted((a, b) => b.codes.length - a.codes.length);

/** From the narrowest to the widest. */
function platformsOf(targets: readonly Target[]): string[] {
  const families = ['el', 'ubuntu', 'debian', 'deb'];
  return [...new Set(targets.map(releaseOf)), ...families.flatMap((each) => [`${each}.x86_64`, `${each}.aarch64`]), ...families];
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
