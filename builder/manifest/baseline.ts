import { z } from 'zod';
import type { Target } from '../../repo/package/target.ts';
import { covers, Platform } from './platform.ts';

const packages = z.array(z.string().regex(/^\S+ \S+$/, 'a name and a version, as in `acl 2.3.1-4.el9`')).default([]);

/** manifests/baselines/*.yml: a kind of host that bundles are carried to, beside the minimal one. */
export const Baseline = z.strictObject({
  about: z.string().describe('What host it is, in one sentence'),
  on: z.array(Platform).min(1).describe('The platforms that have such hosts'),
  suites: z.array(z.string()).default([]).describe('It has what every host has, at the versions of these suites alone: `debian/{codename}`'),
  packages: packages.describe('It has these packages: names, and versions without epochs'),
  x86_64: packages.describe('Those of one architecture'),
  aarch64: packages.describe('Those of the other architecture'),
});
export type Baseline = z.infer<typeof Baseline>;

/** A baseline on one target. */
export type Met = { name: string; suites: readonly string[] } | { name: string; packages: readonly { name: string; version: string }[] };

/** The baselines that a bundle is held against on a target: those that it names, or all of the target. */
export function baselinesOn(target: Target, baselines: Readonly<Record<string, Baseline>>, named: readonly string[] = Object.keys(baselines)): Met[] {
  const met = named.filter((name) => baselines[name]!.on.some((platform) => covers(platform, target)));
  return [...new Set(met)].sort().map((name) => spellOut(name, baselines[name]!, target));
}

function spellOut(name: string, baseline: Baseline, { arch, codename }: Target): Met {
  if (baseline.suites.length > 0) return { name, suites: baseline.suites.map((suite) => suite.replaceAll('{codename}', codename)) };
  const rows = [...baseline.packages, ...(arch === 'x86_64' ? baseline.x86_64 : baseline.aarch64)];
  return { name, packages: rows.map((row) => ({ name: row.split(' ')[0]!, version: row.split(' ')[1]! })) };
}
