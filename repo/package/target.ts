import { z } from 'zod';

/** A distribution release and an architecture: what a bundle is for, and what a host is. */
export const Target = z.strictObject({
  /** `d12.x86_64` */
  code: z.string().regex(/^(el|d|u)\d+\.(x86_64|aarch64)$/),
  /** The `ID` of os-release(5): `debian`, `ubuntu`, `rocky` … */
  distro: z.string().regex(/^[a-z][a-z0-9._-]*$/),
  format: z.enum(['deb', 'rpm']),
  /** The `VERSION_ID` of os-release(5), its major part: `12`. */
  release: z.string().regex(/^\d+$/),
  /** The `VERSION_CODENAME` of os-release(5), empty where there is none. */
  codename: z.string().regex(/^[a-z]*$/),
  /** The architecture as uname(1) says it. */
  arch: z.enum(['x86_64', 'aarch64']),
  /** The architecture as the package format says it: `amd64`. */
  packageArch: z.string().regex(/^[a-z0-9_-]+$/),
});
export type Target = z.infer<typeof Target>;
