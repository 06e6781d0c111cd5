import { existsSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { titleOf, writeModules } from '../../repo/rpm/modules.ts';
import { writeUpdateinfo } from '../../repo/rpm/updateinfo.ts';
import { corpus, el9 } from './el9.ts';
import { conformance } from './oracle.ts';
import { openWorkshop, rpmPrograms, type Workshop } from './rpm-built.ts';
import { dnfOn, publish } from './rpm-published.ts';
import { run } from './run.ts';

const programs = { ...rpmPrograms, modifyrepo_c: 'createrepo-c' };

/** A package; of a stream, it says so itself (rpm, ModularityLabel). */
const spec = (version: string, release: string, stream?: string): string => `
Name: db
Version: ${version}
Release: ${release}
Summary: A database
License: MIT
BuildArch: noarch
${stream === undefined ? '' : `ModularityLabel: db:${stream}:1:c`}
%description
A database.
%files
`;

const documentOf = (stream: string, version: string): string => `document: modulemd
version: 2
data:
  name: db
  stream: "${stream}"
  version: 1
  context: c
  arch: x86_64
  summary: A database
  description: A database
  license: { module: [MIT] }
  dependencies:
  - requires: { platform: [el9] }
  profiles:
    server: { rpms: [db] }
  artifacts:
    rpms: [db-0:${version}-1.module.noarch]`;

for (const state of [undefined, 'db:15', 'db:16']) {
  conformance(`packages of a stream that is shipped are installed where the distribution has ${state === undefined ? 'no stream of the module' : `the stream ${state}`} turned on`, { programs }, async () => {
    const { workshop, repository, appstream } = await hostWithModules();
    const dnf = await dnfOn(workshop, repository, { module_hotfixes: '1' }, { appstream });
    if (state !== undefined) await run([...dnf, 'module', 'enable', state]);

    await run([...dnf, '--disablerepo=appstream', 'install', 'db']);
    await run([...dnf, 'check']);

    expect((await run([...dnf, 'repoquery', '--showduplicates', '--repo=pgark', '--qf', '%{version}', 'db'])).trim()).toBe('16.1');
    expect(await installed(workshop)).toContain('db-16.1-1.module.noarch');
    await workshop.close();
  });
}

conformance('dnf turns on a stream from what we ship of it, and takes its profile, where no other repository can be reached', { programs }, async () => {
  const { workshop, repository } = await hostWithModules();
  const dnf = await dnfOn(workshop, repository, { module_hotfixes: '1' });

  await run([...dnf, 'install', '@db:16/server']);

  expect(await run([...dnf, 'module', 'list', '--enabled'])).toMatch(/db +16 \[e\] +server \[i\]/);
  expect(await installed(workshop)).toContain('db-16.1-1.module.noarch');
  await workshop.close();
});

conformance('without the document of its stream, a package of a stream is refused to whoever takes module_hotfixes out', { programs }, async () => {
  const { workshop, repository } = await hostWithModules({});
  const dnf = await dnfOn(workshop, repository);

  await expect(run([...dnf, 'install', 'db'])).rejects.toThrow('No available modular metadata');

  await workshop.close();
});

conformance('dnf tells what a shipped package fixes', { programs }, async () => {
  const { workshop, repository } = await hostWithModules();
  const dnf = await dnfOn(workshop, repository, { module_hotfixes: '1' });
  await run([...dnf, 'install', 'db']);

  const fixed = await run([...dnf, 'updateinfo', 'list', '--installed']);
  const holes = await run([...dnf, 'updateinfo', 'list', '--installed', '--with-cve']);

  expect(fixed).toMatch(/RLSA-2026:1 +Important\/Sec\. +db-16\.1-1\.module\.noarch/);
  expect(holes).toMatch(/CVE-2026-1 +Important\/Sec\. +db-16\.1-1\.module\.noarch/);
  await workshop.close();
});

// The modules.yaml is real, of CentOS Stream 9.
test.skipIf(!existsSync(corpus) || !existsSync('/usr/bin/dnf'))('dnf takes real documents of streams as we write them', async () => {
  const { streams } = (await el9()).modules;
  const { workshop, repository } = await hostWithModules({ modules: writeModules(streams.map((each) => each.text)) });

  const listed = await run([...(await dnfOn(workshop, repository, { module_hotfixes: '1' })), 'module', 'list'], { env: { COLUMNS: '300' } });

  const theirs = [...listed.matchAll(/^(\S+) +(\S+) +\S.*$/gm)].map(([, module, stream]) => `${module}:${stream}`).filter((each) => !/^(Name|Hint)/.test(each));
  expect(theirs.toSorted()).toEqual([...new Set(streams.map(titleOf))].sort());
  await workshop.close();
});

const advisory = '<update from="x" status="final" type="security" version="2"><id>RLSA-2026:1</id><title>A hole</title><severity>Important</severity><issued date="2026-01-01 00:00:00"/><description>Bad</description><references><reference href="https://example.org/" id="CVE-2026-1" type="cve" title="CVE-2026-1"/></references><pkglist><collection><package name="db" version="16.1" release="1.module" epoch="0" arch="noarch" src="x"><filename>db-16.1-1.module.noarch.rpm</filename></package></collection></pkglist></update>';

/** Our repository with the stream 16, beside the distribution's, which has a plain package and two streams. */
async function hostWithModules(documents: Parameters<typeof publish>[3] = { modules: writeModules([documentOf('16', '16.1')]), updateinfo: writeUpdateinfo([advisory]) }): Promise<{ workshop: Workshop; repository: string; appstream: object }> {
  const workshop = await openWorkshop();
  const built = (await Promise.all([workshop.build(spec('13', '1.el9')), workshop.build(spec('15.1', '1.module', '15')), workshop.build(spec('16.1', '1.module', '16'))])).flat();
  const key = await workshop.sign(built, 'upstream');
  const theirs = join(workshop.folder, 'appstream');
  await mkdir(theirs);
  for (const file of built) await copyFile(file, join(theirs, basename(file)));
  await run(['createrepo_c', '--quiet', '--no-database', theirs]);
  await writeFile(join(workshop.folder, 'modules.yaml'), writeModules([documentOf('15', '15.1'), documentOf('16', '16.1')]));
  await run(['modifyrepo_c', '--mdtype=modules', join(workshop.folder, 'modules.yaml'), join(theirs, 'repodata')]);
  const repository = await publish(workshop, built.slice(2), key, documents);
  await rm(join(workshop.folder, 'modules.yaml'));
  return { workshop, repository, appstream: { name: 'appstream', baseurl: `file://${theirs}`, gpgcheck: '1', gpgkey: `file://${workshop.folder}/packages.asc` } };
}

const installed = ({ folder }: Workshop): Promise<string> => run(['rpm', '--root', join(folder, 'root'), '-qa']);
