import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { expect } from 'vitest';
import { digestFile, digestOf } from '../../repo/core/digest.ts';
import { fingerprintsIn } from '../../repo/core/signature.ts';
import { readHeadOf } from '../../repo/rpm/head.ts';
import { metadataOf } from '../../repo/rpm/metadata.ts';
import { poolPath } from '../../repo/rpm/pool.ts';
import { versionOf } from '../../repo/rpm/relation.ts';
import { stanzaOf } from '../../repo/rpm/stanza.ts';
import { elUpstream } from '../support/el-upstream.ts';
import type { MadeRpm } from '../support/repository.ts';
import { configuredForBundle } from './dnf-configured.ts';
import { conformance } from './oracle.ts';
import { openWorkshop, rpmPrograms, type Workshop } from './rpm-built.ts';
import { run } from './run.ts';

const pgark = resolve(import.meta.dirname, '../../pgark');
const id = 'pgark-small-1.0.el9.x86_64';

conformance('dnf installs from a bundle that pgark built twice to the same bytes, with every check on', { programs: rpmPrograms }, async () => {
  const workshop = await openWorkshop();
  const [baseos, pgdg] = [await built(workshop, base, 'rocky'), await built(workshop, server, 'pgdg')];
  const upstream = await elUpstream({ baseos, pgdg, signers: [await publicKey(workshop, 'rocky'), await publicKey(workshop, 'pgdg')] });
  const { folder } = upstream;
  await run([pgark, 'keygen', '--out', join(folder, 'key')]);
  const build = (what: string, out: string, ...more: string[]): Promise<string> => run([pgark, 'build', join(folder, what), '--out', join(folder, out), '--key', join(folder, 'key/key'), ...upstream.options, ...more]);
  await run([pgark, 'lock', join(folder, 'bundle.yml'), '--target', 'el9.x86_64', '--out', folder, ...upstream.options]);

  await build('bundle.yml', 'one', '--target', 'el9.x86_64');
  await build('small.el9.x86_64.lock.json', 'two', '--offline');
  const digests = await Promise.all(['one', 'two'].map((name) => digestFile(join(folder, name, `${id}.tar`))));
  const signer = (await fingerprintsIn(await readFile(join(folder, 'key/public.asc')), 'key'))[0]!;
  const verdict = await run([pgark, 'verify', join(folder, 'one', `${id}.tar`), '--fingerprint', signer]);
  const dnf = await dnfOn(folder);
  await run([...dnf, 'makecache']);
  await run([...dnf, 'install', 'postgresql17-server']);
  const installed = await run(['rpm', '--root', join(folder, 'root'), '-qa', '--qf', '%{name} %|epoch?{%{epoch}:}:{}|%{version}-%{release}\n']);

  expect(digests[1]).toEqual(digests[0]);
  expect(verdict).toContain(`${id} is good`);
  expect(installed.split('\n').filter((line) => line.startsWith('postgresql17'))).toEqual(expect.arrayContaining(['postgresql17-libs 17.5-3', 'postgresql17-server 1:17.5~rc1^git2-3']));
  expect(await readFile(join(folder, 'root/usr/pgsql-17/bin/postgres'), 'utf8')).toBe('postgresql17-server\n');
  await writeFile(join(folder, id, 'repo/keys/packages.asc'), await readFile(join(folder, id, 'repo/keys/pgark.asc')));
  await rm(join(folder, 'root'), { recursive: true });
  await expect(run([...dnf, 'install', 'postgresql17-server'])).rejects.toThrow(/public key|gpg/i);
  await upstream.close();
  await workshop.close();
});

const spec = (name: string, version: string, lines: readonly string[] = [], files: readonly string[] = []): string => `
Name: ${name}
Version: ${version}
Release: 3
Summary: Small
License: MIT
BuildArch: noarch
${lines.join('\n')}
%description
Small.
%install
${files.map((file) => `mkdir -p %{buildroot}$(dirname ${file})\necho ${name} > %{buildroot}${file}`).join('\n')}
%files
${files.join('\n')}
`;

const base = [
  spec('setup', '2'),
  spec('basesystem', '11', ['Requires: setup']),
  spec('glibc', '2.34', ['Provides: libc.so.6(GLIBC_2.34)(64bit)', 'Requires: basesystem']),
  spec('bash', '5.1', ['Requires: libc.so.6(GLIBC_2.34)(64bit)', 'Provides: /bin/sh']),
];
const server = [
  spec('postgresql17-libs', '17.5', ['Requires: libc.so.6(GLIBC_2.34)(64bit)']),
  spec('postgresql17-server', '17.5~rc1^git2', ['Epoch: 1', 'Requires: /bin/sh', 'Requires: postgresql17-libs >= 17.5'], ['/usr/pgsql-17/bin/postgres']),
];

async function publicKey(workshop: Workshop, name: string): Promise<{ fingerprint: string; armoured: string }> {
  const armoured = await workshop.sign([], name);
  const [fingerprint] = await fingerprintsIn(Buffer.from(armoured), name) as [string];
  return { fingerprint, armoured };
}

async function built(workshop: Workshop, specs: readonly string[], signer: string): Promise<MadeRpm[]> {
  const files: string[] = [];
  for (const each of specs) files.push(...(await workshop.build(each)));
  await workshop.sign(files, signer);
  return Promise.all(files.map(async (file) => {
    const content = await readFile(file);
    const metadata = metadataOf(readHeadOf(file, basename(file)), basename(file));
    const { name, arch, epoch, version, release } = metadata;
    const path = poolPath({ name, arch, version: versionOf({ epoch: String(epoch), ver: version, rel: release }) });
    return { path, content, stanza: stanzaOf(metadata, { digest: digestOf(content), size: content.length }) };
  }));
}

/** Unpacks the bundle, and makes the machine's dnf know its repository and no other, on an empty root. */
async function dnfOn(folder: string): Promise<[string, ...string[]]> {
  await run(['tar', '-xf', join(folder, 'one', `${id}.tar`), '-C', folder]);
  await writeFile(join(folder, 'dnf.conf'), configuredForBundle(`file://${join(folder, id, 'repo')}`, folder, '9'));
  return ['dnf', '--quiet', '--config', join(folder, 'dnf.conf'), '--installroot', join(folder, 'root'), '--releasever', '9'];
}
