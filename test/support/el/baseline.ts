import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { demand } from '../../../vagrant/execute.ts';
import { installed, pathsOf, settingsOf, upstreamOf, type DebianPackage } from './installed.ts';
import { elName, elNames, epochs } from './names.ts';
import { buildRpms, type Rpm, type RpmFile } from './rpm.ts';

/** Packages of EL for all that a dressed root holds, under EL's names, with the files as they lie there. */
export async function buildBaseline(root: string, out: string): Promise<void> {
  const database = join(root, 'usr/lib/debian-base/database');
  const packages = await installed(database);
  const accounts = await accountsOf(root);
  const capabilities = await capabilitiesOf(root);
  const taken = new Set<string>();
  const rpms: Rpm[] = [];
  for (const name of new Set([...Array.from(packages.keys(), elName), ...Object.keys(own)])) {
    const parts = (elNames[name] ?? [name]).flatMap((each) => packages.get(each) ?? []);
    const files = new Map<string, RpmFile>();
    for (const part of parts) {
      const settings = await settingsOf(database, part.name);
      for (const path of await pathsOf(database, part.name)) await claim(path, settings.has(path));
    }
    for (const path of own[name] ?? []) await claim(path, path.startsWith('/etc/'));
    rpms.push({ ...identityOf(name, parts), requires: needsOf(name, parts, packages), provides: provides[name] ?? [], scripts: scripts[name] ?? {}, files: [...files.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)) });

    async function claim(path: string, settings: boolean): Promise<void> {
      const file = await fileAt(root, merged(path), accounts, settings);
      if (!file || taken.has(file.path) || (dressed.get(file.path) ?? name) !== name) return;
      taken.add(file.path);
      const granted = capabilities.get(file.path);
      files.set(file.path, granted === undefined ? file : { ...file, capabilities: granted });
    }
  }
  await buildRpms('baseline', rpms.toSorted((a, b) => (a.name < b.name ? -1 : 1)), out);
}

/** What dressing made, and what Debian makes when it is installed, by the package of EL that has it. */
const own: Readonly<Record<string, readonly string[]>> = {
  'rocky-release': ['/usr/lib/os-release', '/etc/rocky-release', '/etc/redhat-release', '/etc/system-release', '/etc/system-release-cpe', '/usr/lib/systemd/system-preset/90-default.preset', '/usr/lib/systemd/system-preset/99-default-disable.preset'],
  'rocky-repos': ['/etc/yum.repos.d/rocky.repo'],
  alternatives: ['/usr/sbin/alternatives', '/usr/sbin/update-alternatives'],
  'openssh-server': ['/usr/lib/systemd/system/sshd.service'],
  cronie: ['/usr/lib/systemd/system/crond.service', '/usr/sbin/crond'],
  'ca-certificates': ['/usr/bin/update-ca-trust', '/etc/pki/tls/certs/ca-bundle.crt'],
  bash: ['/usr/bin/sh'],
  'selinux-policy': ['/etc/selinux/config', '/etc/sysconfig/selinux'],
  basesystem: [],
  filesystem: [],
  'python-unversioned-command': [],
};

const dressed = new Map(Object.entries(own).flatMap(([name, paths]) => paths.map((path) => [path, name] as const)));

// What EL's packages of these names declare beyond what can be read from their files.
const provides: Readonly<Record<string, readonly string[]>> = {
  'rocky-release': ['system-release = 9.8', 'system-release(releasever) = 9', 'redhat-release = 9.8'],
  glibc: ['rtld(GNU_HASH)', '/sbin/ldconfig', 'ldconfig'],
  bash: ['/bin/sh', '/bin/bash'],
  'debian-base': ['/bin/dash'],
  python3: ['python(abi) = 3.11'],
  'perl-libs': ['perl(:MODULE_COMPAT_5.36.0)'],
  'perl-interpreter': ['perl = 4:5.36.0'],
};

// EL's own do the same, so that packages need not: whoever puts a unit or a library in place has it known after the transaction.
const scripts: Readonly<Record<string, Rpm['scripts']>> = {
  systemd: {
    'transfiletriggerin -- /usr/lib/systemd/system /etc/systemd/system': '[ ! -d /run/systemd/system ] || systemctl daemon-reload || :',
    'transfiletriggerpostun -- /usr/lib/systemd/system /etc/systemd/system': '[ ! -d /run/systemd/system ] || systemctl daemon-reload || :',
    'transfiletriggerin -- /usr/lib/tmpfiles.d': '[ ! -d /run/systemd/system ] || systemd-tmpfiles --create || :',
  },
  glibc: { 'transfiletriggerin -- /usr/lib64 /etc/ld.so.conf.d': 'ldconfig', 'transfiletriggerpostun -- /usr/lib64 /etc/ld.so.conf.d': 'ldconfig' },
};

function identityOf(name: string, parts: readonly DebianPackage[]): Pick<Rpm, 'name' | 'version' | 'release' | 'epoch' | 'about' | 'noarch'> {
  const epoch = epochs[name] === undefined ? {} : { epoch: epochs[name] };
  const [first] = parts;
  const noarch = parts.every((part) => part.architecture === 'all');
  if (!first) return { name, version: name.startsWith('rocky') ? '9.8' : '1', release: '1.el9', about: `${name} of an EL-like host`, noarch };
  return { name, version: upstreamOf(first.version), release: '1.el9', about: first.about, noarch, ...epoch };
}

function needsOf(name: string, parts: readonly DebianPackage[], packages: ReadonlyMap<string, DebianPackage>): string[] {
  if (name === 'debian-base') return [];
  const needed = parts.flatMap((part) => part.needs).filter((each) => packages.has(each)).map(elName);
  return [...new Set(needed)].filter((each) => each !== name && each !== 'debian-base').toSorted();
}

/** Debian's database still names the folders that /usr has taken in. */
const merged = (path: string): string => path.replace(/^\/(bin|sbin|lib|lib64)(?=\/)/, '/usr/$1');

/** Folders belong to nobody in particular. What dressing moved away is not there under its old name. */
async function fileAt(root: string, path: string, accounts: Accounts, settings: boolean): Promise<RpmFile | undefined> {
  const found = left.test(path) ? undefined : await lstat(join(root, path)).catch(() => undefined);
  if (!found || found.isDirectory()) return undefined;
  const owner = `${accounts.user(found.uid)}:${accounts.group(found.gid)}`;
  return { path, from: join(root, path), owner, settings, ...(found.isFile() && { mode: (found.mode & 0o7777).toString(8).padStart(4, '0') }) };
}

/** Manuals and translations are thousands of files that no package asks for. The others are parts of Debian's packages that ask for what EL does not have. */
const left = /^\/usr\/share\/(man|locale|info|lintian|bug|runit|doc\/.*\/(?!copyright$)[^/]*$)|^\/etc\/(sv|init\.d)\/|\/tc\/q_atm\.so$|^\/usr\/lib\/python3\.11\/cgi\.py$/;

interface Accounts {
  user(id: number): string;
  group(id: number): string;
}

async function accountsOf(root: string): Promise<Accounts> {
  const read = async (file: string): Promise<Map<number, string>> => new Map((await readFile(join(root, 'etc', file), 'utf8')).trim().split('\n').map((line) => [Number(line.split(':')[2]), line.split(':')[0]!]));
  const [users, groups] = await Promise.all([read('passwd'), read('group')]);
  const known = (names: Map<number, string>, id: number): string => names.get(id) ?? String(id);
  return { user: (id) => known(users, id), group: (id) => known(groups, id) };
}

/** What files may do that whoever runs them may not: `/usr/bin/ping cap_net_raw=ep`. */
async function capabilitiesOf(root: string): Promise<Map<string, string>> {
  const lines = (await demand(['chroot', root, 'getcap', '-r', '/usr'])).trim().split('\n');
  return new Map(lines.filter(Boolean).map((line) => line.split(' ') as [string, string]));
}
