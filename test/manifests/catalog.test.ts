import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCatalog, releaseFor } from '../../builder/manifest/catalog.ts';
import { readBundle } from '../../builder/manifest/given.ts';
import { expand } from '../../builder/manifest/expand.ts';
import { createdOf, isGrouped } from '../../builder/manifest/extension.ts';
import { spelled } from '../../builder/manifest/major.ts';
import { manifestOf } from '../../builder/manifest/manifest.ts';
import { covers, findTarget } from '../../builder/manifest/platform.ts';
import { placesFor } from '../../builder/manifest/source.ts';
import type { Target } from '../../repo/package/target.ts';

const manifests = resolve(import.meta.dirname, '../../manifests');
const catalog = await readCatalog(manifests);
const { targets, sources, components, extensions, categories, groups, created } = catalog;

interface Row {
  of: string;
  on: readonly string[];
  from: string;
  pg?: string | undefined;
}

const rows: Row[] = [...Object.entries(components), ...Object.entries(extensions)].flatMap(([of, { published }]) => published.map(({ on, from, pg }) => ({ of, on, from, pg })));

/** Sources that a bundle has to name by itself, since no component or extension is said to come from them. */
const optional: Readonly<Record<string, string>> = {
  citus: 'Citus as its makers build it; PGDG and Pigsty carry it too',
  'gitlab-ce': 'a server of its own, none of its packages are described',
  'gitlab-ee': 'a server of its own, none of its packages are described',
  grafana: 'Grafana as its makers build it; Pigsty carries it too',
  groonga: 'PGroonga as its makers build it; Pigsty carries it too',
  'groonga-ppa': 'PGroonga as its makers build it; Pigsty carries it too',
  haproxy: 'HAProxy newer than that of the distribution',
  'haproxy-ppa': 'HAProxy newer than that of the distribution',
  llvm: 'compilers, for building extensions',
  mongodb: 'a server of its own, none of its packages are described',
  percona: 'PostgreSQL as Percona distributes it',
  'pgdg-extras': 'packages that PGDG carries for what is not PostgreSQL',
  timescaledb: 'TimescaleDB as its makers build it; Pigsty carries it too',
  wiltondb: 'a fork of Babelfish, none of its packages are described',
};

describe('every row of what is published', () => {
  test.each(targets)('names sources that serve $code', (target) => {
    const release = releaseFor(catalog, target);
    const about = rows.filter(({ on }) => on.some((platform) => covers(platform, target)));

    const unserved = about.filter(({ from, pg }) => placesFor(sources[from]!, target, release, pg === undefined ? ['17'] : spelled(pg)).length === 0);

    expect(about.length).toBeGreaterThan(50);
    expect(unserved.map(({ of, from }) => `${of} from ${from}`)).toEqual([]);
  });

  test('is about targets that there are', () => {
    const lost = rows.filter(({ on }) => on.some((platform) => !targets.some((target) => covers(platform, target))));

    expect(lost).toEqual([]);
  });

  test('names packages, or is of something that has a name in the family', () => {
    const nameless = [...Object.entries(extensions), ...Object.entries(components)].flatMap(([name, { deb, rpm, published }]) =>
      published
        .filter((row) => !('package' in row) && !('packages' in row))
        .flatMap(({ on }) => targets.filter((target) => on.some((platform) => covers(platform, target)) && (target.format === 'deb' ? deb : rpm) === undefined).map((target) => `${name} ${target.code}`)),
    );

    expect(nameless).toEqual([]);
  });

  test('names a source that is not disabled', () => {
    expect(rows.filter(({ from }) => sources[from]!.disabled !== undefined).map(({ of, from }) => `${of} from ${from}`)).toEqual([]);
  });
});

test('every source is used, or is one that a bundle names for itself', () => {
  const used = new Set(rows.map(({ from }) => from));

  expect(Object.keys(sources).filter((name) => !used.has(name)).toSorted()).toEqual(Object.keys(optional).toSorted());
});

describe('every extension', () => {
  test('is published, part of the server, or known to be missing', () => {
    const lost = Object.entries(extensions).filter(([, { published, gaps, contrib }]) => published.length === 0 && gaps.length === 0 && !contrib);

    expect(lost.map(([name]) => name)).toEqual([]);
  });

  test('is in one category, and in the group of that where it is not kept out', () => {
    const listed = Object.values(categories).flat();
    const bare = Object.keys(categories).filter((category) => !Object.values(groups).some((group) => group.categories.includes(category)));

    expect(listed.toSorted()).toEqual(Object.keys(extensions).toSorted());
    expect(bare).toEqual([]);
    for (const [name, extension] of Object.entries(extensions)) {
      const grouped = targets.some((target) => isGrouped(extension, target));
      expect(grouped || extension.kernel !== undefined || extension.ungrouped.length > 0, name).toBe(true);
    }
  });

  test('is created after what it requires, in some order: none requires itself', () => {
    const requires = new Map(Object.entries(extensions).flatMap(([name, extension]) => createdOf(name, extension).map((each) => [each.name, each.requires] as const)));
    const reaches = (name: string, seen: readonly string[] = []): boolean => seen.includes(name) || (requires.get(name) ?? []).some((each) => reaches(each, [...seen, name]));

    expect([...requires.keys()].filter((name) => reaches(name))).toEqual([]);
  });

  test('conflicts with others, and names none of its own package', () => {
    const within = Object.entries(extensions).flatMap(([name, extension]) => createdOf(name, extension).flatMap((each) => each.conflicts.filter((rival) => created[rival] === name).map((rival) => `${each.name}: ${rival}`)));

    expect(within).toEqual([]);
  });

  test('of a fork names its kernel, and is had from where that is had', () => {
    const bound = Object.entries(extensions).filter(([, { kernel }]) => kernel !== undefined);

    expect(bound.length).toBeGreaterThan(5);
    for (const [name, { kernel, published }] of bound) {
      expect(components[kernel!]?.kind, name).toBe('kernel');
      expect(new Set(published.map(({ from }) => from)), name).toEqual(new Set(components[kernel!]!.published.map(({ from }) => from)));
    }
  });
});

describe('every group', () => {
  test.each(Object.keys(groups))('%s stands for something, without a circle', (name) => {
    const members = expand(name, catalog);

    expect(members.length).toBeGreaterThan(0);
  });

  test('of one major stands for as many things as that of all', () => {
    for (const name of Object.keys(groups).filter((each) => /^pgsql(-|$)/.test(each))) {
      const members = expand(name.replace('pgsql', 'pg17'), catalog);

      expect(members.map((member) => member.pg)).toEqual(expand(name, catalog).map(() => '17'));
    }
  });
});

describe('the group platform, from which an installer takes components by their names', () => {
  const common = ['base-tools', 'systemd', 'sshd', 'sudo', 'cron', 'chrony', 'haproxy', 'keepalived', 'node-exporter', 'nginx', 'nginx-exporter', 'dnsmasq', 'victoria-metrics', 'vmutils', 'alertmanager', 'etcd', 'postgresql', 'patroni', 'patroni-etcd', 'pgbouncer', 'pgbackrest', 'pg-exporter', 'vip-manager'];
  const own = { rpm: ['firewalld', 'selinux-tools'], debian: ['postgres-exporter', 'pgbouncer-exporter'], ubuntu: [] };

  test.each(targets.filter(({ code }) => !code.startsWith('d11.')))('has all that a deployment stands on, on $code', async (target) => {
    const { bundle } = await readBundle(join(manifests, 'bundles/full.yml'), catalog);
    const { wanted, absent } = manifestOf({ ...bundle, groups: ['platform'], extensions: [] }, catalog, target);

    expect([...new Set(wanted.map((each) => each.name))].toSorted()).toEqual([...common, ...own[familyOf(target)]].toSorted());
    expect(absent).toEqual([]);
    for (const [name, packages] of Object.entries(target.format === 'rpm' ? onEl : {})) expect(wanted.filter((each) => each.name === name).map((each) => each.package), name).toEqual(packages);
  });

  test.each([['d11.x86_64', '13'], ['d12.x86_64', '15'], ['d13.x86_64', '17'], ['d13.aarch64', '17']])('has it from the archive of Debian alone too, on %s', async (code, pg) => {
    const { bundle } = await readBundle(join(manifests, 'bundles/debian.yml'), catalog);
    const { wanted, absent } = manifestOf({ ...bundle, extensions: [] }, catalog, findTarget(targets, code));

    const packagesOf = (name: string): string[] => wanted.filter((each) => each.name === name).map((each) => each.package);
    expect([...new Set(wanted.map((each) => each.name))].toSorted()).toEqual([...common, ...own.debian].toSorted());
    expect(absent).toEqual([]);
    expect(packagesOf('postgresql')).toEqual([`postgresql-${pg}`, `postgresql-client-${pg}`]);
    expect(packagesOf('etcd')).toEqual(['etcd-server', 'etcd-client']);
    expect(packagesOf('patroni-etcd')).toEqual(['python3-etcd']);
    expect(packagesOf('vmutils')).toEqual(['victoria-metrics']);
    expect(packagesOf('pg-exporter')).toEqual([...packagesOf('postgres-exporter'), ...packagesOf('pgbouncer-exporter')]);
  });

  const familyOf = ({ format, code }: Target): keyof typeof own => (format === 'rpm' ? 'rpm' : code.startsWith('d') ? 'debian' : 'ubuntu');

  const onEl = {
    cron: ['cronie'],
    sshd: ['openssh-server', 'openssh-clients'],
    'selinux-tools': ['policycoreutils', 'policycoreutils-python-utils', 'libselinux-utils'],
    'patroni-etcd': ['patroni-etcd'],
    'pg-exporter': ['pg-exporter'],
    vmutils: ['vmutils'],
    dnsmasq: ['dnsmasq'],
    postgresql: ['14', '15', '16', '17', '18'].flatMap((pg) => ['-server', '', '-libs', '-contrib'].map((part) => `postgresql${pg}${part}`)),
  };
});

describe('every description', () => {
  const abouts = [
    ...Object.entries(extensions).flatMap(([name, extension]) => [[name, extension.about] as const, ...createdOf(name, extension).map((each) => [name, each.about] as const)]),
    ...[components, groups, sources].flatMap((all) => Object.entries(all).map(([name, { about }]) => [name, about] as const)),
  ];

  test('is one short sentence without a full stop', () => {
    const wrong = abouts.filter(([, about]) => about.length < 8 || about.length > 100 || /[.\n]$/.test(about) || about.trim() !== about);

    expect(wrong).toEqual([]);
  });

  test('says what a thing does, not what kind of thing it is', () => {
    expect(abouts.filter(([name, about]) => /postgres(ql)? extension/i.test(about) || about.toLowerCase() === name || about.includes('?'))).toEqual([]);
  });

  test('is that of one thing', () => {
    const first = new Map<string, string>();
    const doubled = abouts.filter(([name, about]) => (first.get(about.toLowerCase()) ?? name) !== name || !first.set(about.toLowerCase(), name));

    expect(doubled).toEqual([]);
  });
});

// SPDX 2.3, annex D: identifiers of the licence list 3.25 that occur here; what the list does not have is a LicenseRef-.
const identifiers = new Set([
  '0BSD', 'AGPL-3.0-only', 'AGPL-3.0-or-later', 'Apache-2.0', 'Artistic-1.0', 'Artistic-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BUSL-1.1', 'Elastic-2.0', 'GPL-2.0-only',
  'GPL-2.0-or-later', 'GPL-3.0-only', 'GPL-3.0-or-later', 'ISC', 'LGPL-2.1-only', 'LGPL-2.1-or-later', 'LGPL-3.0-only', 'MIT', 'MPL-2.0', 'PostgreSQL', 'Zlib',
]);

test('every licence is an expression of SPDX', () => {
  const licenses = [...Object.entries(extensions), ...Object.entries(components)].flatMap(([name, { license }]) => (license === undefined ? [] : [{ name, parts: license.split(/ (?:AND|OR|WITH) /) }]));

  const strange = licenses.filter(({ parts }) => parts.some((part) => !identifiers.has(part) && !/^LicenseRef-[A-Za-z0-9.-]+$/.test(part)));

  expect(strange).toEqual([]);
});

test('every bundle of the project is read, and carries its own name', async () => {
  for (const file of readdirSync(join(manifests, 'bundles'))) {
    const { bundle } = await readBundle(join(manifests, 'bundles', file), catalog);

    expect(`${bundle.name}.yml`).toBe(file);
  }
});
