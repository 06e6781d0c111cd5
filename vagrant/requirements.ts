import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Fault } from '../repo/core/fault.ts';
import type { Progress } from '../repo/core/progress.ts';
import { execute } from './execute.ts';

/** A Debian package that this machine must have, and a file by which it is known to be there: a program's name, or a path. */
export interface Requirement {
  package: string;
  known: string;
}

/** What it takes to raise a host. */
export const sandboxing: readonly Requirement[] = [
  { package: 'mmdebstrap', known: 'mmdebstrap' },
  { package: 'debian-archive-keyring', known: '/usr/share/keyrings/debian-archive-keyring.gpg' },
  { package: 'systemd-container', known: 'systemd-nspawn' },
  { package: 'iproute2', known: 'ip' },
  { package: 'nftables', known: 'nft' },
  { package: 'util-linux', known: 'nsenter' },
];

export const vagrantOnly: readonly Requirement[] = [{ package: 'vagrant', known: 'vagrant' }, { package: 'openssh-client', known: 'ssh-keygen' }];

/** What it takes to raise nodes under Vagrant with LXC. */
export const vagrantLxc: readonly Requirement[] = [
  { package: 'vagrant-lxc', known: '/usr/share/doc/vagrant-lxc' },
  { package: 'lxc', known: 'lxc-start' },
];

export const vagrantLibvirt: readonly Requirement[] = [{ package: 'vagrant-libvirt', known: '/usr/share/doc/vagrant-libvirt' }];

/** Installs what is missing where that is allowed, and names the command where it is not. @throws Fault invalid, fetch */
export async function ensure(requirements: readonly Requirement[], progress: Progress): Promise<void> {
  const missing = await lacking(requirements);
  if (missing.length === 0) return;
  const command = ['apt-get', 'install', '-y', '--no-install-recommends', ...missing] as const;
  if (process.getuid?.() !== 0) {
    throw new Fault('invalid', `this machine lacks ${missing.join(', ')}`, { hint: `sudo ${command.join(' ')}` });
  }
  await progress.step(`install ${missing.join(', ')} (once)`, async () => {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    if ((await execute(command, { env })).code === 0) return;
    // The lists of the machine may be old, or not there at all.
    await execute(['apt-get', 'update'], { env });
    const { code, stderr } = await execute(command, { env });
    if (code !== 0) throw new Fault('fetch', `apt-get could not install ${missing.join(', ')}`, { details: stderr.trim().split('\n').slice(-5), hint: command.join(' ') });
  });
}

/** Hosts are containers, and containers are made by root. @throws Fault invalid */
export function demandRoot(what: string, hint: string, way = 'raises hosts with systemd-nspawn'): void {
  if (process.getuid?.() !== 0) throw new Fault('invalid', `${what} ${way}, which takes root`, { hint });
}

async function lacking(requirements: readonly Requirement[]): Promise<string[]> {
  const missing: string[] = [];
  for (const { package: name, known } of requirements) if (!(await isThere(known))) missing.push(name);
  return [...new Set(missing)];
}

/** The folders of root's PATH count for everyone: a user may lack them and still have the package. */
async function isThere(known: string): Promise<boolean> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  const candidates = known.startsWith('/') ? [known] : folders.map((folder) => join(folder, known));
  for (const candidate of candidates) {
    if (await access(candidate, constants.F_OK).then(() => true, () => false)) return true;
  }
  return false;
}
