import { existsSync } from 'node:fs';
import type { Secret } from '../../repo/core/secret.ts';
import { unreachable } from './root.ts';
import { socketOf } from './socket.ts';
import { spawn } from './spawn.ts';
import { sshCommand, type SshOptions, type SshTarget } from './ssh.ts';

/**
 * Connects, and learns who answers and whether sudo takes the password, before anything else is sent.
 * @throws Fault unreachable
 */
export async function openSession(target: SshTarget, options: SshOptions): Promise<void> {
  // One that is open already would be left beside a second one, which nobody could close.
  if (!existsSync(socketOf(target))) await connect(target, options);
  if (options.sudoPassword !== undefined && target.user !== 'root') await tryPassword(target, options.knownHosts, options.sudoPassword);
}

async function connect(target: SshTarget, { knownHosts, met }: SshOptions): Promise<void> {
  const [ssh, ...words] = sshCommand(target, knownHosts, []);
  const connected = await spawn([ssh, '-f', '-N', '-M', '-o', 'ControlMaster=yes', '-o', 'ControlPersist=30', ...words], '');
  if (connected.code !== 0) throw unreachable(target.host, connected);
  if (/Permanently added/.test(connected.stderr)) met?.(`${target.host}: ${await fingerprintOf(target, knownHosts)}`);
}

/** Alone, so that nothing but the password can be taken for one. */
async function tryPassword(target: SshTarget, knownHosts: string, password: Secret): Promise<void> {
  const answer = await spawn(sshCommand(target, knownHosts, ["sudo -S -k -p '' true"]), `${password.reveal()}\n`);
  if (answer.code !== 0) throw unreachable(target.host, answer);
}

/** `ED25519 SHA256:…`, as ssh-keygen(1) tells it: `host ED25519 SHA256:…`, below a comment. */
async function fingerprintOf({ host, port }: SshTarget, knownHosts: string): Promise<string> {
  const name = port === undefined || port === 22 ? host : `[${host}]:${port}`;
  const { stdout } = await spawn(['ssh-keygen', '-l', '-F', name, '-f', knownHosts], '');
  return stdout.split('\n').findLast((line) => line.includes('SHA256:'))?.split(' ').slice(1).join(' ') ?? 'met for the first time';
}
