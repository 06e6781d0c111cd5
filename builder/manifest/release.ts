import { z } from 'zod';
import type { Target } from '../../repo/package/target.ts';
import { covers, Majors } from './major.ts';

const Arch = z.enum(['x86_64', 'aarch64']);

/** One release of a distribution, whatever the architecture. */
export const Release = z.strictObject({
  code: z.string().regex(/^(el|d|u)\d+$/).describe('`d12`; with an architecture it is the code of a target'),
  title: z.string().describe('As people call it: `Debian 12 (bookworm)`'),
  distro: z.string().regex(/^[a-z][a-z0-9._-]*$/).describe('The `ID` of os-release(5)'),
  format: z.enum(['deb', 'rpm']),
  release: z.string('a release is a string, in quotes').regex(/^\d+$/).describe('The major part of `VERSION_ID` in os-release(5)'),
  minor: z.string('a point release is a string, in quotes').regex(/^\d+(\.\d+)*$/).describe('The newest point release known; some repositories have a folder for each'),
  codename: z.string().regex(/^[a-z]*$/).default('').describe('The `VERSION_CODENAME` of os-release(5), where there is one'),
  architectures: z.array(Arch).min(1).default(['x86_64', 'aarch64']),
  pg: Majors.describe('The PostgreSQL majors that are supported on it'),
  preview: Majors.optional().describe('The PostgreSQL majors that can be tried on it'),
  libc: z.strictObject({ name: z.string(), version: z.string('a version is a string, in quotes') }),
  home: z.string().startsWith('/').describe('Where a PostgreSQL major has its programs: `/usr/lib/postgresql/{pg}`'),
  locale: z.strictObject({ name: z.string(), package: z.string() }).describe('The locale that every host has, and the package that brings further ones'),
});
export type Release = z.infer<typeof Release>;

/** manifests/distros.yml */
export const Distros = z.strictObject({ releases: z.array(Release).min(1) });
export type Distros = z.infer<typeof Distros>;

/** Whether PostgreSQL of a major is supported on a release, or can be tried there. */
export const isSupported = ({ pg, preview }: Release, major: string): boolean => covers(pg, major) || (preview !== undefined && covers(preview, major));

// Debian names architectures in its own way (dpkg-architecture(1)); RPM uses those of uname(1).
const debian = { x86_64: 'amd64', aarch64: 'arm64' } as const;

/** The targets of a release, one an architecture. */
export function targetsOf({ code, distro, format, release, codename, architectures }: Release): Target[] {
  return architectures.map((arch) => ({ code: `${code}.${arch}`, distro, format, release, codename, arch, packageArch: format === 'deb' ? debian[arch] : arch }));
}
