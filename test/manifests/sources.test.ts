import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { covers } from '../../builder/manifest/platform.ts';
import { Distros, targetsOf, type Release } from '../../builder/manifest/release.ts';
import { placesFor, Source, type AnyPlace } from '../../builder/manifest/source.ts';
import { readDocument } from '../../repo/core/document.ts';
import { fingerprintOf, readKeys } from '../../repo/core/signature.ts';
import type { Target } from '../../repo/package/target.ts';

const manifests = resolve(import.meta.dirname, '../../manifests');
const filesIn = (folder: string, ending: string): string[] => readdirSync(join(manifests, folder)).filter((name) => name.endsWith(ending)).sort().map((name) => join(manifests, folder, name));
const text = (path: string): string => readFileSync(path, 'utf8');

const { releases } = readDocument(Distros, text(join(manifests, 'distros.yml')), 'distros.yml');
const hosts = releases.flatMap((release) => targetsOf(release).map((target) => ({ release, target })));
const files = filesIn('sources', '.yml');
const sources = files.map((path) => readDocument(Source, text(path), path));
const pinned = new Set(sources.flatMap((source) => Object.keys(source.keys)));
const keyFiles = filesIn('keys', '.asc');

const named = (name: string): Source => sources.find((source) => source.name === name)!;
const drawn = (source: Source, { release, target }: { release: Release; target: Target }, majors = ['17']): AnyPlace[] => placesFor(source, target, release, majors);

/** Where each place of a source begins, as a package manager would be given it. */
function addresses(name: string, code: string, majors = ['17']): string[] {
  const source = named(name);
  const places = drawn(source, hosts.find((host) => host.target.code === code)!, majors);
  return places.map((place) => {
    const base = [source.archives[place.archive]!.url, place.path].filter(Boolean).join('/');
    return place.format === 'deb' ? `${base} ${place.suite} ${place.components.join(' ')}` : base;
  });
}

describe('the releases', () => {
  test('are nine, each for two architectures', () => {
    const codes = hosts.map(({ target }) => target.code);

    expect(releases.map(({ code }) => code)).toEqual(['el8', 'el9', 'el10', 'd11', 'd12', 'd13', 'u22', 'u24', 'u26']);
    expect(new Set(codes).size).toBe(18);
  });

  test('have a codename where packages are deb, and a point release of their own', () => {
    for (const { code, format, release, minor, codename } of releases) {
      expect(codename !== '', code).toBe(format === 'deb');
      expect(minor.split('.')[0], code).toBe(release);
    }
  });
});

describe('the sources', () => {
  test('are called like their files', () => {
    const names = sources.map((source) => source.name);

    expect(files.map((path) => basename(path, '.yml'))).toEqual(names);
  });

  test('serve a target each, and with every suite and repository', () => {
    for (const source of sources) {
      for (const [index, place] of [...source.suites, ...source.repositories].entries()) {
        const served = hosts.filter(({ target }) => place.targets.some((platform) => covers(platform, target)));

        expect(served, `${source.name} ${index}`).not.toEqual([]);
        for (const { target } of served) expect(target.format, `${source.name} ${index}`).toBe('suite' in place ? 'deb' : 'rpm');
      }
    }
  });

  test('have no name twice for one target', () => {
    for (const source of sources) {
      for (const host of hosts) {
        const names = drawn(source, host, ['17', '18']).map((place) => place.suite);

        expect(new Set(names).size, `${source.name} ${host.target.code}`).toBe(names.length);
      }
    }
  });

  test('leave nothing of a pattern unsaid, and no slash too many', () => {
    for (const source of sources) {
      for (const host of hosts) {
        for (const place of drawn(source, host)) expect(JSON.stringify(place), `${source.name} ${host.target.code}`).not.toMatch(/[{}][a-z]+\}|"path":"\/|\/\/|\/","/);
      }
      for (const { url, regions } of Object.values(source.archives)) for (const address of [url, ...Object.values(regions)]) expect(address).not.toMatch(/\/$/);
    }
  });

  test('mean one address by the name of an archive, so that a mirror stands for the same everywhere', () => {
    const urls = new Map<string, string>();

    for (const { archives } of sources) {
      for (const [name, { url }] of Object.entries(archives)) {
        expect(urls.get(name) ?? url, name).toBe(url);
        urls.set(name, url);
      }
    }
  });

  test('have regions that are reached by https', () => {
    for (const source of sources) {
      for (const { regions } of Object.values(source.archives)) for (const [region, url] of Object.entries(regions)) expect(url, `${source.name} ${region}`).toMatch(/^https:\/\//);
    }
  });

  test.each(hosts.map((host) => [host.target.code, host] as const))('give %s its distribution, PGDG and Pigsty, none of them disabled', (code, host) => {
    const base = { el: 'rocky', d: 'debian', u: 'ubuntu' }[code.replace(/\d.*/, '')]!;

    for (const name of [base, 'pgdg', 'pigsty-pgsql', 'pigsty-infra']) {
      expect(drawn(named(name), host), name).not.toEqual([]);
      expect(named(name).disabled, name).toBeUndefined();
    }
    for (const other of ['rocky', 'debian', 'ubuntu'].filter((name) => name !== base)) expect(drawn(named(other), host), other).toEqual([]);
  });
});

describe('the keys', () => {
  test.each(keyFiles.map((path) => basename(path, '.asc')))('%s is the one key of its file', async (fingerprint) => {
    const keys = await readKeys([readFileSync(join(manifests, 'keys', `${fingerprint}.asc`))], [fingerprint], fingerprint);

    expect(keys.map(fingerprintOf)).toEqual([fingerprint]);
    expect(keys[0]!.isPrivate()).toBe(false);
  });

  test('lie there for a reason: a source pins each of them', () => {
    const idle = keyFiles.map((path) => basename(path, '.asc')).filter((fingerprint) => !pinned.has(fingerprint));

    expect(idle).toEqual([]);
  });

  test('can be had, every pinned one: it lies there, or its owner publishes it', () => {
    const held = new Set(keyFiles.map((path) => basename(path, '.asc')));

    for (const source of sources) {
      for (const [fingerprint, { url }] of Object.entries(source.keys)) expect(held.has(fingerprint) || url?.startsWith('https://'), `${source.name} ${fingerprint}`).toBe(true);
    }
  });

  test('of a source are all used by it', () => {
    for (const source of sources) {
      const used = new Set([...source.suites, ...source.repositories].flatMap((place) => place.keys));

      expect([...used].sort(), source.name).toEqual(Object.keys(source.keys).sort());
    }
  });

  test('are missing only where the source is disabled, and says where its owner publishes them', () => {
    for (const { name, disabled, suites, repositories } of sources) {
      const bare = [...suites, ...repositories].every((place) => place.keys.length === 0);

      expect(disabled !== undefined, name).toBe(bare);
      if (disabled !== undefined) expect(disabled, name).toMatch(/^no fingerprint is pinned.* https:\/\//);
    }
  });
});

describe('the addresses', () => {
  const yum = 'https://download.postgresql.org/pub/repos/yum';

  test.each([
    ['el8.x86_64', ['common/redhat/rhel-8-x86_64', '16/redhat/rhel-8-x86_64', '17/redhat/rhel-8-x86_64']],
    ['el9.aarch64', ['common/redhat/rhel-9.8-aarch64', '16/redhat/rhel-9.8-aarch64', '17/redhat/rhel-9.8-aarch64']],
    ['el10.x86_64', ['common/redhat/rhel-10.2-x86_64', '16/redhat/rhel-10.2-x86_64', '17/redhat/rhel-10.2-x86_64']],
  ])('of PGDG on %s name the point release from EL 9.6 on', (code, paths) => {
    expect(addresses('pgdg', code, ['16', '17'])).toEqual(paths.map((path) => `${yum}/${path}`));
  });

  test.each([
    ['d12.x86_64', 'http://apt.postgresql.org/pub/repos/apt bookworm-pgdg main'],
    ['u24.aarch64', 'http://apt.postgresql.org/pub/repos/apt noble-pgdg main'],
  ])('of PGDG on %s are one suite for all majors', (code, line) => {
    expect(addresses('pgdg', code, ['16', '17'])).toEqual([line]);
  });

  test.each([
    ['pgdg-beta', 'd13.x86_64', ['http://apt.postgresql.org/pub/repos/apt trixie-pgdg-testing main 19']],
    ['pgdg-beta', 'el8.aarch64', [`${yum}/testing/19/redhat/rhel-8-aarch64`]],
    ['pgdg-nonfree', 'el9.x86_64', [`${yum}/non-free/17/redhat/rhel-9.8-x86_64`]],
    ['pgdg-nonfree', 'el9.aarch64', []],
    ['pigsty-pgsql', 'el10.aarch64', ['https://repo.pigsty.io/yum/pgsql/el10.aarch64']],
    ['pigsty-pgsql', 'u26.x86_64', ['https://repo.pigsty.io/apt/pgsql/resolute resolute main']],
    ['pigsty-infra', 'd11.x86_64', ['https://repo.pigsty.io/apt/infra generic main']],
    ['epel', 'el9.x86_64', ['https://dl.fedoraproject.org/pub/epel/9/Everything/x86_64']],
    ['epel', 'el10.x86_64', ['https://dl.fedoraproject.org/pub/epel/10z/Everything/x86_64']],
    ['docker', 'u22.aarch64', ['https://download.docker.com/linux/ubuntu jammy stable']],
    ['grafana', 'el8.x86_64', ['https://rpm.grafana.com']],
  ])('of %s on %s are as documented', (source, code, expected) => {
    expect(addresses(source, code)).toEqual(expected);
  });

  test('of Ubuntu come from the ports where the architecture is not x86_64', () => {
    const archives = (code: string): string[] => addresses('ubuntu', code).map((line) => new URL(line.split(' ')[0]!).host);

    expect(archives('u24.x86_64')).toEqual(['archive.ubuntu.com', 'archive.ubuntu.com', 'security.ubuntu.com']);
    expect(archives('u24.aarch64')).toEqual(Array(3).fill('ports.ubuntu.com'));
  });
});
