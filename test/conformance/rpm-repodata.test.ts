import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { writeIndexes } from '../../repo/rpm/index.ts';
import { conformance, report } from './oracle.ts';
import { openWorkshop, richSpec, rpmPrograms, smallSpec } from './rpm-built.ts';
import { dnfOn, indexed, publish } from './rpm-published.ts';
import { run } from './run.ts';

conformance('metadata of our own making is what createrepo_c writes of the same packages', { programs: rpmPrograms }, async () => {
  const workshop = await openWorkshop();
  const packers = { 'w6.gzdio': '.gz', 'w6.xzdio': '.xz', 'w6.zstdio': '.zst', 'w6.bzdio': '.bz2', 'w6.lzdio': '.lz' };
  const built: string[] = [];
  for (const [packer, dist] of Object.entries(packers)) built.push(...(await workshop.build(richSpec.replace('2.el9', `2${dist}`), { _binary_payload: packer })));
  const folder = join(workshop.folder, 'theirs');
  await mkdir(folder);
  for (const file of built) await copyFile(file, join(folder, basename(file)));
  await run(['createrepo_c', '--quiet', '--no-database', folder]);

  const begin = performance.now();
  const indexes = await writeIndexes(await Promise.all(built.map(indexed)), { date: new Date(0) });
  const seconds = (performance.now() - begin) / 1000;

  let agree = 0;
  for (const name of ['primary', 'filelists', 'other']) {
    const ours = entriesOf(textOf(indexes, name));
    const theirs = entriesOf(await theirText(folder, name));
    expect(ours).toEqual(theirs);
    agree += theirs.length;
  }
  await report('RPM metadata', { agree, of: agree, explained: 0, peer: 'createrepo_c, entry by entry', seconds });
  await workshop.close();
});

conformance('dnf, createrepo_c and libsolv take a repository of ours, dnf with every check on', { programs: rpmPrograms }, async () => {
  const workshop = await openWorkshop();
  const files = [...(await workshop.build(richSpec)), ...(await workshop.build(smallSpec('small')))];
  const packageKey = await workshop.sign(files, 'upstream');
  const repository = await publish(workshop, files, packageKey);
  const program = await dnfOn(workshop, repository);
  const dnf = (...words: string[]): Promise<string> => run([...program, ...words]);

  const listed = await dnf('repoquery', '--qf', '%{name} %{epoch}:%{version}-%{release} %{location}');
  const owner = await dnf('repoquery', '--qf', '%{name}', '-f', '/usr/share/alpha/data');
  await dnf('install', 'small');
  await run(['mergerepo_c', '--repo', `file://${repository}`, '--outputdir', join(workshop.folder, 'merged')]);
  await run(['repo2solv', '-o', join(workshop.folder, 'solv'), repository]);

  expect(listed.trim().split('\n').sort()).toEqual([
    'alpha 1:1.0~rc1^git2-2.el9 Packages/a/alpha-1.0~rc1^git2-2.el9.noarch.rpm',
    'alpha-empty 1:1.0~rc1^git2-2.el9 Packages/a/alpha-empty-1.0~rc1^git2-2.el9.noarch.rpm',
    'alpha-plain 1:1.0~rc1^git2-2.el9 Packages/a/alpha-plain-1.0~rc1^git2-2.el9.noarch.rpm',
    'small 0:1.0-1 Packages/s/small-1.0-1.noarch.rpm',
  ]);
  expect(owner.trim()).toBe('alpha');
  expect(await readFile(join(workshop.folder, 'root/usr/share/small/file'), 'utf8')).toBe('small\n');
  expect((await theirText(join(workshop.folder, 'merged'), 'primary')).match(/<package /g)).toHaveLength(4);
  await workshop.close();
});

conformance('dnf refuses a package of ours that a foreign key signed', { programs: rpmPrograms }, async () => {
  const workshop = await openWorkshop();
  const files = await workshop.build(smallSpec('small'));
  await workshop.sign(files, 'foreign');
  const repository = await publish(workshop, files, await workshop.sign([], 'upstream'));
  const program = await dnfOn(workshop, repository);

  await expect(run([...program, 'install', 'small'])).rejects.toThrow(/public key|gpg/i);
  await workshop.close();
});

conformance('dnf refuses a repository of ours whose index was changed after it was signed', { programs: rpmPrograms }, async () => {
  const workshop = await openWorkshop();
  const files = await workshop.build(smallSpec('small'));
  const repository = await publish(workshop, files, await workshop.sign(files, 'upstream'));
  const repomd = join(repository, 'repodata/repomd.xml');

  await writeFile(repomd, (await readFile(repomd, 'utf8')).replace('</revision>', '1</revision>'));

  await expect(run([...(await dnfOn(workshop, repository)), 'repoquery'])).rejects.toThrow(/signature/i);
  await workshop.close();
});

const textOf = (indexes: ReadonlyMap<string, string | Uint8Array>, name: string): string => gunzipSync(indexes.get([...indexes.keys()].find((path) => path.endsWith(`-${name}.xml.gz`))!)!).toString('utf8');

async function theirText(folder: string, name: string): Promise<string> {
  const file = (await readdir(join(folder, 'repodata'))).find((each) => each.endsWith(`-${name}.xml.gz`))!;
  return gunzipSync(await readFile(join(folder, 'repodata', file))).toString('utf8');
}

/**
 * The entries, by the digest of their package. Not compared are the path and the time of a file, which are a matter of where
 * it lies; nor the second that createrepo_c adds to a changelog as old as the one before.
 */
function entriesOf(text: string): string[] {
  const entries = text.match(/<package .*?<\/package>/gs) ?? [];
  return entries.map((entry) => entry.replace(/<location [^>]*>/, '').replace(/<time file="\d+"/, '<time').replace(/(?<=<changelog [^>]* date=")\d+/g, (date) => String(Math.floor(Number(date) / 3600)))).sort();
}
