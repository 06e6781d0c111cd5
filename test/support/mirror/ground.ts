import type { Release } from '../../../builder/manifest/release.ts';
import type { Entry } from './entry.ts';

/** The distribution's own packages that everything else stands on, by the source that has them. */
export function groundOf(release: Release, arch: string): { source: string; entries: Entry[] } {
  const source = release.format === 'rpm' ? 'rocky' : release.distro;
  const table = release.format === 'rpm' ? rpm : deb;
  const entries = Object.entries(table(release)).map(([name, { version = '1.0', needs = [], offers = [], essential = false }]) =>
    ({ name, version: `${version}-1`, arch, needs: [...(name === libc(release) ? [] : [libc(release)]), ...needs], conflicts: [], offers, essential }));
  return { source, entries };
}

/** The C library, which everything compiled asks for. */
export const libc = ({ format }: Pick<Release, 'format'>): string => (format === 'rpm' ? 'glibc' : 'libc6');

interface Row {
  version?: string;
  needs?: readonly string[];
  offers?: readonly string[];
  essential?: true;
}

const essential = true as const;

const deb = ({ libc: { version } }: Release): Record<string, Row> => ({
  libc6: { version, essential },
  'base-files': { essential },
  bash: { version: '5.2', essential },
  coreutils: { version: '9.1', essential },
  dpkg: { version: '1.21', needs: ['tar'], essential },
  gzip: { essential },
  tar: { essential },
  'perl-base': { version: '5.36', essential },
  apt: { version: '2.6.1', needs: ['gpgv', 'libssl3'] },
  gpgv: { version: '2.2.40' },
  libssl3: { version: '3.0.15' },
  zlib1g: { version: '1.2.13' },
  libxml2: { version: '2.9.14' },
  libpq5: { version: '13.0', needs: ['libssl3', 'zlib1g'] },
  perl: { version: '5.36', needs: ['perl-base'] },
  python3: { version: '3.11' },
});

const rpm = ({ release, libc: { version } }: Release): Record<string, Row> => ({
  glibc: { version, offers: ['libc.so.6()(64bit)', 'libc.so.6(GLIBC_2.28)(64bit)'], essential },
  setup: { essential },
  filesystem: { version: '3.16', needs: ['setup'], essential },
  basesystem: { version: '11', needs: ['filesystem'], essential },
  'rocky-release': { version: `${release}.0`, offers: ['system-release', `system-release(releasever) = ${release}`], essential },
  bash: { version: '5.1', offers: ['/bin/sh', '/bin/bash'], essential },
  coreutils: { version: '8.32', essential },
  rpm: { version: '4.16', essential },
  dnf: { version: '4.14', needs: ['rpm', 'python3'], essential },
  systemd: { version: '252', needs: ['bash'], essential },
  'openssl-libs': { version: '3.0' },
  zlib: { version: '1.2.11' },
  libxml2: { version: '2.9.13' },
  perl: { version: '5.32' },
  python3: { version: '3.9' },
});
