import { spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { groupsOf, makeGroups, processesIn, removeGroups } from './cgroup.ts';

export interface Container {
  /** At most 11 letters: with `vb-` before it, it names the interface on the bridge. Names the cgroups too. */
  name: string;
  /** Holds the layer that the host writes to. */
  folder: string;
  root: string;
  bridge?: string;
  /** Outlives the process that boots it; any other is shut down when that ends. */
  stays: boolean;
}

/**
 * Boots systemd on an overlay of `root`. The overlay is mounted in a mount namespace of its own, and every process is in
 * cgroups of its own, so that what is left of it can be found and ended, however its owner ended.
 */
export async function boot(container: Container): Promise<void> {
  for (const name of ['upper', 'scratch', 'merged']) await mkdir(join(container.folder, name), { recursive: true });
  const groups = await makeGroups(container.name);
  const console = join(container.folder, 'console.log');
  const log = await open(console, 'a');
  const argv = ['setpriv', '--pdeathsig', container.stays ? 'clear' : 'TERM', 'unshare', '--mount', '--propagation', 'private', 'sh', '-ec', enter, 'sh', container.root, container.folder, groups.join(' '), ...nspawn(container)];
  try {
    const child = spawn(argv[0]!, argv.slice(1), { stdio: ['ignore', log.fd, log.fd], detached: true });
    await new Promise((resolve, reject) => child.once('spawn', () => resolve(undefined)).once('error', reject));
    child.unref();
    await leaderOf(container.name, 20).catch(async (cause: unknown) => {
      throw new Error(`${container.name} did not boot: ${await readFile(console, 'utf8')}`, { cause });
    });
  } finally {
    await log.close();
  }
}

/** Asks its systemd for a shutdown, and ends whatever is left after 40 s. */
export async function shutDown(name: string): Promise<void> {
  const supervisor = await supervisorOf(name);
  if (supervisor !== undefined) signal(supervisor, 'SIGTERM');
  await emptied(name, supervisor === undefined ? 0 : 40);
  await kill(name);
}

/** Has every process of it stand still; it can only be killed then. */
export async function halt(name: string): Promise<void> {
  for (const pid of await processesIn(await groupsOf(name))) signal(pid, 'SIGSTOP');
}

/** Ends every process of it at once, and removes its cgroups. */
export async function kill(name: string): Promise<void> {
  const groups = await groupsOf(name);
  for (let attempt = 0; attempt < 50; attempt++) {
    const left = await processesIn(groups);
    if (left.length === 0) return removeGroups(groups);
    for (const pid of left) signal(pid, 'SIGKILL');
    await sleep(100);
  }
  throw new Error(`the processes of ${name} do not end`);
}

/** The first process inside, by its number on this machine; looked up each time since a reboot changes it. */
export async function leaderOf(name: string, patience = 1): Promise<number> {
  const groups = await groupsOf(name);
  for (let left = patience * 20; left > 0; left--) {
    for (const pid of await processesIn(groups)) if ((await numberInside(pid)) === 1) return pid;
    await sleep(50);
  }
  throw new Error(`${name} is not running`);
}

const enter = `
  root=$1 folder=$2 groups=$3
  shift 3
  for group in $groups; do echo $$ >"$group/cgroup.procs"; done
  # Throwaway hosts need not outlive a power cut: nothing waits for the disk. The mark of an earlier such mount forbids the next.
  rm -rf "$folder"/scratch/*/incompat
  mount -t overlay overlay -o "lowerdir=$root,upperdir=$folder/upper,workdir=$folder/scratch,volatile" "$folder/merged"
  exec "$@"
`;

const nspawn = (container: Container): string[] => [
  'systemd-nspawn',
  '--quiet',
  `--directory=${join(container.folder, 'merged')}`,
  `--machine=${container.name}`,
  '--boot',
  ...(container.bridge ? [`--network-bridge=${container.bridge}`] : ['--private-network']),
  '--register=no',
  '--keep-unit',
  '--console=pipe',
  '--resolv-conf=off',
  '--timezone=off',
  '--link-journal=no',
];

/** systemd-nspawn itself: the process of the group that is in no process namespace of its own. */
async function supervisorOf(name: string): Promise<number | undefined> {
  for (const pid of await processesIn(await groupsOf(name))) if ((await numberInside(pid)) === undefined) return pid;
  return undefined;
}

/** A process's number in its own namespace (proc(5), NSpid), undefined where that is the machine's. */
async function numberInside(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const numbers = /^NSpid:(.*)$/m.exec(status)?.[1]?.trim().split(/\s+/) ?? [];
  return numbers.length > 1 ? Number(numbers.at(-1)) : undefined;
}

async function emptied(name: string, seconds: number): Promise<void> {
  const groups = await groupsOf(name);
  for (let left = seconds * 10; left > 0 && (await processesIn(groups)).length > 0; left--) await sleep(100);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
