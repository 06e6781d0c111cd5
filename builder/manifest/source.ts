import { z } from 'zod';
import type { Target } from '../../repo/package/target.ts';
import { releaseOf } from './target.ts';

/** RFC 4880, 12.2: the fingerprint of a version 4 key. */
const Fingerprint = z.string().regex(/^[0-9A-F]{40}$/, 'a fingerprint is 40 upper-case hexadecimal digits');

/** Any host will do, one of an intranet or an address too. */
const Address = z.url({ protocol: /^https?$/ });

const ReleaseOrTarget = z.string().regex(/^(el|d|u)\d+(\.(x86_64|aarch64))?$/, 'a release (d12) or a target (d12.x86_64)');

/** A tree of `dists` and `pool` behind one base address. */
export const Archive = z.strictObject({
  url: Address,
  /** Names of suites that move from release to release: what apt may be configured with, and what a Release may call itself. */
  seen: z.array(z.string()).default([]),
});
export type Archive = z.infer<typeof Archive>;

export const Suite = z.strictObject({
  /** The folder below `dists`. */
  suite: z.string().regex(/^[a-z0-9][a-z0-9.+/-]*$/),
  /** What its Release must call itself. */
  codename: z.string(),
  targets: z.array(ReleaseOrTarget).min(1),
  archive: z.string(),
  components: z.array(z.string()).min(1),
  /** Any of these may have signed it. */
  keys: z.array(Fingerprint).min(1),
});
export type Suite = z.infer<typeof Suite>;

/** manifests/sources/*.yml: where packages come from and whose signature makes them trusted. */
export const Source = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]*$/),
    about: z.string(),
    format: z.literal('deb'),
    archives: z.record(z.string(), Archive),
    keys: z.record(Fingerprint, z.strictObject({ owner: z.string(), url: Address })),
    suites: z.array(Suite).min(1),
  })
  .superRefine((source, context) => {
    source.suites.forEach((suite, index) => {
      if (!source.archives[suite.archive]) {
        context.addIssue({ code: 'custom', path: ['suites', index, 'archive'], message: `unknown archive "${suite.archive}", archives are ${Object.keys(source.archives).join(', ')}` });
      }
      suite.keys.forEach((key, at) => {
        if (!source.keys[key]) context.addIssue({ code: 'custom', path: ['suites', index, 'keys', at], message: `${key} is not described under keys` });
      });
    });
  });
export type Source = z.infer<typeof Source>;

/** The suites that a target draws from. */
export function suitesFor(source: Source, target: Target): Suite[] {
  return source.suites.filter((suite) => suite.targets.some((each) => each === target.code || each === releaseOf(target)));
}
