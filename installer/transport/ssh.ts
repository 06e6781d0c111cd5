import type { Secret } from '../../repo/core/secret.ts';
import type { Transport } from './command.ts';
import { quote } from './quote.ts';
import { asRoot, rootShell, type Way } from './root.ts';
import { openSession } from './session.ts';
import { socketOf } from './socket.ts';

export interface SshTarget {
  /** As the OpenSSH client understands it: an address, or a name of ssh_config(5), with its jump hosts and all. */
  host: string;
  user?: string;
  port?: number;
  /** The path of a private key; otherwise what the operator's own settings and agent offer. */
  key?: string;
}

export interface SshOptions {
  /** The file in which host keys are kept from the first contact on; the operator's own known hosts count as well. */
  knownHosts: string;
  /** For hosts whose sudo asks; never in an argument. */
  sudoPassword?: Secret;
  /** Hears of a host that was met for the first time: `10.10.10.11: ED25519 SHA256:…`. */
  met?: (line: string) => void;
}

/**
 * A host behind OpenSSH: the operator's own client with the operator's own settings, keys and agent. Host keys are pinned at the first contact and
 * checked ever after; nothing is asked, since the standard input carries the script. One connection serves a whole run.
 */
export function sshTransport(target: SshTarget, options: SshOptions): Transport {
  const { sudoPassword } = options;
  let opening: Promise<void> | undefined;
  const way: Way = {
    argv: sshCommand(target, options.knownHosts, remote(target, sudoPassword !== undefined)),
    // A connection that could not be opened is tried again by the next command.
    open: () => (opening ??= openSession(target, options).catch((error: unknown) => ((opening = undefined), Promise.reject(error as Error)))),
    ...(sudoPassword && target.user !== 'root' && { password: sudoPassword }),
  };
  return rootShell(target.host, way);
}

/** The arguments of ssh(1) up to what is run there. Exported as the contract that tests read. */
export function sshCommand(target: SshTarget, knownHosts: string, command: readonly string[]): [string, ...string[]] {
  const settings = [
    'BatchMode=yes',
    'StrictHostKeyChecking=accept-new',
    `UserKnownHostsFile=${knownHosts} ~/.ssh/known_hosts`,
    'HashKnownHosts=no',
    'ConnectTimeout=10',
    'ServerAliveInterval=5',
    'ServerAliveCountMax=3',
    'ControlMaster=no',
    `ControlPath=${socketOf(target)}`,
  ];
  return [
    'ssh',
    '-T',
    ...settings.flatMap((setting) => ['-o', setting]),
    ...(target.user === undefined ? [] : ['-l', target.user]),
    ...(target.port === undefined ? [] : ['-p', String(target.port)]),
    ...(target.key === undefined ? [] : ['-i', target.key]),
    '--',
    target.host,
    ...command,
  ];
}

const remote = ({ user }: SshTarget, asks: boolean): string[] => [asRoot(user === 'root', asks).map(quote).join(' ')];
