import { identify, type Package } from '../../../repo/package/package.ts';
import type { Answer, ReadSuite } from '../../../builder/lock/freeze.ts';
import { Bundle } from '../../../builder/manifest/bundle.ts';
import type { Drawn, Manifest } from '../../../builder/manifest/manifest.ts';
import { Source } from '../../../builder/manifest/source.ts';
import type { Proven } from '../../../builder/solve/proof.ts';
import { digestOf } from '../../../repo/core/digest.ts';
import { compareVersions } from '../../../repo/deb/version.ts';

/** A package of the test universe. */
export function packageNamed(name: string, version = '1.0', changes: Partial<Package> = {}): Package {
  const plain = { name, version, arch: 'amd64' };
  return {
    ...plain, multiArch: 'no', essential: false, priority: 'optional', provides: [], requires: [], recommends: [], conflicts: [],
    source: 'debian/bookworm', url: `pool/main/${name}_${version}_amd64.deb`, size: 1000 + name.length, installed: 4, digest: digestOf(identify(plain)), stanza: `Package: ${name}\nVersion: ${version}\nArchitecture: amd64`,
    ...changes,
  };
}

const [libc, server, client, libpq, postgis, rival] = ['libc6', 'postgresql-15', 'postgresql-client-15', 'libpq5', 'postgresql-15-postgis-3', 'postgresql-15-rival'].map((name) => packageNamed(name)) as [Package, Package, Package, Package, Package, Package];

const fingerprint = 'A'.repeat(40);
const url = 'http://ftp.debian.org/debian';

function drawn(suite: string): Drawn {
  const source = Source.parse({
    name: 'debian', about: 'x', module: 'node', archives: { debian: { url } }, keys: { [fingerprint]: { owner: 'x' } },
    suites: [{ suite, targets: ['d12'], archive: 'debian', components: ['main'], keys: [fingerprint] }],
  });
  return { source, suite: { format: 'deb', suite, codename: suite, components: ['main'], archive: 'debian', path: '', keys: [fingerprint], only: [], without: [] } };
}

const suite = (name: string, date: string): ReadSuite => ({
  name: `debian/${name}`, drawn: drawn(name), signer: fingerprint, digest: digestOf(name), release: { date: new Date(date) },
  indexes: [{ path: 'main/binary-amd64/Packages', size: 9, digest: digestOf(`${name} index`) }],
});

export const proven: Proven = {
  closure: [
    { package: libc, base: true, roots: [], because: [{ kind: 'base' }] },
    { package: libpq, base: false, roots: ['postgresql-15'], because: [{ kind: 'requires', by: client, relation: 'libpq5 (>= 15~)' }, { kind: 'requires', by: server, relation: 'libpq5' }] },
    { package: server, base: false, roots: ['postgresql-15'], because: [{ kind: 'root', root: 'postgresql-15' }] },
    { package: postgis, base: false, roots: ['postgresql-15-postgis-3'], because: [{ kind: 'root', root: 'postgresql-15-postgis-3' }] },
    { package: rival, base: false, roots: ['postgresql-15-rival'], because: [{ kind: 'root', root: 'postgresql-15-rival' }], older: true },
    { package: client, base: false, roots: ['postgresql-15'], because: [{ kind: 'requires', by: server, relation: 'postgresql-client-15' }] },
  ],
  proofs: [
    {
      root: 'postgresql-15',
      choices: [server, client, libpq].map((item) => ({ package: item, because: { kind: 'root', root: 'postgresql-15' } })),
      rejections: [{ package: packageNamed('libpq-dev', '9'), by: 'postgresql-client-15', relation: 'libpq-dev | libpq5', because: 'it conflicts with libpq5' }],
      removes: [],
    },
    { root: 'postgresql-15-postgis-3', choices: [{ package: postgis, because: { kind: 'root', root: 'postgresql-15-postgis-3' } }], rejections: [], removes: [] },
    { root: 'postgresql-15-rival', choices: [{ package: rival, because: { kind: 'root', root: 'postgresql-15-rival' } }], rejections: [], removes: [libc] },
  ],
  choice: { branches: 1, barred: [{ by: postgis, relation: 'libpq5 | rival', taken: [rival], roots: ['postgresql-15-postgis-3'] }] },
  baselines: [{ name: 'old', packages: 1, assumed: 0, unknown: 2, failing: [{ roots: ['postgresql-15'], sentences: ['libc6 is too old'] }] }],
  rivalries: [{ root: 'postgresql-15-rival', rivals: ['postgresql-15-postgis-3'], sentences: ['they conflict'] }],
  unsatisfiable: [{ subject: 'postgresql-15-gone', sentences: ['no package of this name is in the archive'] }],
};

export const manifest: Manifest = {
  bundle: Bundle.parse({ name: 'sample', version: '1.0', about: 'x', sources: ['debian'], targets: { 'd12.x86_64': ['15'] }, missing: 'warn' }),
  target: { code: 'd12.x86_64', distro: 'debian', format: 'deb', release: '12', codename: 'bookworm', arch: 'x86_64', packageArch: 'amd64' },
  pg: ['15'],
  suites: [],
  wanted: [
    { package: 'postgresql-15', kind: 'server', name: 'postgresql', pg: '15', asked: ['components', 0] },
    { package: 'postgresql-15-postgis-3', kind: 'extension', name: 'postgis', pg: '15', asked: ['extensions', 0] },
    { package: 'postgresql-15-rival', kind: 'extension', name: 'rival', pg: '15', asked: ['extensions', 1] },
    { package: 'postgresql-15-gone', kind: 'extension', name: 'gone', pg: '15', asked: ['extensions', 2] },
  ],
  sets: [],
  extensions: [
    { name: 'postgis', package: 'postgresql-15-postgis-3', pg: '15', about: 'Maps', preload: [], requires: [] },
    { name: 'gone', package: 'postgresql-15-gone', pg: '15', about: 'Gone', preload: [], requires: [] },
  ],
  absent: [],
  baselines: [],
  groups: [
    {
      name: 'pgsql-gis',
      pg: '15',
      members: [
        { name: 'postgis', packages: ['postgresql-15-postgis-3', 'postgresql-15-postgis-3-scripts'] },
        { name: 'gone', packages: ['postgresql-15-gone'] },
        { name: 'elsewhere', packages: [] },
      ],
    },
    { name: 'pgsql-etl', pg: '15', members: [{ name: 'gone', packages: ['postgresql-15-gone'] }] },
    { name: 'node-package1', members: [{ name: 'libc', packages: ['libc6'] }, { name: 'libc-again', packages: ['libc6'] }] },
  ],
  digest: digestOf('manifest'),
};

export const answer: Answer = { manifest, suites: [suite('bookworm', '2026-07-11T10:16:37Z'), suite('bookworm-security', '2026-11-20T00:12:41Z')], proven, compareVersions, runtime: '24.0.0' };
