import { randomUUID } from 'node:crypto';
import { Fault } from '../../repo/core/fault.ts';
import type { Secret } from '../../repo/core/secret.ts';
import type { Command, Completed, Transport } from './command.ts';
import { readFrames, writeScript } from './script.ts';
import { spawn } from './spawn.ts';

/** How a root shell is reached. */
export interface Way {
  argv: readonly [string, ...string[]];
  /** Awaited before each use; what it opens, it opens once. */
  open?: () => Promise<void>;
  /** What sudo asks for on the same standard input, see asRoot. */
  password?: Secret;
}

/** The one way in which commands reach a host: a script on the standard input of a root shell, however that shell is reached. */
export function rootShell(host: string, { argv, open, password }: Way): Transport {
  const send = async (commands: readonly Command[], after: Parameters<typeof writeScript>[2]): Promise<Completed[]> => {
    if (commands.length === 0) return [];
    const boundary = `--pgark-${randomUUID()}`;
    await open?.();
    const output = await spawn(argv, `${password === undefined ? '' : `${password.reveal()}\n${begin}\n`}${writeScript(commands, boundary, after)}`);
    const answers = readFrames(output, boundary, commands);
    const ended = answers.length === commands.length || (after === 'stop at a failure' && answers.some((each) => each.code !== 0));
    if (!ended) throw lost(host, output, answers.length, commands);
    return answers;
  };
  return {
    host,
    probe: (commands) => send(commands, 'go on'),
    run: (commands) => send(commands, 'stop at a failure'),
  };
}

/**
 * What a shell with no root rights needs to become one. sudo(8) must not ask, since nobody is there to answer; or it finds the password as the
 * first line of its input. Where it does not want one after all, that line is read and forgotten, never run.
 */
export const asRoot = (isRoot: boolean, asks = false): string[] => [...(isRoot ? [] : asks ? ['sudo', '-S', '-k', '-p', ''] : ['sudo', '-n']), 'env', '-i', 'sh', ...(asks && !isRoot ? ['-c', `while IFS= read -r line; do if [ "$line" = ${begin} ]; then exec sh -s; fi; done; exit 1`] : ['-s'])];

const begin = '--pgark-begin';

/** What was said on the way to a host that could not be reached, and the remedy where there is a known one. */
export function unreachable(host: string, output: Completed): Fault {
  return told(`${host}: no root shell`, output);
}

function lost(host: string, output: Completed, answered: number, commands: readonly Command[]): Fault {
  return answered === 0 ? unreachable(host, output) : told(`${host}: lost while running ${commands[answered]!.argv[0]}`, output);
}

function told(message: string, { code, stderr }: Completed): Fault {
  const said = stderr.trim().split(/\r?\n/).slice(-5).filter((line) => line !== '');
  const hint = hints.find(([pattern]) => pattern.test(stderr))?.[1];
  return new Fault('unreachable', message, { details: said.length > 0 ? said : [`ended with exit code ${code}`], ...(hint && { hint }) });
}

const hints: readonly (readonly [RegExp, string])[] = [
  [/sudo: a password is required|sudo: a terminal is required/, '--ask-sudo-password, or --sudo-password-file FILE; or let this user run sudo without a password'],
  [/incorrect password attempt|Sorry, try again|no password was provided/, 'sudo does not take this password of this user'],
  [/sudo: not found|sudo: command not found/, 'install sudo, or run as root'],
  [/\bssh: (command )?not found/, 'install the OpenSSH client here: apt-get install openssh-client, or dnf install openssh-clients; the bundle has it'],
  [/REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed/, 'this host has another key than at the first contact. Find out why; when it was made anew, forget the old key: ssh-keygen -R HOST -f /etc/pgark/known_hosts'],
  [/Permission denied \(/, 'the key of this user is not among the authorized_keys of the host; ansible_user and ansible_ssh_private_key_file say which'],
  [/Connection refused/, 'nothing listens there: is sshd running, and is ansible_port right?'],
  [/Could not resolve hostname|No route to host|Network is unreachable|timed out/, 'check the address, the network and the firewall between the hosts'],
];
