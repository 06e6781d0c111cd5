import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { families } from '../../builder/family.ts';
import { installable } from '../../builder/solve/installable.ts';
import { prove } from '../../builder/solve/prove.ts';
import type { Recommends } from '../../builder/solve/resolution.ts';
import { universeOf } from '../../builder/solve/universe.ts';
import { decompress } from '../../repo/core/compression.ts';
import type { Package } from '../../repo/package/package.ts';
import { readModules, seenThrough } from '../../repo/rpm/modules.ts';
import { readPrimary } from '../../repo/rpm/primary.ts';
import { RelationReader } from '../../repo/rpm/relation.ts';
import { report } from './oracle.ts';
import { run } from './run.ts';

const corpus = join(import.meta.dirname, '../../../shared/corpus/el9');
const repositories = ['appstream', 'baseos'] as const;
/** What servers run, as far as this snapshot has it. */
const names = [
  'ansible-core', 'bind', 'buildah', 'chrony', 'cloud-init', 'cmake', 'cockpit', 'container-selinux', 'dnsmasq', 'dovecot', 'firewalld', 'gcc', 'gcc-c++', 'git', 'golang', 'grafana', 'haproxy', 'httpd',
  'java-17-openjdk-headless', 'java-21-openjdk', 'keepalived', 'llvm', 'mariadb-server', 'net-snmp', 'nfs-utils', 'nginx', 'nodejs', 'pcp', 'perl-interpreter', 'php', 'podman', 'policycoreutils-python-utils',
  'postfix', 'postgresql-server', 'python3-pip', 'python3.11', 'python3.12', 'qemu-kvm', 'redis', 'rsyslog', 'ruby', 'rust', 'samba', 'skopeo', 'squid', 'sssd', 'tomcat', 'toolbox', 'tuned', 'unbound',
];
/** What cannot be had from it: BaseOS is not whole. */
const impossible = ['ipa-client', 'libvirt', 'lvm2', 'perl', 'varnish'];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pgark-dnf-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// The repodata is real, of CentOS Stream 9; without ../shared or dnf there is nothing to hold ours against.
describe.skipIf(!existsSync(corpus) || !existsSync('/usr/bin/dnf'))('beside dnf', () => {
  test.each(['exclude', 'include'] as const)('each package is installed with the same others, at the same versions; weak dependencies: %s', async (recommends) => {
    const packages = (await Promise.all(repositories.map(read))).flat();
    const begin = performance.now();
    const { proofs, closure, unsatisfiable } = prove(universeOf(packages, setting), [...names, ...impossible], { recommends });
    const seconds = (performance.now() - begin) / 1000;
    const base = closure.filter((shipped) => shipped.base).map((shipped) => `${shipped.package.name} ${shipped.package.version}`);

    const theirs = new Map<string, string[]>();
    for (const root of [...names, ...impossible]) theirs.set(root, await resolve(root, recommends));

    const differing = proofs.flatMap(({ root, choices }) => {
      const wanted = theirs.get(root)!;
      // What is in the base set is there for every root, whether it needs it or not.
      const ours = [...choices.map(({ package: item }) => `${item.name} ${item.version}`), ...base.filter((each) => wanted.includes(each))];
      const lines = [...wanted.filter((each) => !ours.includes(each)).map((each) => `dnf: ${each}`), ...ours.filter((each) => !wanted.includes(each)).map((each) => `we: ${each}`)];
      return lines.length > 0 ? [`${root}: ${lines.join(', ')}`] : [];
    });
    await report(`packages of EL 9 beside dnf, weak dependencies: ${recommends}`, { agree: proofs.length - differing.length, of: proofs.length, explained: 0, peer: 'dnf', seconds });
    expect(proofs.map((proof) => proof.root)).toEqual(names);
    expect(unsatisfiable.map((problem) => problem.subject)).toEqual(impossible);
    expect(impossible.map((root) => theirs.get(root))).toEqual(impossible.map(() => []));
    expect(differing).toEqual([]);
  });

  test('as many names are installable as libsolv finds', async () => {
    const relations = new RelationReader();
    const packages = repositories.flatMap((name) => readPrimary(contentOf(name, 'primary'), { source: name, priority: 99 }, relations)).filter(isOurs);
    const universe = universeOf(packages, setting);

    const verdict = installable(universe);

    const found = new Set(universe.packages.filter((_, id) => verdict[id]).map((item) => item.name));
    // libsolv finds 5604; two need /usr/share/dict/words, which only filelists.xml lists.
    expect([new Set(packages.map((item) => item.name)).size, found.size]).toEqual([5744, 5602]);
  });
});

const setting = { arch: 'x86_64', ...families.rpm, sources: repositories };

const isOurs = (item: Package): boolean => item.arch === 'x86_64' || item.arch === 'noarch';

function contentOf(repository: string, type: string): Buffer {
  const file = readdirSync(join(corpus, repository, 'repodata')).find((name) => name.includes(type))!;
  const content = readFileSync(join(corpus, repository, 'repodata', file));
  return file.endsWith('.gz') ? gunzipSync(content) : content;
}

async function read(repository: (typeof repositories)[number]): Promise<Package[]> {
  const packages = readPrimary(contentOf(repository, 'primary'), { source: repository, priority: 99 });
  if (repository === 'baseos') return packages.filter(isOurs);
  const yaml = await decompress(contentOf(repository, 'modules.yaml'), 'xz', 1 << 26, 'modules.yaml');
  return seenThrough(readModules(yaml.toString('utf8'), 'modules.yaml'), packages).filter(isOurs);
}

/** What dnf would install into an empty root, as `name version`. Verification is off here: this is an oracle over test data. */
async function resolve(name: string, recommends: Recommends): Promise<string[]> {
  const text = await run(
    [
      'dnf', `--installroot=${join(folder, 'root')}`, `--setopt=cachedir=${join(folder, 'cache')}`, '--releasever=9', '--forcearch=x86_64', '--setopt=reposdir=/none', '--setopt=module_platform_id=platform:el9',
      `--setopt=install_weak_deps=${recommends === 'include' ? 1 : 0}`, ...repositories.map((each) => `--repofrompath=${each},file://${join(corpus, each)}`), '--nogpgcheck', 'install', '--assumeno', name,
    ],
    { statuses: [0, 1], env: { COLUMNS: '300' } },
  );
  return [...text.matchAll(/^ (\S+)\s+(?:x86_64|noarch)\s+(\S+)\s+(?:baseos|appstream)\s/gm)].map(([, item, version]) => `${item} ${version!.replace(/^0:/, '')}`);
}
