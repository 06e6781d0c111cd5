import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { build } from '../../../builder/command/build.ts';
import { keygen } from '../../../builder/command/keygen.ts';
import { lock } from '../../../builder/command/lock.ts';
import { Lock } from '../../../builder/lock/lock.ts';
import { runProgram } from '../../../repo/console/run.ts';
import { madeKey, makeArchive, makePackage, type MadeKey } from '../../support/archive.ts';
import { capture } from '../../support/capture.ts';
import { serveFiles, type MadeServer } from '../../support/server.ts';
import { madeUpstream, type MadeUpstream } from '../../support/upstream.ts';

const program = { name: 'pgark', version: '1', about: '', commands: [lock, build, keygen].map((spec) => ({ name: spec.name, about: spec.about, load: async () => spec })) };
const tools = makePackage('yard-tools', { Depends: 'libpq5' });

let upstream: MadeUpstream;
let yard: MadeServer;
let key: MadeKey;
let files: Map<string, Buffer>;

beforeEach(async () => {
  upstream = await madeUpstream();
  key = await madeKey('the yard');
  files = await makeArchive([{ suite: 'stable', date: Date.parse('2026-07-11T10:16:37Z'), packages: { amd64: tools.stanza } }], key, { [tools.path]: tools.content });
  yard = await serveFiles(files);
  await write('yard.asc', key.armoured);
  await write('yard.yml', manifestOf(key.fingerprint));
  await write('bundle.yml', "name: charts\nversion: '1.0'\nabout: x\nsources: [test, ./yard.yml]\ntargets: [d12]\npg: ['15']\ncomponents: [postgresql]\npackages: [yard-tools]\n");
});
afterEach(() => Promise.all([upstream.close(), yard.close()]));

describe('a bundle with a repository of its own', () => {
  test('is locked from it, by the key that lies beside its manifest', async () => {
    const { result, stderr } = await run('lock', upstream.bundle, '--target', 'd12.x86_64');

    const locked = Lock.parse(JSON.parse(await readFile(join(upstream.folder, 'charts.d12.x86_64.lock.json'), 'utf8')));
    expect([result, stderr]).toEqual([0, expect.any(String)]);
    expect(locked.sources.map((source) => [source.name, source.signer])).toContainEqual(['yard/stable', key.fingerprint]);
    expect(locked.packages.find((item) => item.name === 'yard-tools')).toMatchObject({ source: 'yard/stable', because: [{ kind: 'root', root: 'yard-tools' }] });
  });

  test('gives no lock when the repository is signed by another key than the one that is pinned', async () => {
    const other = await madeKey('somebody else');
    await write('yard.asc', other.armoured);
    await write('yard.yml', manifestOf(other.fingerprint));

    const { result, stderr } = await run('lock', upstream.bundle, '--target', 'd12.x86_64');

    expect(result).toBe(6);
    expect(stderr).toContain('yard/stable');
    await expect(readFile(join(upstream.folder, 'charts.d12.x86_64.lock.json'))).rejects.toThrow('ENOENT');
  });

  test('gives no lock when the key beside the manifest has not the fingerprint that is pinned', async () => {
    await write('yard.asc', (await madeKey('somebody else')).armoured);

    const { result, stderr } = await run('lock', upstream.bundle, '--target', 'd12.x86_64');

    expect(result).toBe(6);
    expect(stderr).toContain(`pinned: ${key.fingerprint}`);
  });

  test('cannot take the name of a source that is there', async () => {
    await write('yard.yml', manifestOf(key.fingerprint).replace('name: yard', 'name: test'));

    const { result, stderr } = await run('lock', upstream.bundle, '--target', 'd12.x86_64');

    expect([result, stderr]).toEqual([3, expect.stringContaining('which is taken')]);
  });

  test('cannot put an archive of its own in the place of one that is there', async () => {
    await write('yard.yml', manifestOf(key.fingerprint).replace('archives: { yard:', 'archives: { test:').replace('archive: yard', 'archive: test'));

    const { result, stderr } = await run('lock', upstream.bundle, '--target', 'd12.x86_64');

    expect([result, stderr]).toEqual([3, expect.stringContaining('an archive by the name "test", which is taken')]);
  });

  test('shares no name with another that it brings along', async () => {
    await write('other.yml', manifestOf(key.fingerprint));
    await write('bundle.yml', "name: charts\nversion: '1.0'\nabout: x\nsources: [test, ./yard.yml, ./other.yml]\ntargets: [d12]\npg: ['15']\npackages: [yard-tools]\n");

    const { result, stderr } = await run('lock', upstream.bundle, '--target', 'd12');

    expect([result, stderr]).toEqual([3, expect.stringContaining('a source by the name "yard"')]);
  });

  test('is fetched for by its lock alone, from where its manifest said', async () => {
    await run('lock', upstream.bundle, '--target', 'd12.x86_64');
    await run('keygen', '--ed25519', '--out', join(upstream.folder, 'key'));
    files.delete(tools.path);

    const { result, stderr } = await run('build', join(upstream.folder, 'charts.d12.x86_64.lock.json'), '--key', join(upstream.folder, 'key', 'key'));

    expect([result, stderr]).toEqual([5, expect.stringContaining(`yard/stable: ${yard.url}/${tools.path}`)]);
  });
});

const write = (name: string, text: string): Promise<void> => writeFile(join(upstream.folder, name), text);

function manifestOf(fingerprint: string): string {
  return [
    'name: yard',
    'about: Packages of the yard',
    'module: extra',
    `archives: { yard: { url: ${yard.url} } }`,
    `keys: { ${fingerprint}: { owner: the yard, file: yard.asc } }`,
    `suites: [{ suite: stable, targets: [deb], archive: yard, components: [main], keys: [${fingerprint}] }]`,
    '',
  ].join('\n');
}

function run(command: string, ...rest: string[]): ReturnType<typeof capture<number>> {
  const options = command === 'keygen' ? [] : [...upstream.options, '--out', upstream.folder];
  return capture(() => runProgram(program, [command, ...rest, ...options]));
}
