import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Catalog } from '../../builder/manifest/catalog.ts';
import { releaseOf } from '../../builder/manifest/platform.ts';
import { type AnyPlace, placesFor } from '../../builder/manifest/source.ts';
import { writeYaml } from '../../repo/core/document.ts';
import type { Target } from '../../repo/package/target.ts';
import { serveFiles, type MadeServer } from '../support/server.ts';
import type { Workshop } from './rpm-built.ts';
import { run } from './run.ts';

/** A mirror of Rocky and PGDG as the manifests place them: repositories of createrepo_c, with packages of rpmbuild. */
export interface ElMirror {
  server: MadeServer;
  /** What it serves. */
  files: Map<string, Buffer>;
  /** For `--mirrors`. */
  mirrors: string;
  /** Makes the repositories of a target anew, PostgreSQL at this version of 17. */
  publish(target: Target, minor: string): Promise<void>;
}

/** How the packages and the metadata of a release are packed, and what its versions look like. */
const ways: Record<string, { payload: string; metadata: string; glibc: string; cron: string }> = {
  8: { payload: 'w2.xzdio', metadata: 'gz', glibc: '2.28', cron: '1.6.5' },
  9: { payload: 'w3.zstdio', metadata: 'xz', glibc: '2.34', cron: '1.6.7~rc1' },
  10: { payload: 'w3.zstdio', metadata: 'gz', glibc: '2.39', cron: '1.6.7^20260101git1234567' },
};

export async function makeElMirror(workshop: Workshop, catalog: Catalog): Promise<ElMirror> {
  const files = new Map<string, Buffer>();
  const server = await serveFiles(files);
  const mirrors = join(workshop.folder, 'mirrors.yml');
  for (const name of ['mirror', 'upstream']) await writeFile(join(workshop.folder, `${name}.asc`), await workshop.sign([], name));
  const archives = ['rocky', 'pgdg-yum'].map((name) => [name, { url: `${server.url}/${name}`, keys: ['mirror.asc', 'upstream.asc'] }]);
  await writeFile(mirrors, writeYaml({ archives: Object.fromEntries(archives) }));
  return {
    server,
    files,
    mirrors,
    publish: async (target, minor) => {
      const way = ways[target.release]!;
      const made: Record<string, string[]> = {
        baseos: await built(workshop, target, distribution(target, way.glibc)),
        pgdg17: await built(workshop, target, pgdg(target, minor, way.cron)),
        ...(hasModules(target) && { appstream: await built(workshop, target, modular) }),
      };
      for (const place of placesOf(catalog, target)) {
        const documents = place.suite === 'appstream' && hasModules(target) ? documentsOf(target) : {};
        for (const [path, content] of await repositoryOf(workshop, made[place.suite] ?? [], way.metadata, documents)) files.set(`${place.archive}/${place.path}/${path}`, content);
      }
    },
  };
}

/** The repositories that a bundle of Rocky and PGDG draws from. */
function placesOf(catalog: Catalog, target: Target): AnyPlace[] {
  const release = catalog.releases.find((each) => each.code === releaseOf(target))!;
  return ['rocky', 'pgdg'].flatMap((name) => placesFor(catalog.sources[name]!, target, release, ['17']));
}

async function built(workshop: Workshop, { release, arch }: Target, spec: string): Promise<string[]> {
  const files = await workshop.build(spec, { _binary_payload: ways[release]!.payload, dist: `.el${release}` }, arch);
  await workshop.sign(files, 'upstream');
  return files;
}

/** What createrepo_c makes of packages and of documents by their names, signed with gpg, by path below the repository. */
export async function repositoryOf(workshop: Workshop, packages: readonly string[], compression: string, documents: Readonly<Record<string, string>> = {}): Promise<Map<string, Buffer>> {
  const folder = join(workshop.folder, 'repository');
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'Packages'), { recursive: true });
  for (const file of packages) await rename(file, join(folder, 'Packages', basename(file)));
  await run(['createrepo_c', '--quiet', '--no-database', `--general-compress-type=${compression}`, folder]);
  for (const [name, text] of Object.entries(documents)) {
    await writeFile(join(workshop.folder, name), text);
    await run(['modifyrepo_c', join(workshop.folder, name), join(folder, 'repodata')]);
  }
  await workshop.detach(join(folder, 'repodata/repomd.xml'), 'mirror');
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path)] as const)));
}

const isaOf = ({ arch }: Target): string => (arch === 'x86_64' ? '(x86-64)' : '(aarch-64)');

const libc = (version: string): string => `libc.so.6(GLIBC_${version})(64bit)`;

/** One package among others of a spec. */
const part = (name: string, version: string, lines: readonly string[], file?: string): string => `
%package -n ${name}
Version: ${version}
Summary: Made
${lines.join('\n')}
%description -n ${name}
Made.
%files -n ${name}
${file ?? ''}
`;

const spec = (name: string, parts: readonly string[], paths: readonly string[]): string => `
Name: ${name}
Version: 1
Release: 1%{?dist}
Summary: Made
License: MIT
%description
Made.
${parts.join('')}
%install
${paths.map((path) => `mkdir -p %{buildroot}$(dirname ${path})\necho %{_target_cpu} > %{buildroot}${path}`).join('\n')}
`;

/** What PostgreSQL stands on: the C library with its language packs, a shell, and a client that the manifests leave out. */
const distribution = (target: Target, glibc: string): string =>
  spec('made-distribution', [
    part('setup', '2.13', ['BuildArch: noarch'], '/etc/passwd'),
    part('filesystem', '3.16', ['Requires: setup']),
    part('basesystem', '11', ['BuildArch: noarch', 'Requires: setup', 'Requires(post): filesystem']),
    part('glibc', glibc, [`Provides: ${libc('2.17')}`, `Provides: ${libc(glibc)}`, 'Requires: basesystem', `Requires: glibc-langpack${isaOf(target)} = ${glibc}`, 'Recommends: (glibc-all-langpacks if setup)'], '/usr/lib64/libc.so.6'),
    part('glibc-minimal-langpack', glibc, [`Provides: glibc-langpack${isaOf(target)} = ${glibc}`, `Requires: glibc${isaOf(target)} = ${glibc}`]),
    part('glibc-all-langpacks', glibc, [`Provides: glibc-langpack${isaOf(target)} = ${glibc}`, `Requires: glibc${isaOf(target)} = ${glibc}`]),
    part('bash', '5.1', [`Requires: ${libc(glibc)}`, 'Provides: /bin/sh'], '/usr/bin/bash'),
    part('systemd', '252', ['Requires: bash']),
    part('libpq', '13.23', [`Requires: ${libc(glibc)}`, 'Provides: libpq.so.5()(64bit)']),
  ], ['/etc/passwd', '/usr/lib64/libc.so.6', '/usr/bin/bash']);

/** EL 10 has none. */
export const hasModules = ({ release }: Target): boolean => release !== '10';

/** A stream of a module of AppStream. */
const modular = spec('made-appstream', [part('nginx', '1.24.0', ['Epoch: 1', 'Release: 1.module%{?dist}', 'Requires: /bin/sh'], '/usr/sbin/nginx')], ['/usr/sbin/nginx']);

const documentsOf = ({ release, arch }: Target): Record<string, string> => ({
  'modules.yaml': `---
document: modulemd
version: 2
data:
  name: nginx
  stream: "1.24"
  version: 9
  context: c0ffee42
  arch: ${arch}
  summary: A server
  description: A server
  license: { module: [MIT] }
  dependencies:
  - requires: { platform: [el${release}] }
  profiles:
    common: { rpms: [nginx] }
  artifacts:
    rpms: ['nginx-1:1.24.0-1.module.el${release}.${arch}']
...
---
document: modulemd-defaults
version: 1
data: { module: nginx, profiles: { "1.24": [common] } }
...
`,
  'updateinfo.xml': `<?xml version="1.0"?>
<updates><update from="made" status="final" type="security" version="2"><id>RLSA-2026:1</id><title>nginx</title><severity>Important</severity><issued date="2026-01-01 00:00:00"/><description>x</description><pkglist><collection short="x"><name>x</name><package name="nginx" version="1.24.0" release="1.module.el${release}" epoch="1" arch="${arch}" src="x"><filename>nginx.rpm</filename></package></collection></pkglist></update></updates>
`,
});

const pgdg = (target: Target, version: string, cron: string): string => {
  const self = (name: string): string => `Requires: ${name}${isaOf(target)} = ${version}-1PGDG%{?dist}`;
  return spec('made-pgdg', [
    part('postgresql17-libs', version, [`Requires: ${libc('2.17')}`, 'Provides: libpq.so.5()(64bit)'], '/usr/pgsql-17/lib/libpq.so.5'),
    part('postgresql17', version, [self('postgresql17-libs'), 'Requires: libpq.so.5()(64bit)', 'Requires: /bin/sh'], '/usr/pgsql-17/bin/psql'),
    part('postgresql17-server', version, [self('postgresql17'), self('postgresql17-libs'), 'Requires: (systemd or initscripts)'], '/usr/pgsql-17/bin/postgres'),
    part('postgresql17-contrib', version, [self('postgresql17')]),
    part('pg_cron_17', cron, ['Requires: postgresql17-server'], '/usr/pgsql-17/lib/pg_cron.so'),
  ], ['/usr/pgsql-17/lib/libpq.so.5', '/usr/pgsql-17/bin/psql', '/usr/pgsql-17/bin/postgres', '/usr/pgsql-17/lib/pg_cron.so']).replace('Release: 1%', 'Release: 1PGDG%');
};
