import { randomUUID } from 'node:crypto';
import type { Command, Completed } from '../../installer/transport/command.ts';
import { readFrames, writeScript } from '../../installer/transport/script.ts';
import { execute } from '../../vagrant/execute.ts';

/**
 * Runs commands one after the other in a root of which nothing is kept: a layer in memory over it, a loopback and processes of its own.
 * What they leave running ends with the last of them. `over` is a folder whose files are laid over the root.
 * @throws Error when one of them fails, with what it said
 */
export async function enclosed(root: string, over: string, commands: readonly Command[]): Promise<Completed[]> {
  const boundary = `--enclosed-${randomUUID()}`;
  const stdin = writeScript(commands, boundary, 'stop at a failure');
  const output = await execute(['unshare', '--mount', '--net', '--pid', '--fork', '--kill-child', 'sh', '-ec', enter, 'sh', root, over], { stdin });
  const answers = readFrames(output, boundary, commands);
  const failed = answers.findIndex(({ code }) => code !== 0);
  if (failed >= 0) throw new Error(`${commands[failed]!.argv.join(' ')} ended with ${answers[failed]!.code}: ${answers[failed]!.stderr || answers[failed]!.stdout}`);
  if (answers.length < commands.length) throw new Error(`ended after ${answers.length} of ${commands.length} commands: ${output.stderr}`);
  return answers;
}

const enter = `
  root=$1 over=$2 place=/mnt
  mount -t tmpfs tmpfs "$place"
  mkdir "$place/upper" "$place/scratch" "$place/merged"
  mount -t overlay overlay -o "lowerdir=$root,upperdir=$place/upper,workdir=$place/scratch" "$place/merged"
  cp -a "$over/." "$place/merged/"
  mount -t proc proc "$place/merged/proc"
  mount --rbind /dev "$place/merged/dev"
  ip link set lo up
  exec chroot "$place/merged" sh -s
`;
