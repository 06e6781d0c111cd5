import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { recallCatalog } from '../../builder/manifest/cache.ts';
import type { Catalog } from '../../builder/manifest/catalog.ts';
import { ownManifests } from '../../builder/manifest/files.ts';
import { findTarget } from '../../builder/manifest/platform.ts';
import { fingerprintsIn } from '../../repo/core/signature.ts';
import { abilitiesOf } from '../../repo/rpm/abilities.ts';
import type { Target } from '../../repo/package/target.ts';
import { baseRoot } from '../../vagrant/root.ts';
import { type Ground, groundOver } from '../support/ground.ts';
import { configuredForBundle } from './dnf-configured.ts';
import { type ElMirror, hasModules, makeElMirror } from './el-made.ts';
import { conformance } from './oracle.ts';
import { openWorkshop, rpmPrograms, type Workshop } from './rpm-built.ts';
import { run } from './run.ts';

const pgark = resolve(import.meta.dirname, '../../pgark');
const bundleFor = (target: Target): string => `
name: small
version: '1.0'
about: PostgreSQL and one extension
sources: [rocky, pgdg]
targets: [el]
pg: ['17']
components: [postgresql]
extensions: [pg_cron]
groups: [contrib]
packages: [${hasModules(target) ? "'@nginx:1.24'" : ''}]
missing: warn
`;

let workshop: Workshop;
let catalog: Catalog;
let mirror: ElMirror;
let folder: string;
let options: string[];
let signer: string;

beforeAll(async () => {
  workshop = await openWorkshop();
  folder = join(workshop.folder, 'work');
  await mkdir(folder);
  catalog = await recallCatalog(ownManifests, join(folder, 'catalog'));
  mirror = await makeElMirror(workshop, catalog);
  options = ['--mirrors', mirror.mirrors, '--store', join(folder, 'store')];
  await run([pgark, 'keygen', '--out', join(folder, 'key')]);
  signer = (await fingerprintsIn(await readFile(join(folder, 'key/public.asc')), 'key'))[0]!;
});
afterAll(async () => {
  await mirror.server.close();
  await workshop.close();
});

for (const code of ['el8.x86_64', 'el8.aarch64', 'el9.x86_64', 'el9.aarch64', 'el10.x86_64', 'el10.aarch64']) {
  conformance(`${code}: PostgreSQL is locked, built, verified, looked into, compared, and installed by dnf with every check on`, { programs: rpmPrograms }, async () => {
    const target = findTarget(catalog.targets, code);
    const tar = await bundleOf(code);
    const first = join(folder, `small.${code}.lock.json`);

    const verdict = await run([pgark, 'verify', tar, '--fingerprint', signer]);
    const inside = await run([pgark, 'inspect', tar, '--packages']);
    const reason = await run([pgark, 'why', 'bash', '--lock', first]);
    const alike = await run([pgark, 'diff', first, tar]);
    const root = await install(target);
    await mirror.publish(target, '17.6');
    await writeFile(join(folder, 'small.yml'), bundleFor(target));
    await run([pgark, 'lock', join(folder, 'small.yml'), '--target', code, '--out', join(folder, 'later'), ...options]);
    const change = await run([pgark, 'diff', tar, join(folder, `later/small.${code}.lock.json`)]);

    expect(verdict).toMatch(new RegExp(`^pgark-small-1.0.${code} is good: [^]*proven on .*el${target.release}`));
    expect(inside).toMatch(new RegExp(`postgresql17-server +17\\.5-1PGDG\\.el${target.release} +${target.arch} `));
    expect(inside).toMatch(/groups\n(.*\n)* {2}contrib +PostgreSQL 17 +postgresql17-contrib/);
    expect(inside).not.toContain('libpq ');
    expect(reason).toContain(`bash 5.1-1.el${target.release} ${target.arch}  from rocky/baseos`);
    expect(alike).toContain('0 added, 0 removed, 0 changed');
    expect(change).toContain(`~ postgresql17-server 17.5-1PGDG.el${target.release} → 17.6-1PGDG.el${target.release}`);
    expect(await readFile(join(root, 'usr/pgsql-17/bin/postgres'), 'utf8')).toBe(`${target.arch}\n`);
    expect(await run(['rpm', '--root', root, '--verify', '--all'])).toBe('');
  });
}

/**
 * What can take our repositories beside the machine's own dnf 4.14 and rpm 4.18: rpm of the series of EL 9; rpm with Sequoia, as
 * EL 10 has it; dnf 5 with rpm 6. Where they are close to a release, bootstrap is tried as well, with their gpg.
 */
const clients = [
  { suite: 'bullseye', packages: ['dnf', 'gpg', 'rpm'], dnf: ['dnf'], advisories: ['updateinfo', 'list', '--installed'], version: /^4\.5\.[^]*\nRPM version 4\.16\.1\.2\n$/, like: ['8', '9'] },
  { suite: 'trixie', packages: ['dnf', 'gpg', 'rpm'], dnf: ['dnf'], advisories: ['updateinfo', 'list', '--installed'], version: /^4\.23\.[^]*\nRPM version 4\.20\./, like: ['10'] },
  { suite: 'forky', packages: ['dnf5', 'gpg', 'rpm'], dnf: ['dnf5', '--use-host-config'], advisories: ['advisory', 'list', '--all'], version: /^dnf5 version 5\.[^]*\nRPM version 6\./, like: [] },
] as const;

for (const { suite, packages, dnf, advisories, version, like } of clients) {
  conformance(`${dnf[0]} of Debian's ${suite} takes what is for EL 8, 9 and 10, with every check on, and nothing that was changed`, { programs: { ...rpmPrograms, mmdebstrap: 'mmdebstrap' }, root: true }, async () => {
    const ground = await groundOver(await baseRoot(suite, packages), folder);
    expect(await ground.must(['sh', '-ec', `${dnf[0]} --version; rpm --version`])).toMatch(version);
    expect(['8', '9', '10'].map((release) => [...abilitiesOf(release)!.features].sort())).toEqual(Array(3).fill(await featuresOf(ground)));
    for (const release of ['8', '9', '10']) {
      const target = findTarget(catalog.targets, `el${release}.x86_64`);
      await unpack(target, '/media');
      const command = [...dnf, '--config', `/media/${target.code}/dnf.conf`, '--setopt=cachedir=/var/cache/it', '--setopt=logdir=/tmp', '--setopt=persistdir=/tmp', '--installroot', `/srv/${release}`, '--releasever', release, '--assumeyes'];

      await ground.must([...command, 'makecache']);
      await ground.must([...command, 'install', 'postgresql17-server', 'pg_cron_17']);
      const listed = await ground.must(['rpm', '--root', `/srv/${release}`, '--query', 'postgresql17-server', 'bash']);
      const nginx = await ground.run([...command, 'install', 'nginx']);
      const advised = await ground.must([...command, ...advisories]);
      const verified = await ground.must(['rpm', '--root', `/srv/${release}`, '--verify', '--all']);
      await appendFile(join(folder, target.code, 'repo/repodata/repomd.xml'), '\n');
      const changed = await ground.run([...command, '--refresh', 'makecache']);

      expect([listed, verified]).toEqual([`postgresql17-server-17.5-1PGDG.el${release}.x86_64\nbash-5.1-1.el${release}.x86_64\n`, '']);
      expect([nginx.code, advised.includes('RLSA-2026:1')]).toEqual(hasModules(target) ? [0, true] : [1, false]);
      expect([changed.code, changed.stderr]).toEqual([1, expect.stringMatching(/signature/i)]);
    }
    await ground.discard();
  });

  for (const release of like) {
    conformance(`bootstrap takes what is for EL ${release} in with the gpg, dnf and rpm of Debian's ${suite}`, { programs: { ...rpmPrograms, mmdebstrap: 'mmdebstrap' }, root: true }, async () => {
      const ground = await groundOver(await baseRoot(suite, packages), folder);
      const tar = basename(await bundleOf(`el${release}.x86_64`));
      await ground.must(['sh', '-ec', dressed, 'sh', release]);

      const { code, stderr } = await ground.run(['sh', '/media/bootstrap', `/media/${tar}`, '--fingerprint', signer]);
      const offered = await ground.must(['dnf', '--quiet', 'repoquery', 'postgresql17-server']);

      expect([code, stderr]).toEqual([0, expect.stringContaining('is in place')]);
      expect(offered).toBe(`postgresql17-server-0:17.5-1PGDG.el${release}.x86_64\n`);
      await ground.discard();
    });
  }
}

/** Says that it is Rocky of that release; of what verifies signatures EL has gpg alone. */
const dressed = `
  rm -f /usr/bin/gpgv /usr/bin/sqv
  rm /etc/os-release
  printf 'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="%s.5"\n' "$1" >/etc/os-release
  mkdir -p /etc/yum.repos.d
`;

/** What rpm says of itself; what a spec may ask for while it is built is in no package. */
async function featuresOf(ground: Ground): Promise<[string, string][]> {
  const told = (await ground.must(['rpm', '--showrc'])).matchAll(/(rpmlib\(\w+\)) = (\S+)/g);
  return [...told].map(([, name, since]): [string, string] => [name!, since!]).filter(([name]) => name !== 'rpmlib(DynamicBuildRequires)').sort();
}

const bundles = new Map<string, Promise<string>>();

/** The bundle of a target, locked and built once. */
function bundleOf(code: string): Promise<string> {
  const known = bundles.get(code) ?? make(code);
  bundles.set(code, known);
  return known;
}

async function make(code: string): Promise<string> {
  const target = findTarget(catalog.targets, code);
  await mirror.publish(target, '17.5');
  await writeFile(join(folder, 'small.yml'), bundleFor(target));
  await run([pgark, 'lock', join(folder, 'small.yml'), '--target', code, '--out', folder, ...options]);
  await run([pgark, 'build', join(folder, `small.${code}.lock.json`), '--out', folder, '--key', join(folder, 'key/key'), ...options]);
  return join(folder, `pgark-small-1.0.${code}.tar`);
}

/** Installs from the bundle alone with the machine's dnf into an empty root. Answers the root. */
async function install(target: Target): Promise<string> {
  const { code, release, arch } = target;
  const root = join(folder, `${code}.root`);
  await unpack(target, folder);
  await run(['dnf', '--quiet', '--config', join(folder, code, 'dnf.conf'), '--installroot', root, '--releasever', release, '--forcearch', arch, 'install', 'postgresql17-server', 'pg_cron_17']);
  return root;
}

/** Lays out the bundle of a target, as the folder that holds it will be called, with a configuration that knows it and nothing else. */
async function unpack({ code, release }: Target, seen: string): Promise<void> {
  const [tar, place] = [await bundleOf(code), join(folder, code)];
  await rm(place, { recursive: true, force: true });
  await mkdir(place);
  await run(['tar', '-xf', tar, '-C', place, '--strip-components=1']);
  await writeFile(join(place, 'dnf.conf'), configuredForBundle(`file://${seen}/${code}/repo`, place, release));
}
