import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { demand } from '../../../vagrant/execute.ts';
import { mirror } from '../../../vagrant/root.ts';
import { readStanza, type DebianPackage } from './installed.ts';

/** A package of Debian with its files beside it. */
export interface Unpacked {
  package: DebianPackage;
  folder: string;
  /** Files and links, as the package names them. */
  paths: readonly string[];
}

/** These packages of bookworm, and what they need beyond what `root` has: found and verified by apt, unpacked, by name. */
export async function debianPackages(root: string, names: readonly string[], into: string): Promise<Map<string, Unpacked>> {
  const apt = join(into, 'apt');
  for (const folder of ['state/lists/partial', 'cache/archives/partial']) await mkdir(join(apt, folder), { recursive: true });
  await writeFile(join(apt, 'sources.list'), `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg arch=amd64] ${await mirror()} bookworm main\n`);
  const settings = Object.entries({
    'Dir::State': join(apt, 'state'),
    'Dir::State::status': join(root, 'var/lib/dpkg/status'),
    'Dir::Cache': join(apt, 'cache'),
    'Dir::Etc::sourcelist': join(apt, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'APT::Architecture': 'amd64',
    'APT::Sandbox::User': 'root',
    'APT::Install-Recommends': 'false',
    'Acquire::Languages': 'none',
    'Debug::NoLocking': 'true',
  }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await demand(['apt-get', ...settings, '-qq', 'update']);
  await demand(['apt-get', ...settings, '-qq', '--yes', '--download-only', 'install', ...names], { timeout: 900 });
  const archives = join(apt, 'cache/archives');
  const files = (await readdir(archives)).filter((each) => each.endsWith('.deb')).toSorted();
  return unpackAll(files.map((file) => join(archives, file)), into);
}

/** By name, each in a folder of its own. */
export async function unpackAll(files: readonly string[], into: string): Promise<Map<string, Unpacked>> {
  const all = new Map<string, Unpacked>();
  for (const file of files) {
    const unpacked = await unpack(file, join(into, basename(file, '.deb')));
    all.set(unpacked.package.name, unpacked);
  }
  return all;
}

async function unpack(deb: string, folder: string): Promise<Unpacked> {
  await demand(['dpkg-deb', '--raw-extract', deb, folder]);
  const stanza = await readFile(join(folder, 'DEBIAN/control'), 'utf8');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length));
  return { package: readStanza(stanza), folder, paths: paths.filter((path) => !path.startsWith('/DEBIAN/')).toSorted() };
}
