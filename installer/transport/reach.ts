import { hostname, networkInterfaces } from 'node:os';
import type { Transport } from './command.ts';
import { localTransport } from './local.ts';
import { sshTransport, type SshOptions } from './ssh.ts';

/** The way to a host of an inventory, by its `ansible_` variables; no way leads through the network to ourselves. */
export function reach(address: string, vars: Readonly<Record<string, unknown>>, options: SshOptions): Transport {
  const host = String(vars['ansible_host'] ?? address);
  if (vars['ansible_connection'] === 'local' || (vars['ansible_connection'] !== 'ssh' && isOurs(host))) return localTransport();
  const user = vars['ansible_user'];
  const port = vars['ansible_port'];
  const key = vars['ansible_ssh_private_key_file'];
  return sshTransport({ host, ...(user !== undefined && { user: String(user) }), ...(port !== undefined && { port: Number(port) }), ...(key !== undefined && { key: String(key) }) }, options);
}

function isOurs(host: string): boolean {
  const ours = Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
  return ['localhost', hostname(), ...ours].includes(host) || host.startsWith('127.');
}
