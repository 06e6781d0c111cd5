import { randomUUID } from 'node:crypto';
import { Fault } from '../../repo/core/fault.ts';
import type { Command, Completed, Transport } from './command.ts';
import { readFrames, writeScript } from './script.ts';
import { spawn } from './spawn.ts';

/** The one way in which commands reach a host: a script on the standard input of a root shell, however that shell is reached. */
export function rootShell(host: string, reach: readonly [string, ...string[]]): Transport {
  const send = async (commands: readonly Command[], after: Parameters<typeof writeScript>[2]): Promise<Completed[]> => {
    if (commands.length === 0) return [];
    const boundary = `--pgark-${randomUUID()}`;
    const output = await spawn(reach, writeScript(commands, boundary, after));
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

/** What a shell with no root rights needs to become one; sudo(8) must not ask, since nobody is there to answer. */
export const asRoot = (isRoot: boolean): string[] => [...(isRoot ? [] : ['sudo', '-n']), 'env', '-i', 'sh', '-s'];

function lost(host: string, output: Completed, answered: number, commands: readonly Command[]): Fault {
  const said = output.stderr.trim().split(/\r?\n/).slice(-5).filter((line) => line !== '');
  const hint = hints.find(([pattern]) => pattern.test(output.stderr))?.[1];
  return new Fault('unreachable', answered === 0 ? `${host}: no root shell` : `${host}: lost while running ${commands[answered]!.argv[0]}`, {
    details: said.length > 0 ? said : [`ended with exit code ${output.code}`],
    ...(hint && { hint }),
  });
}

const hints: readonly (readonly [RegExp, string])[] = [
  [/sudo: a password is required|sudo: a terminal is required/, 'let this user run sudo without a password, or run as root'],
  [/sudo: not found|sudo: command not found/, 'install sudo, or run as root'],
  [/Host key verification failed/, 'add the host key to known_hosts once you have compared its fingerprint: ssh-keyscan HOST'],
  [/Permission denied \(/, 'the key of this user is not among the authorized_keys of the host'],
];
