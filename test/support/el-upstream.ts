import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { madeKey, type MadeKey } from './archive.ts';
import { makeRepositories, type MadeRepository, type MadeRpm } from './repository.ts';
import { serveFiles, type MadeServer } from './server.ts';
import { makeSignedRpm } from './signed-rpm.ts';

/** A small EL 9 to make bundles from: two repositories behind a server, and manifests that trust their keys. */
export interface ElUpstream {
  /** Holds `manifests`, `bundle.yml` and `store`. */
  folder: string;
  server: MadeServer;
  files: Map<string, Buffer>;
  /** `rocky` signs its index and its packages; of pgdg one key signs the index, another the packages. */
  keys: Record<'rocky' | 'index' | 'packages', MadeKey>;
  baseos: MadeRpm[];
  pgdg: MadeRpm[];
  /** Further indexes of baseos: `modules`, `group` … */
  further: Pick<MadeRepository, 'modules' | 'filelists' | 'group' | 'updateinfo'>;
  /** `--manifests … --store … --mirror …` */
  options: readonly string[];
  /** Serves what `baseos` and `pgdg` hold now. */
  publish(): Promise<void>;
  close(): Promise<void>;
}

type PublicKey = Pick<MadeKey, 'fingerprint' | 'armoured'>;

const date = Date.parse('2026-07-11T10:16:37Z');

/** With packages made here, or with the given ones and the public keys of those who signed them, of baseos and of pgdg. */
export async function elUpstream(given?: Pick<ElUpstream, 'baseos' | 'pgdg'> & { signers: readonly [PublicKey, PublicKey] }): Promise<ElUpstream> {
  const folder = await mkdtemp(join(tmpdir(), 'pgark-el-'));
  const [rocky, index, packages] = await Promise.all(['rocky', 'pgdg index', 'pgdg packages'].map((name) => madeKey(name))) as [MadeKey, MadeKey, MadeKey];
  // Whoever signs with gpg keeps the key to himself.
  const keys = { rocky, index, packages: { ...packages, ...given?.signers[1] } };
  const files = new Map<string, Buffer>();
  const server = await serveFiles(files);
  await writeManifests(folder, keys, given ? [rocky, given.signers[0]] : [rocky]);
  const upstream: ElUpstream = {
    folder, server, files, keys,
    baseos: given?.baseos ?? (await baseosOf(rocky)),
    pgdg: given?.pgdg ?? (await pgdgOf(packages)),
    further: {},
    options: ['--manifests', join(folder, 'manifests'), '--store', join(folder, 'store'), '--mirror', `rocky=${server.url}`, '--mirror', `pgdg=${server.url}`],
    publish: async () => {
      files.clear();
      for (const [path, packages, key, further] of [['9/BaseOS', upstream.baseos, keys.rocky, upstream.further], ['17/rhel-9', upstream.pgdg, keys.index, {}]] as const) {
        for (const [place, content] of await makeRepositories([{ path, date, packages: packages.map((made) => made.stanza), ...further }], key)) files.set(place, content);
        for (const made of packages) files.set(`${path}/${made.path}`, made.content);
      }
    },
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
  await upstream.publish();
  return upstream;
}

const baseosOf = ({ signer }: MadeKey): Promise<MadeRpm[]> =>
  Promise.all([
    makeSignedRpm(signer, 'setup', '2.13.7-10.el9', 'noarch'),
    makeSignedRpm(signer, 'basesystem', '11-13.el9', 'noarch', { requires: ['setup'] }),
    makeSignedRpm(signer, 'glibc', '2.34-100.el9', 'x86_64', { provides: ['libc.so.6(GLIBC_2.34)(64bit)'], requires: ['basesystem'] }),
    makeSignedRpm(signer, 'bash', '5.1.8-9.el9', 'x86_64', { requires: ['libc.so.6(GLIBC_2.34)(64bit)'], files: ['/bin/sh', '/usr/bin/bash'] }),
  ]);

const pgdgOf = ({ signer }: MadeKey): Promise<MadeRpm[]> =>
  Promise.all([
    makeSignedRpm(signer, 'postgresql17-libs', '17.5-3PGDG.rhel9', 'x86_64', { requires: ['libc.so.6(GLIBC_2.34)(64bit)'] }),
    makeSignedRpm(signer, 'postgresql17-server', '1:17.5~rc1^git2-3PGDG.rhel9', 'x86_64', { requires: ['/bin/sh', 'postgresql17-libs(x86-64) >= 17.5'], files: ['/usr/pgsql-17/bin/postgres'] }),
  ]);

async function writeManifests(folder: string, { index, packages }: ElUpstream['keys'], baseos: readonly PublicKey[]): Promise<void> {
  const keysOf = (...keys: PublicKey[]): string => `[${keys.map((key) => key.fingerprint).join(', ')}]`;
  const source = (name: string, repository: string, ...keys: PublicKey[]): string =>
    `name: ${name}\nabout: a test\nmodule: node\narchives: { ${name}: { url: https://yum.invalid } }\nkeys:\n${keys.map((key) => `  ${key.fingerprint}: { owner: a test, url: 'http://keys.invalid/' }\n`).join('')}repositories:\n  - { ${repository}, archive: ${name}, keys: ${keysOf(...keys)} }\n`;
  const documents: Record<string, string> = {
    'manifests/distros.yml': "releases:\n  - { code: el9, title: Rocky 9, distro: rocky, format: rpm, release: '9', minor: '9.6', architectures: [x86_64], pg: 14-18, libc: { name: glibc, version: '2.34' }, home: '/usr/pgsql-{pg}', locale: { name: C.UTF-8, package: glibc-langpack-en } }\n",
    'manifests/sources/rocky.yml': source('rocky', "repository: baseos, targets: [el9], path: '{release}/BaseOS'", ...baseos),
    'manifests/sources/pgdg.yml': source('pgdg', "repository: 'pgdg{pg}', targets: [el9], path: '{pg}/rhel-{release}', hotfixes: true", index, packages),
    'manifests/components/pgsql.yml': "module: pgsql\nabout: x\ncomponents:\n  postgresql: { about: The server, kind: server, rpm: ['postgresql{pg}-server'], published: [{ on: [el9], from: pgdg }] }\n",
    ...Object.fromEntries([...baseos, index, packages].map((key) => [`manifests/keys/${key.fingerprint}.asc`, key.armoured])),
    'bundle.yml': "name: small\nversion: '1.0'\nabout: x\nsources: [rocky, pgdg]\ntargets: { el9.x86_64: ['17'] }\nmodules: [pgsql]\n",
  };
  for (const [path, content] of Object.entries(documents)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}
