import { Fault } from '../../repo/core/fault.ts';
import { exists } from '../../repo/core/files.ts';
import type { Progress } from '../../repo/core/progress.ts';
import { execute } from '../execute.ts';
import { demandRoot, ensure, sandboxing, vagrantLibvirt, vagrantLxc, vagrantOnly } from '../requirements.ts';
import { providers, type Provider } from './sandbox.ts';

/** @throws Fault usage */
export function readProvider(text: string | undefined): Provider {
  const found = providers.find((each) => each === (text ?? 'lxc'));
  if (found) return found;
  throw new Fault('usage', `there is no provider "${text}"`, { hint: `providers are ${providers.join(', ')}` });
}

/** What a provider takes on this machine; installed where that is allowed. @throws Fault invalid, fetch */
export async function demandProvider(provider: Provider, progress: Progress): Promise<void> {
  await ensure(vagrantOnly, progress);
  switch (provider) {
    case 'lxc':
      demandRoot('the sandbox', 'sudo ./pgark sandbox …, or --provider libvirt or virtualbox', 'raises nodes with LXC');
      return ensure([...sandboxing, ...vagrantLxc], progress);
    case 'libvirt':
      if (!(await hasPlugin('vagrant-libvirt'))) await ensure(vagrantLibvirt, progress);
      return demandDaemon();
    case 'virtualbox':
      return demandVirtualBox();
  }
}

/** A plugin counts whether it came from Debian or from `vagrant plugin install`. */
async function hasPlugin(name: string): Promise<boolean> {
  const { stdout } = await execute(['vagrant', 'plugin', 'list'], { env: { VAGRANT_CHECKPOINT_DISABLE: '1' } });
  return stdout.split('\n').some((line) => line.startsWith(`${name} `));
}

async function demandDaemon(): Promise<void> {
  const sockets = ['/run/libvirt/libvirt-sock', '/run/libvirt/virtqemud-sock'];
  for (const socket of sockets) if (await exists(socket)) return;
  throw new Fault('invalid', 'no libvirt runs on this machine', { details: sockets.map((socket) => `${socket} is not there`), hint: 'sudo apt-get install -y libvirt-daemon-system qemu-system-x86' });
}

async function demandVirtualBox(): Promise<void> {
  const { code, stderr } = await execute(['VBoxManage', '--version']);
  if (code === 0) return;
  throw new Fault('invalid', 'VirtualBox is not on this machine', { details: stderr.trim() === '' ? ['VBoxManage is not in PATH'] : [stderr.trim()], hint: 'Debian has no VirtualBox: install it from its makers, or use --provider lxc or libvirt' });
}
