import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { madeKey, makeArchive, makePackage, type MadeKey, type MadeSuite } from './archive.ts';
import { serveFiles, type MadeServer } from './server.ts';

/** A small world to lock bundles in: an archive behind a server, and manifests that trust its key. */
export interface MadeUpstream {
  /** Holds `manifests`, `bundle.yml` and `store`. */
  folder: string;
  manifests: string;
  bundle: string;
  store: string;
  server: MadeServer;
  files: Map<string, Buffer>;
  key: MadeKey;
  /** `--manifests … --store … --mirror …` */
  options: readonly string[];
  publish(...suites: MadeSuite[]): Promise<void>;
  close(): Promise<void>;
}

const packages = [
  ['libc6', { Version: '2.36-9', Essential: 'yes', Priority: 'required', 'Installed-Size': '100' }],
  ['apt', { Version: '2.6.1', Priority: 'important', Depends: 'libc6 (>= 2.36), gpgv | gpgv2' }],
  ['gpgv', { Version: '2.2.40', Priority: 'important', Depends: 'libc6' }],
  ['libpq5', { Version: '15.15-1', Depends: 'libc6 (>= 2.25)' }],
  ['postgresql-client-15', { Version: '15.15-1', Depends: 'libpq5 (>= 15.15)' }],
  ['postgresql-15', { Version: '15.15-1', Depends: 'postgresql-client-15, libpq5', Recommends: 'sysstat', 'Installed-Size': '50000' }],
  ['sysstat', { Version: '12.6', Depends: 'libc6' }],
  ['patroni', { Version: '3.0.2-1', Depends: 'python3', Architecture: 'all' }],
  ['python3', { Version: '3.11', Depends: 'libc6' }],
  ['postgresql-15-one', { Version: '1.0', Depends: 'postgresql-15', Conflicts: 'postgresql-15-other' }],
  ['postgresql-15-other', { Version: '1.0', Depends: 'postgresql-15' }],
] as const;

export const made = packages.map(([name, fields]) => makePackage(name, fields));

/** The main suite, with these changes. */
export const bookworm = (changes: Partial<MadeSuite> = {}): MadeSuite => ({
  suite: 'bookworm',
  date: Date.parse('2026-07-11T10:16:37Z'),
  packages: { amd64: made.map((each) => each.stanza).join('\n') },
  ...changes,
});

export async function madeUpstream(): Promise<MadeUpstream> {
  const folder = await mkdtemp(join(tmpdir(), 'pgark-upstream-'));
  const key = await madeKey();
  const files = new Map<string, Buffer>();
  const server = await serveFiles(files);
  const manifests = join(folder, 'manifests');
  await writeManifests(manifests, folder, key);
  const store = join(folder, 'store');
  const publish = async (...suites: MadeSuite[]): Promise<void> => {
    const pool = Object.fromEntries(made.map((each) => [each.path, each.content]));
    for (const [path, content] of await makeArchive(suites, key, pool)) files.set(path, content);
  };
  await publish(bookworm());
  return {
    folder, manifests, store, server, files, key, publish,
    bundle: join(folder, 'bundle.yml'),
    options: ['--manifests', manifests, '--store', store, '--mirror', `test=${server.url}`],
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function writeManifests(manifests: string, folder: string, { fingerprint, armoured }: MadeKey): Promise<void> {
  const documents: Record<string, string> = {
    'distros.yml': [
      'releases:',
      "  - { code: d12, title: Debian 12, distro: debian, format: deb, release: '12', minor: '12.15', codename: bookworm, architectures: [x86_64], pg: 14-18,",
      "      libc: { name: glibc, version: '2.36' }, home: '/usr/lib/postgresql/{pg}', locale: { name: C.UTF-8, package: locales } }",
      '',
    ].join('\n'),
    'sources/test.yml': [
      'name: test',
      'about: a test archive',
      'module: pgsql',
      'archives: { test: { url: http://archive.invalid/debian } }',
      `keys: { ${fingerprint}: { owner: a test, url: http://keys.invalid/ } }`,
      `suites: [{ suite: bookworm, codename: bookworm, targets: [d12], archive: test, components: [main], keys: [${fingerprint}] }]`,
      '',
    ].join('\n'),
    'components/pgsql.yml': "module: pgsql\nabout: x\ncomponents:\n  postgresql: { about: The server, kind: server, deb: ['postgresql-{pg}'], published: [{ on: [d12], from: test }] }\n  patroni: { about: Failover, deb: [patroni], published: [{ on: [d12], from: test }] }\n",
    'extensions/test.yml': [
      'category: test',
      'about: x',
      'extensions:',
      ...['one', 'other', 'absent'].map((name) => `  ${name}: { about: The ${name}, license: PostgreSQL, language: C, deb: 'postgresql-{pg}-${name}', published: [d12 test 15 '1.0'] }`),
      '',
    ].join('\n'),
    [`keys/${fingerprint}.asc`]: armoured,
  };
  for (const [path, text] of Object.entries(documents)) {
    await mkdir(join(manifests, path, '..'), { recursive: true });
    await writeFile(join(manifests, path), text);
  }
  await writeFile(join(folder, 'bundle.yml'), "name: small\nversion: '1.0'\nabout: x\nsources: [test]\ntargets: { d12.x86_64: ['15'] }\nmodules: [pgsql]\nextensions: [one, other]\n");
}
