import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { Fault } from '../../repo/core/fault.ts';
import { readModules } from '../../repo/rpm/modules.ts';
import { readPrimary } from '../../repo/rpm/primary.ts';
import { activeStreams, seenThrough } from '../../repo/rpm/streams.ts';
import { dice } from '../builder/solve/random.ts';
import { madeKey } from '../support/archive.ts';
import { defaultOf, streamOf } from '../support/modules.ts';
import { makeRepositories, makeRpm, primaryOf } from '../support/repository.ts';
import { conformance, report } from './oracle.ts';
import { run } from './run.ts';

/** Streams that need streams, builds of one stream for others beside it, defaults, streams for another release, and packages that left their module. */
const modules = [
  ...['5.24', '5.26', '5.30'].map((stream) => streamOf({ stream: `perl:${stream}`, artifacts: [`perl-0:${stream}-1.module.noarch`] })),
  streamOf({ stream: 'dbi:1', context: 'a', needs: { perl: '5.24' }, artifacts: ['dbi-0:1-1.a.module.noarch'] }),
  streamOf({ stream: 'dbi:1', context: 'b', needs: { perl: '5.26' }, artifacts: ['dbi-0:1-1.b.module.noarch'] }),
  streamOf({ stream: 'dbi:1', context: 'b', version: 2, needs: { perl: '5.26' }, artifacts: ['dbi-0:1-2.b.module.noarch'] }),
  streamOf({ stream: 'any:1', needs: { perl: '', platform: 'el9' }, artifacts: ['any-0:1-1.module.noarch'] }),
  streamOf({ stream: 'but:1', needs: { perl: '-5.26' }, artifacts: ['but-0:1-1.module.noarch'] }),
  streamOf({ stream: 'app:1', needs: { dbi: '1', perl: '5.24, 5.26' }, artifacts: ['app-0:1-1.module.noarch', 'tool-0:1-1.module.noarch'], demodularized: ['tool'] }),
  streamOf({ stream: 'old:1', needs: { platform: 'el8' }, artifacts: ['old-0:1-1.module.noarch'] }),
  streamOf({ stream: 'quiet:1', artifacts: ['quiet-0:1-1.module.noarch'] }),
  ...['9', '10'].map((stream) => streamOf({ stream: `number:${stream}`, artifacts: [`number-0:${stream}-1.module.noarch`] })),
  streamOf({ stream: 'counting:1', needs: { number: '' }, artifacts: ['counting-0:1-1.module.noarch'] }),
  streamOf({ stream: 'built:1', context: 'm', artifacts: ['built-0:1-1.m.module.noarch'] }),
  streamOf({ stream: 'built:1', context: 'z', version: 9, artifacts: ['built-0:1-9.z.module.noarch'] }),
  streamOf({ stream: 'broken:1', needs: { nothing: '1' }, artifacts: ['broken-0:1-1.module.noarch'] }),
  defaultOf('perl', '5.26'), defaultOf('quiet', '1'), defaultOf('broken', '1'),
];
const packages = [
  ...['perl 5.24-1.module', 'perl 5.26-1.module', 'perl 5.30-1.module', 'perl 5.99-1', 'dbi 1-1.a.module', 'dbi 1-1.b.module', 'dbi 1-2.b.module', 'dbi 9-1', 'any 1-1.module', 'any 9-1', 'but 1-1.module', 'app 1-1.module', 'tool 1-1.module', 'tool 9-1', 'old 1-1.module', 'old 9-1', 'quiet 1-1.module', 'quiet 9-1', 'broken 1-1.module', 'broken 9-1', 'plain 1-1', 'number 9-1.module', 'number 10-1.module', 'counting 1-1.module', 'built 1-1.m.module', 'built 1-9.z.module'].map((each) => [...each.split(' '), []] as const),
  ['instead-of-perl', '1-1', ['perl = 7']],
  ['instead-of-dbi', '1-1', ['dbi']],
  ['instead-of-app', '1-1', ['app']],
].map(([name, version, provides]) => makeRpm(name as string, version as string, 'noarch', { provides: provides as string[] }).stanza);

const questions = [[], ['perl:5.24'], ['perl:5.30'], ['dbi:1'], ['dbi:1', 'perl:5.24'], ['dbi:1', 'perl:5.30'], ['any:1'], ['any:1', 'perl:5.30'], ['but:1'], ['but:1', 'perl:5.26'], ['app:1'], ['app:1', 'perl:5.24'], ['app:1', 'but:1'], ['old:1'], ['broken:1'], ['perl:5.24', 'perl:5.26'], ['nothing:1'], ['counting:1'], ['built:1']];

conformance('with any streams turned on, the same packages are seen as by dnf', { programs: { dnf: 'dnf' } }, async () => {
  const worlds: World[] = [{ modules, packages, questions }, ...Array.from({ length: 30 }, (_, seed) => randomWorld(seed))];
  const folder = await mkdtemp(join(tmpdir(), 'pgark-modularity-'));
  let [count, seconds] = [0, 0];
  const differing: object[] = [];
  for (const [place, world] of worlds.entries()) {
    const repository = await publish(join(folder, String(place)), world);
    for (const asked of world.questions) {
      const begin = performance.now();
      const ours = seen(world, asked);
      seconds += (performance.now() - begin) / 1000;
      const theirs = await seenByDnf(folder, repository, asked);
      count++;
      if (ours.join() !== theirs.join()) differing.push({ place, asked, we: ours.filter((each) => !theirs.includes(each)), dnf: theirs.filter((each) => !ours.includes(each)) });
    }
  }
  await report('streams of modules that are turned on', { agree: count - differing.length, of: count, explained: 0, peer: 'dnf', seconds });
  expect(differing).toEqual([]);
  await rm(folder, { recursive: true });
});

interface World {
  /** Documents. */
  modules: readonly string[];
  /** `<package>` elements. */
  packages: readonly string[];
  /** The streams that are asked for, each time. */
  questions: readonly (readonly string[])[];
}

/** Four modules with some streams and contexts that need each other's, and some defaults; each has a package of no stream as well. */
function randomWorld(seed: number): World {
  const roll = dice(seed * 7919 + 13);
  const names = ['a', 'b', 'c', 'd'];
  const built = names.flatMap((module) => range(1 + roll(3)).flatMap((stream) => range(1 + roll(2)).map((version) => ({ module, stream, version }))));
  const needsOf = (module: string): Record<string, string> => Object.fromEntries(names.filter((other) => other !== module && roll(4) === 0).map((other) => [other, ['', '1', '2', '1, 2', '-1', '3'][roll(6)]!]));
  const asked = range(1 + roll(2)).map(() => built[roll(built.length)]!);
  return {
    modules: [
      ...built.map(({ module, stream, version }) => streamOf({ stream: `${module}:${stream}`, context: `c${version}`, version, needs: needsOf(module), artifacts: [`${module}-0:${stream}-${version}.module.noarch`] })),
      ...names.filter(() => roll(3) === 0).map((module) => defaultOf(module, String(1 + roll(2)))),
    ],
    packages: [...built.map(({ module, stream, version }) => makeRpm(module, `${stream}-${version}.module`, 'noarch').stanza), ...names.map((module) => makeRpm(module, '9-1', 'noarch').stanza)],
    questions: [[...new Set(asked.map(({ module, stream }) => `${module}:${stream}`))]],
  };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, place) => place + 1);

const textOf = (documents: readonly string[]): string => documents.map((each) => `---\n${each}\n...\n`).join('');

async function publish(folder: string, world: World): Promise<string> {
  for (const [path, content] of await makeRepositories([{ path: '', date: 1_000_000, packages: world.packages, modules: textOf(world.modules) }], await madeKey())) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

const refused = ['refused'];

function seen(world: World, asked: readonly string[]): string[] {
  const read = readModules(textOf(world.modules), 'modules.yaml');
  try {
    const streams = activeStreams(read, { streams: asked, platform: 'el9', arch: 'x86_64' });
    return seenThrough(streams, read, readPrimary(Buffer.from(primaryOf(world.packages)), { source: 'it', priority: 99 })).map((item) => `${item.name} ${item.version}`).sort();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return refused;
  }
}

/** Verification is off here: this is an oracle over test data. */
async function seenByDnf(folder: string, repository: string, asked: readonly string[]): Promise<string[]> {
  const root = join(folder, 'root');
  await rm(root, { recursive: true, force: true });
  const dnf: [string, ...string[]] = ['dnf', '--quiet', '--assumeyes', `--installroot=${root}`, `--setopt=cachedir=${repository}/cache`, '--releasever=9', '--forcearch=x86_64', '--setopt=reposdir=/none', '--setopt=module_platform_id=platform:el9', '--noplugins', `--repofrompath=it,file://${repository}`, '--nogpgcheck'];
  try {
    if (asked.length > 0) await run([...dnf, 'module', 'enable', ...asked]);
  } catch {
    return refused;
  }
  const said = await run([...dnf, 'repoquery', '--showduplicates', '--qf', '%{name} %{version}-%{release}']);
  return said.trim().split('\n').sort();
}
