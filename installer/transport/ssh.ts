import type { Transport } from './command.ts';
import { quote } from './quote.ts';
import { asRoot, rootShell } from './root.ts';

export interface SshTarget {
  /** As the OpenSSH client understands it: an address, or a name of ssh_config(5). */
  host: string;
  user?: string;
  port?: number;
}

/**
 * A host behind OpenSSH: the operator's own client with the operator's own settings, keys and agent. Host keys are always checked,
 * and nothing is asked, since the standard input carries the script.
 */
export function sshTransport(target: SshTarget): Transport {
  return rootShell(target.host, sshCommand(target));
}

/** Exported as the contract that tests read. */
export function sshCommand(target: SshTarget): [string, ...string[]] {
  const remote = asRoot(target.user === 'root').map(quote).join(' ');
  return [
    'ssh',
    '-T',
    ...['BatchMode=yes', 'StrictHostKeyChecking=yes', 'ConnectTimeout=10', 'ServerAliveInterval=15'].flatMap((option) => ['-o', option]),
    ...(target.user === undefined ? [] : ['-l', target.user]),
    ...(target.port === undefined ? [] : ['-p', String(target.port)]),
    '--',
    target.host,
    remote,
  ];
}
