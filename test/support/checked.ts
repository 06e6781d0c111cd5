import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeArchive, madeKey, makePackage, type MadeKey, type MadeSuite } from './archive.ts';
import { makeRepositories, makeRpm } from './repository.ts';
import { serveFiles, type MadeServer } from './server.ts';

/** Manifests over three small sources: a Debian archive, a repository that stands for PGDG's, and one without a key. */
export interface World {
  manifests: string;
  server: MadeServer;
  /** The pinned keys of the Debian archive: the usual one, and the next. */
  keys: readonly [MadeKey, MadeKey];
  /** `--manifests … --store … --mirror …` */
  options: readonly string[];
  /** Puts a Debian suite in the place of the one that is there. */
  publishDeb(packages: Packages, changes?: Partial<MadeSuite> & { key?: MadeKey }): Promise<void>;
  /** Puts a repository in the place of the one that is there. */
  publishRpm(packages: Packages): Promise<void>;
  read(path: string): Promise<string>;
  close(): Promise<void>;
}

/** Versions and, for deb, further fields by the name of the package. */
export type Packages = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

export const debs: Packages = {
  'postgresql-15': { Version: '15.20-0+deb12u1', Depends: 'libc6 (>= 2.36), libpq5' },
  'postgresql-15-stable': { Version: '1:1.2+dfsg-3+b1', Depends: 'libc6 (>= 2.14), postgresql-15' },
  'postgresql-15-moving': { Version: '2.0-1', Depends: 'libc6' },
  'tool': { Version: '3.1-2' },
  'unrelated': '1.0',
};

export const rpms: Packages = { stable_16: '1.2-1.el9', stable_17: '1.2-1.el9', moving_16: '2.0-1.el9', moving_17: '2.0-1.el9' };

const extensions = `category: test
about: For a test
extensions:

  # What does not change.
  stable:
    about: Stays as it is
    license: PostgreSQL
    language: C
    deb: 'postgresql-{pg}-stable'
    rpm: 'stable_{pg}'
    published:
      - el9 yum 16-17 1.2
      - d12 apt 15 1.2+dfsg   # a comment

  moving:
    about: Has new versions now and then
    license: PostgreSQL
    language: C
    deb: 'postgresql-{pg}-moving'
    rpm: 'moving_{pg}'
    published:
      - el9 yum 16-17 2.0   # a comment that stays
      - d12 apt 15 2.0

  coming:
    about: Published nowhere yet
    license: PostgreSQL
    language: C
    deb: 'postgresql-{pg}-coming'
    rpm: 'coming_{pg}'
    gaps:
      - d12 15-16
      - el9 17
`;

const components = `module: test
about: For a test
components:
  postgresql:
    about: The server
    kind: server
    kernel: { mode: pgsql, pg: ['15'] }
    deb: ['postgresql-{pg}']
    published:
      - { on: [d12], from: apt, pg: '15' }
  tool:
    about: A tool
    deb: [tool]
    published:
      - { on: [d12], from: apt, version: '3.1' }
`;

const distros = `releases:
  - { code: d12, title: Debian 12, distro: debian, format: deb, release: '12', minor: '12.15', codename: bookworm, pg: 15-16, libc: { name: glibc, version: '2.36' }, home: '/usr/lib/postgresql/{pg}', locale: { name: C.UTF-8, package: locales } }
  - { code: el9, title: Rocky 9, distro: rocky, format: rpm, release: '9', minor: '9.8', architectures: [x86_64], pg: 16-17, libc: { name: glibc, version: '2.34' }, home: '/usr/pgsql-{pg}', locale: { name: C.UTF-8, package: glibc-all-langpacks } }
`;

export async function makeWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'pgark-check-'));
  const [first, next, yum] = [await madeKey('first'), await madeKey('next'), await madeKey('yum')];
  const files = new Map<string, Buffer>();
  const server = await serveFiles(files);
  const manifests = join(folder, 'manifests');
  await write(manifests, documentsOf([first, next], yum));
  const publish = (made: ReadonlyMap<string, Buffer>): void => made.forEach((content, path) => files.set(path, content));
  const world: World = {
    manifests,
    server,
    keys: [first, next],
    options: ['--manifests', manifests, '--store', join(folder, 'store'), '--mirror', `apt=${server.url}`, '--mirror', `yum=${server.url}`],
    publishDeb: async (packages, { key = first, ...changes } = {}) => publish(await makeArchive([{ suite: 'bookworm', date: Date.parse('2026-07-11T10:16:37Z'), packages: { amd64: stanzas(packages, 'amd64'), arm64: stanzas(packages, 'arm64') }, ...changes }], key)),
    publishRpm: async (packages) => publish(await makeRepositories([{ path: 'el9', date: Date.parse('2026-07-11T10:16:37Z'), packages: Object.entries(packages).map(([name, version]) => makeRpm(name, version as string).stanza) }], yum)),
    read: (path) => readFile(join(manifests, path), 'utf8'),
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
  await world.publishDeb(debs);
  await world.publishRpm(rpms);
  return world;
}

function stanzas(packages: Packages, arch: string): string {
  return Object.entries(packages).map(([name, fields]) => makePackage(name, { Architecture: arch, ...(typeof fields === 'string' ? { Version: fields } : fields) }).stanza).join('\n');
}

function documentsOf(apt: readonly MadeKey[], yum: MadeKey): Record<string, string> {
  const [first, next] = apt as [MadeKey, MadeKey];
  const pinned = (keys: readonly MadeKey[]): string => keys.map(({ fingerprint }) => `  ${fingerprint}: { owner: a test }\n`).join('');
  return {
    'distros.yml': distros,
    'sources/apt.yml': `name: apt\nabout: x\nmodule: test\narchives: { apt: { url: 'http://archive.invalid/apt' } }\nkeys:\n${pinned(apt)}suites: [{ suite: bookworm, targets: [d12], archive: apt, components: [main], keys: [${first.fingerprint}, ${next.fingerprint}] }]\n`,
    'sources/yum.yml': `name: yum\nabout: x\nmodule: test\narchives: { yum: { url: 'http://archive.invalid/yum' } }\nkeys:\n${pinned([yum])}repositories: [{ repository: main, targets: [el9], archive: yum, path: el9, keys: [${yum.fingerprint}] }]\n`,
    'sources/off.yml': "name: off\nabout: x\nmodule: test\narchives: { off: { url: 'http://archive.invalid/off' } }\ndisabled: its owner publishes no fingerprint\nrepositories: [{ repository: main, targets: [el9], archive: off }]\n",
    'extensions/test.yml': extensions,
    'components/test.yml': components,
    ...Object.fromEntries([first, next, yum].map(({ fingerprint, armoured }) => [`keys/${fingerprint}.asc`, armoured])),
  };
}

async function write(folder: string, documents: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(documents)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}
