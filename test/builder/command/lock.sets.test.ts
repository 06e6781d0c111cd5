import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lock } from '../../../builder/command/lock.ts';
import type { Lock } from '../../../builder/lock/lock.ts';
import { readLock } from '../../../builder/lock/read.ts';
import { runProgram } from '../../../repo/console/run.ts';
import { digestOf } from '../../../repo/core/digest.ts';
import { capture } from '../../support/capture.ts';
import { elUpstream, type ElUpstream } from '../../support/el-upstream.ts';
import { filelistsOf, type MadeRpm } from '../../support/repository.ts';
import { makeSignedRpm } from '../../support/signed-rpm.ts';

const file = 'small.el9.x86_64.lock.json';

const streamOf = (stream: string, version: number, artifacts: readonly string[]): string => `document: modulemd
version: 2
data:
  name: nginx
  stream: "${stream}"
  version: ${version}
  context: c0ffee
  arch: x86_64
  summary: A server
  description: A server
  license: { module: [MIT] }
  dependencies:
  - requires: { platform: [el9] }
  profiles:
    common: { rpms: [nginx] }
    minimal: { rpms: [nginx-core] }
  artifacts:
    rpms: [${artifacts.join(', ')}]`;

const streams = [
  streamOf('1.22', 1, ['nginx-1:1.22.1-1.module_el9.x86_64', 'nginx-core-1:1.22.1-1.module_el9.x86_64']),
  streamOf('1.24', 1, ['nginx-1:1.24.0-1.module_el9.x86_64', 'nginx-core-1:1.24.0-1.module_el9.x86_64']),
  streamOf('1.24', 2, ['nginx-1:1.24.1-1.module_el9.x86_64', 'nginx-core-1:1.24.1-1.module_el9.x86_64']),
] as const;
const defaults = 'document: modulemd-defaults\nversion: 1\ndata: { module: nginx, profiles: { "1.24": [common] } }';

const group = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE comps PUBLIC "-//Red Hat, Inc.//DTD Comps info//EN" "comps.dtd">
<comps><group><id>words-and-more</id><name>Words &amp; more</name><name xml:lang="de">Wörter</name><packagelist>
  <packagereq type="mandatory">krb5-server</packagereq><packagereq type="default">words</packagereq><packagereq type="default">nowhere</packagereq><packagereq type="optional">nginx</packagereq>
</packagelist></group><group><id>choice</id><name>Choice</name><packagelist><packagereq type="optional">words</packagereq></packagelist></group></comps>
`;

const updateOf = (id: string, packages: readonly string[]): string => `<update from="x" status="final" type="security" version="2"><id>${id}</id><title>${id}</title><severity>Important</severity><issued date="2026-01-01 00:00:00"/><description>Bad &amp; fixed</description><references><reference href="https://example.org/" id="CVE-2026-1" type="cve" title="CVE-2026-1"/></references><pkglist><collection short="x"><name>x</name>${packages.map((each) => {
  const [name, version, release] = each.split(' ');
  return `<package name="${name}" version="${version}" release="${release}" epoch="0" arch="x86_64" src="x"><filename>${name}.rpm</filename></package>`;
}).join('')}</collection></pkglist></update>`;

let upstream: ElUpstream;
let words: MadeRpm;

beforeEach(async () => {
  upstream = await elUpstream();
  const { signer } = upstream.keys.rocky;
  words = await makeSignedRpm(signer, 'words', '3.0-1.el9', 'x86_64', { files: ['/usr/share/dict/words'] });
  const nginx = (version: string, release: string): Promise<MadeRpm[]> =>
    Promise.all([makeSignedRpm(signer, 'nginx', `1:${version}-${release}`, 'x86_64', { requires: [`nginx-core = 1:${version}-${release}`] }), makeSignedRpm(signer, 'nginx-core', `1:${version}-${release}`)]);
  upstream.baseos.push(
    words,
    await makeSignedRpm(signer, 'krb5-server', '1.21-1.el9', 'x86_64', { requires: ['/usr/share/dict/words'] }),
    ...(await nginx('1.20.1', '20.el9')), ...(await nginx('1.22.1', '1.module_el9')), ...(await nginx('1.24.0', '1.module_el9')), ...(await nginx('1.24.1', '1.module_el9')),
  );
  upstream.further = {
    modules: [...streams, defaults].map((each) => `---\n${each}\n...\n`).join(''),
    filelists: filelistsOf([{ digest: digestOf(words.content), name: 'words', files: ['/usr/share/dict', '/usr/share/dict/words'] }]),
    group,
    updateinfo: `<?xml version="1.0"?>\n<updates>${updateOf('RLSA-2026:2', ['bash 5.1.8 9.el9', 'zsh 5 1'])}${updateOf('RLSA-2026:1', ['bash 5.1.8 7.el9'])}${updateOf('RLSA-2026:3', ['bash 5.1.8 10.el9'])}</updates>\n`,
  };
  await upstream.publish();
});
afterEach(() => upstream.close());

describe('a bundle for EL', () => {
  test('has of a stream what is in its default profile, and the documents of that stream', async () => {
    const locked = await lockWith("'@nginx:1.24'");

    expect(versionsOf(locked, 'nginx')).toEqual(['nginx 1:1.24.1-1.module_el9', 'nginx-core 1:1.24.1-1.module_el9']);
    expect(locked.roots.find((root) => root.package === 'nginx')).toMatchObject({ kind: 'package', name: '@nginx:1.24' });
    expect(locked.modules).toEqual([{ stream: 'nginx:1.24', version: '2', context: 'c0ffee', document: streams[2] }]);
    expect(locked.sources.find((source) => source.name === 'rocky/baseos')!.indexes.map((index) => index.path.replace(/[0-9a-f]{64}/, ''))).toEqual(expect.arrayContaining(['repodata/-modules.yaml', 'repodata/-primary.xml', 'repodata/-updateinfo.xml']));
  });

  test('has another profile where that is asked for, and the package of no stream where none is', async () => {
    expect(versionsOf(await lockWith("'@nginx:1.22/minimal'"), 'nginx')).toEqual(['nginx-core 1:1.22.1-1.module_el9']);
    expect(versionsOf(await lockWith('nginx'), 'nginx')).toEqual(['nginx 1:1.20.1-20.el9', 'nginx-core 1:1.20.1-20.el9']);
  });

  test('has of a group what belongs to it always and by default, and warns of what nobody has', async () => {
    const { result, stderr } = await attempt("'@Words & more'");

    expect(result).toBe(0);
    expect((await locked()).roots.filter((root) => root.name === '@Words & more').map((root) => root.package)).toEqual(['krb5-server', 'words']);
    expect(stderr).toMatch(/bundle\.yml:8:12 +@Words & more names nowhere, which no source of the bundle has/);
    expect((await lockWith("'@words-and-more'")).roots.map((root) => root.package)).toContain('krb5-server');
  });

  test('reads the lists of all files only when a path asks for them, and then the lock says so', async () => {
    const without = await lockWith('words');
    const before = upstream.server.requests.filter((path) => path.includes('filelists'));

    const locked = await lockWith('krb5-server');

    const listsOf = (each: Lock): string[] => each.sources.flatMap((source) => source.indexes).filter((index) => index.path.endsWith('filelists.xml')).map((index) => index.digest);
    expect([before, listsOf(without), listsOf(locked)]).toEqual([[], [], [digestOf(upstream.further.filelists!)]]);
    expect(locked.packages.find((item) => item.name === 'words')!.because).toEqual([expect.objectContaining({ kind: 'requires', relation: '/usr/share/dict/words' })]);
  });

  test('reads them again for what the found ones need in their turn', async () => {
    const { signer } = upstream.keys.rocky;
    const [dictionary, index] = [await makeSignedRpm(signer, 'dictionary', '1-1', 'x86_64', { requires: ['/usr/share/dict/index'] }), await makeSignedRpm(signer, 'dictionary-index', '1-1')];
    upstream.baseos.push(dictionary, index, await makeSignedRpm(signer, 'speller', '1-1', 'x86_64', { requires: ['/usr/share/dict/all'] }));
    upstream.further.filelists = filelistsOf([{ digest: digestOf(dictionary.content), name: 'dictionary', files: ['/usr/share/dict/all'] }, { digest: digestOf(index.content), name: 'dictionary-index', files: ['/usr/share/dict/index'] }]);
    await upstream.publish();

    const locked = await lockWith('speller');

    expect(locked.roots.find((root) => root.package === 'speller')!.proof.map((place) => locked.packages[place]!.name)).toEqual(['dictionary', 'dictionary-index', 'speller']);
    expect(locked.sources.flatMap((source) => source.indexes).filter((each) => each.path.endsWith('filelists.xml'))).toHaveLength(1);
  });

  test('is locked to the same bytes without the network', async () => {
    await lockWith("krb5-server, '@nginx:1.24', '@words-and-more'");
    const first = await readFile(join(upstream.folder, file));
    await upstream.server.close();

    await lockWith("krb5-server, '@nginx:1.24', '@words-and-more'", '--offline');

    expect(await readFile(join(upstream.folder, file))).toEqual(first);
  });

  test('knows the advisories about what is shipped, at its version or before, with the shipped packages alone', async () => {
    const { advisories } = await lockWith('words');

    expect(advisories!.map((each) => each.id)).toEqual(['RLSA-2026:1', 'RLSA-2026:2']);
    expect(advisories![1]!.stanza).toContain('name="bash" version="5.1.8" release="9.el9"');
    expect(advisories![1]!.stanza).not.toContain('zsh');
  });
});

describe('a bundle is refused, by the line that asks', () => {
  test.each([
    ['for two streams of one module', "'@nginx:1.22', '@nginx:1.24'", 4, ['the streams nginx:1.22, nginx:1.24 cannot be had together', 'bundle.yml:8:12 asks for @nginx:1.22', 'bundle.yml:8:27 asks for @nginx:1.24', 'the bundle needs nginx:1.24, beside nginx:1.22']],
    ['for a stream that is not there', "'@nginx:1.99'", 4, ['bundle.yml:8:12 asks for @nginx:1.99', 'the bundle needs nginx:1.99; there are nginx:1.22, nginx:1.24']],
    ['for a profile that is not there', "'@nginx:1.24/minimel'", 4, ['bundle.yml:8:12  @nginx:1.24/minimel: nginx:1.24 has no profile "minimel"', '@nginx:1.24/minimal; it has common, minimal']],
    ['for the default profile of a stream that has none', "'@nginx:1.22'", 4, ['nginx:1.22 has no profile that is taken by default', '@nginx:1.22/common; it has common, minimal']],
    ['for a group that is not there', "'@words-and-mare'", 4, ['bundle.yml:8:12  no repository has a group "words-and-mare", did you mean "words-and-more"?']],
    ['for a group to which nothing belongs by default', "'@choice'", 4, ['bundle.yml:8:12  nothing belongs to the group "choice" always or by default']],
    ['for something that is no name', "'@nginx:'", 3, ['bundle.yml:8:12', 'not the name of a package, nor of a stream of a module, @postgresql:16']],
  ])('%s', async (_, packages, code, sentences) => {
    const { result, stderr } = await attempt(packages);

    expect([result, stderr]).toEqual([code, expect.any(String)]);
    for (const sentence of sentences) expect(stderr).toContain(sentence);
  });

  test('for a stream whose packages its source leaves out', async () => {
    const source = join(upstream.folder, 'manifests/sources/rocky.yml');
    await writeFile(source, (await readFile(source, 'utf8')).replace('repository: baseos,', "repository: baseos, without: ['nginx*'],"));

    const { result, stderr } = await attempt("'@nginx:1.24'");

    expect([result, stderr]).toEqual([4, expect.stringContaining('bundle.yml:8:12  @nginx:1.24 stands for nginx, which the sources of the bundle leave out')]);
  });

  test('when what the repository says of modules cannot be read', async () => {
    upstream.further = { modules: 'document: modulemd\nversion: 3\n' };
    await upstream.publish();

    const { result, stderr } = await attempt('nginx');

    expect([result, stderr]).toEqual([3, expect.stringContaining('a document "modulemd" of the version 3 is not read')]);
  });
});

const program = { name: 'pgark', version: '1', about: '', commands: [lock] };

const run = (...argv: string[]) => capture(() => runProgram(program, argv));

async function attempt(packages: string, ...more: string[]): Promise<{ result: number; stderr: string }> {
  await writeFile(join(upstream.folder, 'bundle.yml'), `name: small\nversion: '1.0'\nabout: x\nsources: [rocky, pgdg]\ntargets: { el9.x86_64: ['17'] }\nmodules: [pgsql]\nmissing: warn\npackages: [${packages}]\n`);
  return run('lock', join(upstream.folder, 'bundle.yml'), '--target', 'el9.x86_64', '--out', upstream.folder, ...upstream.options, ...more);
}

async function lockWith(packages: string, ...more: string[]): Promise<Lock> {
  const { result, stderr } = await attempt(packages, ...more);
  expect([result, stderr]).toEqual([0, expect.any(String)]);
  return locked();
}

const locked = async (): Promise<Lock> => readLock(await readFile(join(upstream.folder, file), 'utf8'), file);

const versionsOf = ({ packages }: Lock, name: string): string[] => packages.filter((item) => item.name.startsWith(name)).map((item) => `${item.name} ${item.version}`);
