import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestFile, type Digest } from '../../repo/core/digest.ts';
import { Fault } from '../../repo/core/fault.ts';
import { besideOf, exists, writeWhole } from '../../repo/core/files.ts';
import type { Progress } from '../../repo/core/progress.ts';
import { demand, execute } from '../execute.ts';
import { locked } from '../locked.ts';
import { baseRoot, type Suite } from '../root.ts';
import { boxes, publicBoxKey } from './box-key.ts';

/** A box for vagrant-lxc, made on this machine. */
export interface Box {
  name: string;
  file: string;
  digest: Digest;
}

/** The releases for which a box can be made. */
export const suites: Readonly<Record<string, Suite>> = { d12: 'bookworm', d13: 'trixie' };

/** @throws Fault usage */
export function suiteOf(code: string | undefined): Suite {
  const suite = code === undefined ? undefined : suites[code];
  if (suite) return suite;
  throw new Fault('usage', `no box is made for ${code ?? 'nothing'}`, { hint: `boxes are made for ${Object.keys(suites).join(' and ')}; for other systems: --provider libvirt or virtualbox` });
}

/** The box of a release, made if there is none yet. */
export async function boxFor(code: string, progress: Progress): Promise<Box> {
  return (await findBox(code)) ?? makeBox(code, progress);
}

export async function findBox(code: string): Promise<Box | undefined> {
  if (!(await exists(noteOf(code)))) return undefined;
  const box = JSON.parse(await readFile(noteOf(code), 'utf8')) as Box;
  return (await exists(box.file)) ? box : undefined;
}

/** A minimal Debian from the machine's own mirror, with ssh, sudo, and a user whom the key of this machine opens. */
export async function makeBox(code: string, progress: Progress): Promise<Box> {
  const root = await progress.step(`make a minimal ${suiteOf(code)}`, () => baseRoot(suiteOf(code), ['openssh-client', 'openssh-server', 'sudo']));
  return progress.step(`pack the box pgark/${code}`, () => locked(join(boxes, `${code}.lock`), () => pack(code, root)));
}

async function pack(code: string, root: string): Promise<Box> {
  const file = join(boxes, `${code}.box`);
  const part = besideOf(file);
  await mkdir(part, { recursive: true });
  try {
    await writeFile(join(part, 'metadata.json'), `${JSON.stringify({ provider: 'lxc', version: '1.0.0', 'built-by': 'pgark' })}\n`);
    await writeFile(join(part, 'lxc-config'), container);
    await demand(['sh', '-ec', furnish, 'sh', root, part, await publicBoxKey()], { timeout: 900 });
    await rename(join(part, 'box'), file);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  const box = { name: `pgark/${code}`, file, digest: (await digestFile(file)).digest };
  await writeWhole(noteOf(code), `${JSON.stringify(box)}\n`);
  return box;
}

/** Vagrant compares the digest before it takes the box. */
export async function addBox({ name, file, digest }: Box): Promise<void> {
  const added = join(boxes, `${name.split('/')[1]}.added`);
  const noted = await readFile(added, 'utf8').catch(() => '');
  if (noted === `${digest}\n` && (await isAdded(name))) return;
  const { code, stdout, stderr } = await execute(['vagrant', 'box', 'add', '--force', '--name', name, '--provider', 'lxc', '--checksum-type', 'sha256', '--checksum', digest, file], { env: quietly });
  if (code !== 0) throw new Fault('untrusted', `Vagrant does not take the box ${name}`, { details: (stderr.trim() || stdout.trim()).split('\n'), hint: `pgark sandbox box ${name.split('/')[1]} makes it anew` });
  await writeWhole(added, `${digest}\n`);
}

/** Takes the box from Vagrant, and its file away. Answers whether there was one. */
export async function dropBox(code: string): Promise<boolean> {
  const there = [(await findBox(code)) !== undefined, await isAdded(`pgark/${code}`)];
  if (there[1]) await demand(['vagrant', 'box', 'remove', '--force', '--all', '--provider', 'lxc', `pgark/${code}`], { env: quietly });
  for (const ending of ['box', 'json', 'added', 'lock']) await rm(join(boxes, `${code}.${ending}`), { force: true });
  return there.includes(true);
}

async function isAdded(name: string): Promise<boolean> {
  const { stdout } = await execute(['vagrant', 'box', 'list', '--machine-readable'], { env: quietly });
  return stdout.split('\n').some((line) => line.endsWith(`,box-name,${name}`));
}

const noteOf = (code: string): string => join(boxes, `${code}.json`);

const quietly = { VAGRANT_CHECKPOINT_DISABLE: '1' };

const container = `# A throwaway system with its own systemd.
lxc.include = /usr/share/lxc/config/common.conf
lxc.apparmor.profile = unconfined
lxc.arch = linux64
`;

const furnish = `
  root=$1 part=$2 key=$3
  cp -a --reflink=auto "$root" "$part/rootfs"
  in="$part/rootfs"
  chroot "$in" useradd --create-home --shell /bin/bash vagrant
  install -d -m 700 "$in/home/vagrant/.ssh"
  install -m 600 "$key" "$in/home/vagrant/.ssh/authorized_keys"
  chroot "$in" chown -R vagrant:vagrant /home/vagrant/.ssh
  printf 'vagrant ALL=(ALL) NOPASSWD: ALL\\n' >"$in/etc/sudoers.d/vagrant"
  chmod 440 "$in/etc/sudoers.d/vagrant"
  # Each node makes keys of its own when it boots first.
  rm -f "$in"/etc/ssh/ssh_host_*
  mkdir -p "$in/etc/systemd/system/ssh.service.d"
  printf '[Service]\\nExecStartPre=\\nExecStartPre=/usr/bin/ssh-keygen -A\\nExecStartPre=/usr/sbin/sshd -t\\n' >"$in/etc/systemd/system/ssh.service.d/keys.conf"
  # LXC gives the address; this is what Vagrant restarts when it has set a hostname.
  systemctl --quiet --root="$in" enable systemd-networkd.service
  # It manages no link here: whatever wants to be online would wait two minutes for it in vain.
  systemctl --quiet --root="$in" disable systemd-networkd-wait-online.service
  tar --numeric-owner --sort=name -C "$part" -czf "$part/rootfs.tar.gz" ./rootfs
  tar --numeric-owner --owner=0 --group=0 -C "$part" -czf "$part/box" metadata.json lxc-config rootfs.tar.gz
`;
