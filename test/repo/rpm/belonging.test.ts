import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contradictionsOf } from '../../../repo/rpm/belonging.ts';
import { readRepomd } from '../../../repo/rpm/repomd.ts';

const el9 = { release: '9', packageArch: 'x86_64' };

/** `arch version` of each package. */
const judge = (path: string, tags: readonly string[], ...packages: string[]): string[] =>
  contradictionsOf({ repomd: { tags }, path, packages: packages.map((each) => ({ arch: each.split(' ')[0]!, version: each.split(' ')[1]! })) }, el9);

test.each([
  ['of its own', '9/BaseOS', ['binary-x86_64', 'cpe:/o:rocky:rocky:9'], ['x86_64 1-1.el9', 'i686 1-1.el9', 'noarch 1-1.el9']],
  ['of its own, with single packages of another release', '9/BaseOS', [], ['x86_64 1-1.el9_6', 'x86_64 2-1.el8']],
  ['of a module', '9/AppStream', [], ['x86_64 1-1.module+el9.4.0+1']],
  ['of a point release', 'rhel-9.8-x86_64', ['cpe:/o:redhat:enterprise_linux:9.8'], ['x86_64 17.5-3PGDG.rhel9.8']],
  ['of a vendor who tells nothing', 'rpm/9', ['stable'], ['x86_64 1-1', 'noarch 2-1']],
  ['of a vendor who has one for all releases', 'yum/infra/x86_64', ['cpe:/o:centos:centos:7'], ['x86_64 1-1.el7']],
  ['that is empty', '9/extras', [], []],
])('nothing speaks against a repository %s', (_, path, tags, packages) => {
  expect(judge(path, tags, ...packages)).toEqual([]);
});

test.each([
  ['another architecture', '9/BaseOS', [], ['aarch64 1-1.el9', 'noarch 1-1.el9'], 'its packages are for aarch64'],
  ['another architecture, by its tags', '9/BaseOS', ['binary-aarch64'], ['noarch 1-1.el9'], 'its repomd.xml says that it is of aarch64'],
  ['another release, by its tags', '9/BaseOS', ['cpe:/o:rocky:rocky:8'], ['x86_64 1-1'], 'its repomd.xml says that it is for release 8'],
  ['another release, by its packages', 'rhel-9.8-x86_64', [], ['x86_64 1-1PGDG.rhel8', 'noarch 1-1PGDG.rhel10'], 'its packages are made for EL 10, 8'],
])('a repository of %s is told', (_, path, tags, packages, told) => {
  expect(judge(path, tags, ...packages)).toEqual([told]);
});

const stream = join(import.meta.dirname, '../../../../shared/corpus/el9/appstream/repodata/repomd.xml');

test.skipIf(!existsSync(stream))('the tags of CentOS Stream 9 are read', () => {
  expect(readRepomd(readFileSync(stream, 'utf8'), 'it').tags).toEqual(['cpe:/o:centos-stream:centos-stream:9']);
});
