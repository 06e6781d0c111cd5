import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installable } from '../../builder/solve/installable.ts';
import { prove } from '../../builder/solve/prove.ts';
import type { Recommends } from '../../builder/solve/resolution.ts';
import { type Universe, universeOf } from '../../builder/solve/universe.ts';
import { digestOf } from '../../repo/core/digest.ts';
import { readComps } from '../../repo/rpm/comps.ts';
import { findOwners } from '../../repo/rpm/filelists.ts';
import { newestOf } from '../../repo/rpm/streams.ts';
import { all, contentOf, corpus, el9, repositories, setting } from './el9.ts';
import { report } from './oracle.ts';
import { run } from './run.ts';

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
    const { packages } = await el9();
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

  test.each(['exclude', 'include'] as const)('a stream of a module brings what dnf takes for @postgresql:16; weak dependencies: %s', async (recommends) => {
    const { packages, modules, streams } = await el9('postgresql:16');
    const roots = modules.defaults.find((each) => each.module === 'postgresql')!.profiles.get('16')!.flatMap((profile) => newestOf(streams, 'postgresql:16').profiles.get(profile)!);

    const begin = performance.now();
    const { closure, unsatisfiable } = prove(universeOf(packages, setting), roots, { recommends });
    const seconds = (performance.now() - begin) / 1000;

    const theirs = await resolve('@postgresql:16', recommends);
    const ours = closure.map(({ package: item }) => `${item.name} ${item.version}`);
    await report(`packages of @postgresql:16 of EL 9 beside dnf, weak dependencies: ${recommends}`, { agree: theirs.filter((each) => ours.includes(each)).length, of: theirs.length, explained: 0, peer: 'dnf', seconds });
    expect(unsatisfiable).toEqual([]);
    expect(theirs).toContain('postgresql-server 16.6-1.module_el9+1137+39dc736e');
    expect(theirs.filter((each) => !ours.includes(each))).toEqual([]);
    expect(ours.filter((each) => each.startsWith('postgresql')).sort()).toEqual(theirs.filter((each) => each.startsWith('postgresql')).sort());
  });

  test('a group brings what dnf takes for it', async () => {
    const { packages } = await el9();
    const groups = (await Promise.all(repositories.map(async (each) => readComps((await contentOf(each, 'comps')).toString('utf8'), each)))).flat();
    const offered = new Set(packages.map((item) => item.name));
    const differing: Record<string, string[]> = {};

    for (const id of ['container-management', 'headless-management', 'system-tools']) {
      const roots = groups.filter((group) => group.id === id).flatMap((group) => group.packages).filter((name) => offered.has(name));
      const { closure } = prove(universeOf(packages, setting), roots, { recommends: 'exclude' });
      const ours = closure.map(({ package: item }) => `${item.name} ${item.version}`);
      const theirs = await resolve(`@${id}`, 'exclude');
      expect(theirs.length, id).toBeGreaterThan(10);
      differing[id] = theirs.filter((each) => !ours.includes(each));
    }

    expect(differing).toEqual({ 'container-management': [], 'headless-management': [], 'system-tools': [] });
  });

  test('the same names are installable as libsolv finds, and two more once the files are known that they need', async () => {
    const packages = await all();
    const names = (files?: Universe['setting']['files']): { found: Set<string>; unanswered: string[] } => {
      const universe = universeOf(packages, { ...setting, ...(files && { files }) });
      const verdict = installable(universe);
      return { found: new Set(universe.packages.filter((_, id) => verdict[id]).map((item) => item.name)), unanswered: [...universe.unanswered] };
    };

    const before = names();
    const theirs = await libsolv();
    const owners = await findOwners(pieces(await contentOf('baseos', 'filelists')), before.unanswered, 'baseos');
    const after = names(owners);

    expect(new Set(packages.map((item) => item.name)).size).toBe(5744);
    expect({ names: 5744, installable: before.found.size, digest: digestOf(Buffer.from([...before.found].sort().join('\n'))) }).toEqual(theirs);
    expect([...after.found].filter((name) => !before.found.has(name)).sort()).toEqual(['krb5-server', 'krb5-server-ldap']);
    expect([before.found.size, after.found.size]).toEqual([5602, 5604]);
  });
});

/** What its Python binding says of every name, by the program that the bench runs too. */
async function libsolv(): Promise<{ names: number; installable: number; digest: string }> {
  const primaries = repositories.map((name) => join(corpus, name, 'repodata')).map((place) => join(place, readdirSync(place).find((file) => file.endsWith('primary.xml.gz'))!));
  const { stderr } = await promisify(execFile)('/usr/bin/python3', [join(import.meta.dirname, '../../bench/libsolv.py'), ...primaries], { maxBuffer: 1 << 24 });
  const { names, installable, digest } = JSON.parse(stderr.split('\n').find((line) => line.startsWith('{'))!) as { names: number; installable: number; digest: string };
  return { names, installable, digest };
}

async function* pieces(content: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 1 << 18) yield content.subarray(at, at + (1 << 18));
}

/** What dnf would install into an empty root, as `name version`. Verification is off here: this is an oracle over test data. */
async function resolve(name: string, recommends: Recommends): Promise<string[]> {
  const text = await run(
    [
      'dnf', `--installroot=${join(folder, 'root')}`, `--setopt=cachedir=${join(folder, 'cache')}`, '--releasever=9', '--forcearch=x86_64', '--setopt=reposdir=/none', '--setopt=module_platform_id=platform:el9', '--noplugins',
      `--setopt=install_weak_deps=${recommends === 'include' ? 1 : 0}`, ...repositories.map((each) => `--repofrompath=${each},file://${join(corpus, each)}`), '--nogpgcheck', 'install', '--assumeno', name,
    ],
    { statuses: [0, 1], env: { COLUMNS: '300' } },
  );
  return [...text.matchAll(/^ (\S+)\s+(?:x86_64|noarch)\s+(\S+)\s+(?:baseos|appstream)\s/gm)].map(([, item, version]) => `${item} ${version!.replace(/^0:/, '')}`);
}
