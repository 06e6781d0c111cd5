import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lock } from '../../builder/command/lock.ts';
import { runProgram } from '../../repo/console/run.ts';
import { makePackage } from '../support/archive.ts';
import { capture } from '../support/capture.ts';
import { bookworm, madeUpstream, type MadeUpstream } from '../support/upstream.ts';

const needy = makePackage('needy', { Version: '1', Depends: 'libgeos' });
const geos = makePackage('libgeos', { Version: '3.12', Depends: 'libc6' });
let upstream: MadeUpstream;

// `needy` is in the suite of the source `test`, what it needs in a suite of the source `more`.
beforeEach(async () => {
  upstream = await madeUpstream();
  const base = bookworm();
  await upstream.publish({ ...base, packages: { amd64: `${base.packages.amd64}\n${needy.stanza}` } }, { ...base, suite: 'more', packages: { amd64: geos.stanza } });
  const source = await readFile(join(upstream.manifests, 'sources/test.yml'), 'utf8');
  await writeFile(join(upstream.manifests, 'sources/more.yml'), source.replace('name: test', 'name: more').replaceAll('bookworm', 'more'));
  await write('both', ['test', 'more']);
  await write('one', ['test']);
});
afterEach(() => upstream.close());

test('a bundle that lacks a source is told which, and because of what, once the store has its indexes', async () => {
  await run('both');

  const { result, stderr } = await run('one');

  expect(result).toBe(4);
  expect(stderr).toContain('needy: needy 1 needs libgeos; nothing offers libgeos; more/more would bring libgeos 3.12, which needy needs (libgeos)');
});

test('nothing is fetched for that', async () => {
  const { stderr } = await run('one');

  expect(stderr).toContain('nothing offers libgeos');
  expect(stderr).not.toContain('would bring');
});

const write = (name: string, sources: string[]): Promise<void> => writeFile(join(upstream.folder, `${name}.yml`), `name: ${name}\nversion: '1.0'\nabout: x\nsources: [${sources.join(', ')}]\ntargets: { d12.x86_64: ['15'] }\npackages: [needy]\n`);

const run = (name: string) => capture(() => runProgram({ name: 'pgark', version: '0', about: 'x', commands: [lock] }, ['lock', join(upstream.folder, `${name}.yml`), '--target', 'd12.x86_64', '--out', upstream.folder, ...upstream.options]));
