import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostOf } from '../../builder/solve/host.ts';
import { type Universe, universeOf } from '../../builder/solve/universe.ts';
import { readAptSources } from '../../builder/source/apt.ts';
import { writeWhole } from '../../repo/core/files.ts';
import { readPackages } from '../../repo/deb/packages.ts';
import { compareVersions } from '../../repo/deb/version.ts';
import type { Needs } from './oracle.ts';
import { run } from './run.ts';

export type Suite = 'bookworm' | 'trixie';

/** A suite's main archive for amd64, fetched and verified by apt from the machine's own mirror. */
export interface Archive {
  suite: Suite;
  /** The Packages index, as a file that other programs can read. */
  index: string;
  universe: Universe;
  apt: Apt;
}

/** The suite's own apt, on a minimal host that exists as a status file only. */
export interface Apt {
  version: string;
  /** What `apt-get -s install` would install, each `name version`. */
  picks(name: string, recommends: boolean): Promise<string[]>;
}

const cache = join(tmpdir(), 'pgark-conformance');
const archives = new Map<Suite, Promise<Archive>>();

/** What it takes to have a suite's own apt: nothing on a machine of that suite, elsewhere a root to run it in. */
export function needsOf(suite: Suite): Needs {
  const fetching = { 'apt-get': 'apt' };
  return suite === machineCodename() ? { programs: fetching } : { programs: { ...fetching, mmdebstrap: 'mmdebstrap' }, root: true };
}

export function archiveOf(suite: Suite): Promise<Archive> {
  const known = archives.get(suite);
  if (known) return known;
  const made = makeArchive(suite);
  archives.set(suite, made);
  return made;
}

async function makeArchive(suite: Suite): Promise<Archive> {
  const mirror = await machineMirror();
  const root = await rootOf(suite, mirror);
  const place = root === '' ? join(cache, suite) : '/conformance';
  const folder = join(root, place);
  await prepare(folder, place, suite, mirror);
  const index = join(folder, 'Packages');
  const universe = universeOf(readPackages(await readFile(index), `debian/${suite}`), { arch: 'amd64', compareVersions });
  await writeFile(join(folder, 'status'), statusOf(universe));
  return { suite, index, universe, apt: await aptOf(root, place) };
}

/** The mirror and keyring from which this machine gets its own release. */
async function machineMirror(): Promise<{ uri: string; signedBy: string }> {
  const sources = await readAptSources();
  const found = sources.find((source) => source.suites.includes(machineCodename()) && source.components.includes('main'));
  if (!found) throw new Error(`apt's configuration names no mirror of ${machineCodename()}`);
  return { uri: found.uri.replace(/\/$/, ''), signedBy: found.signedBy || '/usr/share/keyrings/debian-archive-keyring.gpg' };
}

function machineCodename(): string {
  return /^VERSION_CODENAME=(\S+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
}

/** Where the suite's own apt is: nowhere special on a machine of that suite, else in a small root made once. */
async function rootOf(suite: Suite, mirror: { uri: string; signedBy: string }): Promise<string> {
  if (suite === machineCodename()) return '';
  const root = join(cache, `${suite}-root`);
  if (existsSync(root)) return root;
  const beside = `${root}.part`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(cache, { recursive: true });
  await run(['mmdebstrap', '--quiet', '--variant=apt', '--mode=root', `--keyring=${mirror.signedBy}`, suite, beside, mirror.uri]);
  await rename(beside, root);
  return root;
}

/** Fetches the index with this machine's apt, which verifies it, unless that was done within the last hours. */
async function prepare(folder: string, place: string, suite: Suite, mirror: { uri: string; signedBy: string }): Promise<void> {
  if (await isFresh(join(folder, 'Packages'))) return;
  for (const name of ['lists/partial', 'cache/archives/partial', 'empty']) await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, 'sources.list'), `deb [signed-by=${mirror.signedBy}] ${mirror.uri} ${suite} main\n`);
  await writeFile(join(folder, 'apt.conf'), configuration(place));
  await writeFile(join(folder, 'status'), '');
  const here = ['sourcelist', 'sourceparts'].map((key) => `Dir::Etc::${key}=${join(folder, key === 'sourcelist' ? 'sources.list' : 'empty')}`);
  // A plain index is read where it is asked for; one in LZ4, as in containers, from its beginning each time.
  const dirs = [...here, `Dir::State::lists=${join(folder, 'lists')}`, `Dir::State::status=${join(folder, 'status')}`, `Dir::Cache=${join(folder, 'cache')}`, 'Acquire::Languages=none', 'Acquire::GzipIndexes=false'];
  await run(['apt-get', 'update', '-qq', '--error-on=any', ...dirs.map((option) => `-o${option}`)]);
  const list = readdirSync(join(folder, 'lists')).find((name) => /_main_binary-amd64_Packages/.test(name));
  if (!list) throw new Error(`apt fetched no index of ${suite}`);
  await writeWhole(join(folder, 'Packages'), await run(['/usr/lib/apt/apt-helper', 'cat-file', join(folder, 'lists', list)]));
}

async function isFresh(path: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  return Date.now() - (await stat(path)).mtimeMs < 6 * 3600_000;
}

/** Nothing of the machine's own settings, and every path below the given place. */
function configuration(place: string): string {
  const paths = {
    'Dir::Etc::parts': 'empty',
    'Dir::Etc::main': 'none',
    'Dir::Etc::sourcelist': 'sources.list',
    'Dir::Etc::sourceparts': 'empty',
    'Dir::Etc::preferences': 'none',
    'Dir::Etc::preferencesparts': 'empty',
    'Dir::State': '',
    'Dir::State::lists': 'lists',
    'Dir::State::status': 'status',
    'Dir::State::extended_states': 'extended_states',
    'Dir::Cache': 'cache',
  };
  const lines = Object.entries(paths).map(([key, name]) => `${key} "${join(place, name)}";`);
  return `${[...lines, 'APT::Architecture "amd64";', 'APT::Architectures "amd64";', 'Debug::NoLocking "true";', 'APT::Get::Assume-Yes "true";'].join('\n')}\n`;
}

/** The base set as dpkg would have recorded it. */
function statusOf(universe: Universe): string {
  const host = hostOf(universe, 'exclude');
  if ('subject' in host) throw new Error(host.sentences.join('\n'));
  const stanzas = [...host.base.keys()].map((id) =>
    universe
      .package(id)
      .stanza.split('\n')
      .filter((line) => !/^(Filename|Size|MD5sum|SHA256|Description-md5):/.test(line))
      .join('\n')
      .replace('\n', '\nStatus: install ok installed\n'),
  );
  return `${stanzas.join('\n\n')}\n`;
}

async function aptOf(root: string, place: string): Promise<Apt> {
  const inside: readonly string[] = root === '' ? [] : ['chroot', root];
  const apt = (...argv: string[]): Promise<string> => run([...inside, 'apt-get', ...argv] as [string, ...string[]], { env: { APT_CONFIG: join(place, 'apt.conf') } });
  // Builds apt's binary cache once, and shows that apt finds the host in order.
  await apt('check', '-q');
  return {
    version: /^apt (\S+)/.exec(await apt('--version'))![1]!,
    picks: async (name, recommends) => {
      const plan = await apt('-s', '-o', `APT::Install-Recommends=${recommends}`, 'install', name);
      return [...plan.matchAll(/^Inst (\S+) \((\S+) /gm)].map((match) => `${match[1]} ${match[2]}`);
    },
  };
}

