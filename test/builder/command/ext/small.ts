import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { vi } from 'vitest';
import { commands } from '../../../../builder/commands.ts';
import { runProgram } from '../../../../repo/console/run.ts';
import { capture, type Captured } from '../../../support/capture.ts';

/** A catalog small enough to know by heart, and `pgark` on it. */
export interface Small {
  folder: string;
  pgark(line: string): Promise<Captured<number>>;
  close(): Promise<void>;
}

export async function openSmall(): Promise<Small> {
  const folder = await mkdtemp(join(tmpdir(), 'pgark-ext-'));
  await writeSmall(folder);
  vi.stubEnv('XDG_CACHE_HOME', folder);
  const program = { name: 'pgark', version: '1', about: '', commands };
  return {
    folder,
    pgark: (line) => capture(() => runProgram(program, [...line.split(' '), '--manifests', folder])),
    close: async () => {
      vi.unstubAllEnvs();
      await rm(folder, { recursive: true });
    },
  };
}

export async function writeSmall(folder: string): Promise<void> {
  for (const [name, text] of Object.entries(manifests)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

const release = "release: '1', minor: '1', libc: { name: glibc, version: '2' }, home: /usr, locale: { name: C.UTF-8, package: locales }";

const sourceOf = (name: string): string => `
name: ${name}
about: A source
module: pgsql
archives: { ${name}: { url: 'https://example.org/' } }
keys: { ${'A'.repeat(40)}: { owner: Somebody } }
suites: [{ suite: main, components: [main], targets: [deb], archive: ${name}, keys: [${'A'.repeat(40)}] }]
repositories: [{ repository: main, targets: [el], archive: ${name}, keys: [${'A'.repeat(40)}] }]
`;

const manifests: Record<string, string> = {
  'distros.yml': `releases:
  - { code: el9, title: Nine, distro: rocky, format: rpm, ${release}, pg: 16-17, preview: '18' }
  - { code: d11, title: Eleven, distro: debian, format: deb, codename: bullseye, ${release}, pg: '13' }
  - { code: d12, title: Twelve, distro: debian, format: deb, codename: bookworm, ${release}, pg: 16-17, preview: '18' }
`,
  'sources/pgdg.yml': sourceOf('pgdg'),
  'sources/debian.yml': sourceOf('debian'),
  'components/pgsql.yml': `
module: pgsql
about: The server
components:
  postgresql: { about: The server itself, kind: server, deb: ['postgresql-{pg}'], rpm: ['postgresql{pg}-server'], published: [{ on: [el, deb], from: pgdg }] }
  etcd: { about: A store, deb: [etcd], rpm: [etcd], published: [{ on: [el], from: pgdg }] }
`,
  'extensions/gis.yml': `
category: gis
about: Maps
extensions:
  postgis:
    about: Shapes
    license: GPL-2.0-only
    language: C
    home: https://postgis.net
    deb: 'postgresql-{pg}-postgis'
    rpm: 'postgis_{pg}'
    extras: { deb: ['postgresql-{pg}-postgis-scripts'] }
    published:
      - el pgdg 16-17 3.6.3
      - deb pgdg 16-17 3.6.10
      - d12 debian 16 3.3.2
      - d11 debian 13 3.1.1 postgresql-{pg}-postgis-old
    creates:
      postgis: Shapes
      postgis_topology: { about: Shared edges, requires: [postgis], schemas: [topology], trusted: true }
  h3:
    about: Hexagons
    license: Apache-2.0
    language: C
    requires: [postgis]
    deb: 'postgresql-{pg}-h3'
    rpm: 'h3_{pg}'
    published:
      - el9.x86_64 pgdg 16 4.1
      - el9 pgdg 17 4.2
    gaps: ['d12 17']
`,
  'extensions/time.yml': `
category: time
about: Time
extensions:
  timescaledb:
    about: Hypertables
    license: LicenseRef-Timescale
    language: C
    preload: [timescaledb]
    conflicts: [rival]
    rpm: 'timescaledb_{pg}'
    caveat: { el9: 'It needs care' }
    published: ['el pgdg 17 2.20']
  rival: { about: Another, license: MIT, language: SQL, kernel: fork, deb: rival, published: ['deb debian 16 1.0'] }
  guard: { about: A guard, license: MIT, language: C, contrib: true, module: guard_it, load: session, creates: {}, deb: 'postgresql-{pg}', published: ['deb pgdg 16-17 1.0'] }
`,
  'components/kernel.yml': `
module: kernel
about: Forks
components:
  fork: { about: A fork, kind: kernel, kernel: { mode: fork, pg: ['16'] }, deb: [fork], published: [{ on: [deb], from: pgdg }] }
`,
  [`keys/${'A'.repeat(40)}.asc`]: 'a key',
  'groups.yml': `
groups:
  pgsql-gis: { about: Maps, categories: [gis] }
  everything: { about: All of it, components: [postgresql, etcd], extensions: [timescaledb], groups: [pgsql-gis] }
`,
};
