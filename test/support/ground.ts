import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demand, execute, type Executed } from '../../vagrant/execute.ts';
import { baseRoot, type Suite } from '../../vagrant/root.ts';

export interface GroundOptions {
  /** Shell text that is run first, from outside, in the folder that is the root: a mount lasts for this run only. */
  before?: string;
  stdin?: string;
  /** On a terminal of its own, which stdin types on. */
  terminal?: boolean;
  timeout?: number;
}

/** The root of a minimal host with a layer over it, without network and without an init: for what needs no services. */
export interface Ground {
  /** Runs in the root, in namespaces of its own; `/media` is the folder of what was brought along. */
  run(argv: readonly string[], options?: GroundOptions): Promise<Executed>;
  /** The same, where a failure is the test's failure. */
  must(argv: readonly string[], options?: GroundOptions): Promise<string>;
  /** Every path of the root with kind, mode, owner, target and digest, a line each. */
  list(): Promise<string[]>;
  discard(): Promise<void>;
}

/** A fresh one; `media` is shown to it read-only. */
export const freshGround = async (suite: Suite, media: string): Promise<Ground> => groundOver(await baseRoot(suite), media);

/** A fresh one over the root in this folder. */
export async function groundOver(base: string, media: string): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'pgark-ground-'));
  await Promise.all(['upper', 'work', 'root'].map((name) => mkdir(join(folder, name))));
  const run: Ground['run'] = (argv, { before = '', stdin, terminal, timeout = 120 } = {}) => {
    const command = ['unshare', '--mount', '--net', '--pid', '--fork', '--kill-child', 'sh', '-ec', enter, 'sh', base, folder, media, before, ...argv] as const;
    const options = { timeout, ...(stdin !== undefined && { stdin }) };
    return terminal ? execute(['script', '--quiet', '--return', '--echo', 'never', '--command', command.map(quote).join(' '), '/dev/null'], options) : execute(command, options);
  };
  const must: Ground['must'] = async (argv, options) => {
    const { code, stdout, stderr } = await run(argv, options);
    if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${stderr}${stdout}`);
    return stdout;
  };
  return { run, must, list: async () => (await must(['sh', '-ec', listing])).split('\n'), discard: () => rm(folder, { recursive: true, force: true }) };
}

/** The mounts live in a namespace that ends with the command: nothing is left to unmount. */
const enter = `
  base=$1 folder=$2 media=$3 before=$4
  shift 4
  mount --make-rprivate /
  mount -t overlay overlay -o "lowerdir=$base,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
  mount -t proc proc "$folder/root/proc"
  mount --rbind /dev "$folder/root/dev"
  mount --bind -o ro "$media" "$folder/root/media"
  cd "$folder/root"
  eval "$before"
  # Not as the first process of its namespace, which no signal from inside can end.
  chroot . "$@" || exit $?
`;

const listing = `
  find / -xdev ! -type f -printf '%y %m %u:%g %p %l\\n' | sort
  find / -xdev -type f -printf '%m %u:%g %p\\n' | sort
  find / -xdev -type f -print0 | sort -z | xargs -0 sha256sum
`;

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** Whether this process may make such roots: it is root, and the kernel has what it takes. */
export const canEnter = async (): Promise<boolean> => process.getuid?.() === 0 && (await demand(['unshare', '--mount', '--net', 'true']).then(() => true, () => false));
