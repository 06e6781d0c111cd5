import { chmod, link, lstat, mkdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { demand } from '../../../vagrant/execute.ts';
import type { Requirement } from '../../../vagrant/requirements.ts';

/** What it takes to make packages and repositories of them. */
export const packaging: readonly Requirement[] = [
  { package: 'rpm', known: 'rpmbuild' },
  { package: 'createrepo-c', known: 'createrepo_c' },
  { package: 'gnupg', known: 'gpg' },
];

/** A package as rpmbuild shall make it. Requirements on libraries and interpreters are found by rpmbuild itself, and so is what it provides of both. */
export interface Rpm {
  name: string;
  epoch?: number;
  version: string;
  release: string;
  about: string;
  /** Holds nothing for one architecture only. */
  noarch?: boolean;
  files: readonly RpmFile[];
  requires?: readonly string[];
  provides?: readonly string[];
  obsoletes?: readonly string[];
  /** `pre`, `post`, `preun`, `postun`, and with what follows the name: `transfiletriggerin -- /usr/lib64`. */
  scripts?: Readonly<Record<string, string>>;
}

/** Where it shall lie, and what: a file of this machine (which stays as it is), a text, or else a folder. */
export interface RpmFile {
  path: string;
  from?: string;
  text?: string;
  link?: string;
  /** Four octal digits; a file of this machine keeps its own. */
  mode?: string;
  /** `user` or `user:group`; root when left out. */
  owner?: string;
  /** As setcap(8) writes them. */
  capabilities?: string;
  /** What an administrator may change: an update puts its own beside it. */
  settings?: boolean;
}

/** Builds them all in one run, uncompressed, into `out`. Two of them with one path must mean the same content. */
export async function buildRpms(name: string, rpms: readonly Rpm[], out: string): Promise<void> {
  const work = `${out}.build`;
  await rm(work, { recursive: true, force: true });
  const stage = join(work, 'stage');
  await mkdir(stage, { recursive: true });
  for (const file of rpms.flatMap((rpm) => rpm.files)) await put(join(stage, file.path), file);
  await writeFile(join(work, `${name}.spec`), specOf(name, rpms));
  const macros = { _topdir: work, _rpmdir: out, _rpmfilename: '%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm', ...still };
  const defines = Object.entries(macros).flatMap(([macro, value]) => ['--define', `${macro} ${value}`]);
  await demand(['rpmbuild', '-bb', '--quiet', '--target', 'x86_64-linux', '--buildroot', join(work, 'root'), ...defines, '--define', `stage ${stage}`, join(work, `${name}.spec`)], { timeout: 1200, env: { SOURCE_DATE_EPOCH: '1700000000', LC_ALL: 'C.UTF-8' } });
  await rm(work, { recursive: true, force: true });
}

// The same input makes the same bytes, and programs stay what they are: nothing is stripped, compiled or compressed.
const still = {
  _binary_payload: 'w0.gzdio',
  _build_id_links: 'none',
  _buildhost: 'el.invalid',
  _libdir: '/usr/lib64',
  use_source_date_epoch_as_buildtime: '1',
  debug_package: '%{nil}',
  __os_install_post: '%{nil}',
  __check_files: '%{nil}',
  __perl_requires: '%{nil}',
  __perllib_requires: '%{nil}',
  __pythondist_requires: '%{nil}',
  __pkgconfig_requires: '%{nil}',
};

/** A hard link where it can be one: nothing writes to what is staged. */
async function put(path: string, { from, text, link: target, mode }: RpmFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if (target !== undefined) return symlinked(target, path);
  if (text !== undefined) return writeFile(path, text).then(() => chmod(path, Number.parseInt(mode ?? '0644', 8)));
  if (from === undefined) return void (await mkdir(path, { recursive: true }));
  if ((await lstat(from)).isSymbolicLink()) return symlinked(await readlink(from), path);
  await link(from, path).catch(allowingTwice);
}

const symlinked = (target: string, path: string): Promise<void> => symlink(target, path).catch(allowingTwice);

function allowingTwice(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function specOf(name: string, rpms: readonly Rpm[]): string {
  const head = [`Name: ${name}`, 'Version: 1', 'Release: 1', 'Summary: What the packages below are built from', 'License: see the packages', '%description', 'Nothing of its own.', '%install', 'rm -rf %{buildroot}', 'cp -al %{stage} %{buildroot}'];
  return `${[...head, ...rpms.flatMap(sectionsOf)].join('\n')}\n`;
}

function sectionsOf(rpm: Rpm): string[] {
  const epoch = rpm.epoch === undefined ? '' : `Epoch: ${rpm.epoch}`;
  const relations = (['requires', 'provides', 'obsoletes'] as const).flatMap((kind) => (rpm[kind] ?? []).map((each) => `${kind.charAt(0).toUpperCase()}${kind.slice(1)}: ${each}`));
  return [
    `%package -n ${rpm.name}`,
    epoch,
    `Version: ${rpm.version}`,
    `Release: ${rpm.release}`,
    `Summary: ${rpm.about}`,
    rpm.noarch ? 'BuildArch: noarch' : '',
    ...relations,
    `%description -n ${rpm.name}`,
    `${rpm.about}.`,
    ...Object.entries(rpm.scripts ?? {}).flatMap(([script, text]) => [scriptHead(script, rpm.name), text.trim()]),
    `%files -n ${rpm.name}`,
    ...rpm.files.map(lineOf),
  ];
}

/** `transfiletriggerin -- /usr/lib64` takes the name before its folders. */
function scriptHead(script: string, name: string): string {
  const [kind, ...folders] = script.split(' ');
  return ['%'.concat(kind!), '-n', name, ...folders].join(' ');
}

function lineOf({ path, from, text, link: target, mode, owner = 'root', capabilities, settings }: RpmFile): string {
  const [user, group = user] = owner.split(':');
  const folder = from === undefined && text === undefined && target === undefined;
  const attributes = `%attr(${mode ?? (folder ? '0755' : '-')},${user},${group})`;
  return `${attributes} ${capabilities ? `%caps(${capabilities}) ` : ''}${folder ? '%dir ' : ''}${settings ? '%config(noreplace) ' : ''}"${path.replaceAll('%', '%%')}"`;
}
