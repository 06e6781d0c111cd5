import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Entry, readTesttags } from './testtags.ts';

export interface Repository {
  name: string;
  /** Higher goes first, unlike in dnf. */
  priority: number;
  entries: readonly Entry[];
}

/** `install name A [forcebest]`. */
export interface Job {
  verb: string;
  /** `name`, `provides`, `pkg`, `oneof`, `all`. */
  what: string;
  targets: readonly string[];
  flags: readonly string[];
}

/** One question of a test case, and what libsolv answers. */
export interface Block {
  /** `choose/versioned2.t`, or `alternative/job.t#2` where a file has several. */
  name: string;
  repositories: readonly Repository[];
  /** The name of the repository of what is installed. */
  system: string | undefined;
  /** Undefined when every architecture will do. */
  arch: string | undefined;
  disabled: readonly string[];
  solverFlags: readonly string[];
  jobs: readonly Job[];
  /** Pairs to be compared, each `a b`. */
  comparisons: readonly string[];
  /** Kinds of results that are asked for: `transaction`, `problems` … */
  kinds: readonly string[];
  results: readonly string[];
}

/** Reads a `.t` file of libsolv: what it says before a `nextjob` holds for all that follows, but for jobs, flags and results. */
export function readTestcase(folder: string, name: string): Block[] {
  const lines = readFileSync(join(folder, name), 'utf8').split('\n');
  const world = { repositories: [] as Repository[], system: undefined as string | undefined, arch: undefined as string | undefined, disabled: [] as string[] };
  const blocks: Block[] = [];
  let open = fresh();
  const close = (): void => {
    if (open.kinds.length > 0) blocks.push({ name, ...world, repositories: [...world.repositories], disabled: [...world.disabled], ...open });
    open = fresh();
  };
  for (let at = 0; at < lines.length; at++) {
    const [word, ...rest] = lines[at]!.trim().split(/\s+/) as [string, ...string[]];
    const inline = rest.at(-1) === '<inline>' ? inlineAt(lines, at + 1) : [];
    if (word === 'repo') world.repositories.push(repositoryOf(folder, name, rest, inline));
    else if (word === 'system') [world.arch, , world.system] = [rest[0] === 'unset' ? undefined : rest[0], rest[1], rest[2]];
    else if (word === 'disable') world.disabled.push(rest[1]!);
    else if (word === 'solverflags') open.solverFlags.push(...rest);
    else if (word === 'job') open.jobs.push(jobOf(rest));
    else if (word === 'evrcmp') open.comparisons.push(rest.join(' '));
    else if (word === 'result') {
      open.kinds.push(...rest[0]!.split(','));
      open.results.push(...inline);
    } else if (word === 'nextjob') close();
  }
  close();
  return blocks.length === 1 ? blocks : blocks.map((block, place) => ({ ...block, name: `${name}#${place + 1}` }));
}

const fresh = () => ({ solverFlags: [] as string[], jobs: [] as Job[], comparisons: [] as string[], kinds: [] as string[], results: [] as string[] });

/** The lines that follow, each behind a `#>`. */
function inlineAt(lines: readonly string[], from: number): string[] {
  const end = lines.findIndex((line, at) => at >= from && !line.startsWith('#>'));
  return lines.slice(from, end < 0 ? undefined : end).map((line) => line.slice(2));
}

/** `repo NAME PRIORITY[.SUBPRIORITY] testtags FILE`, or `repo NAME PRIORITY empty`. */
function repositoryOf(folder: string, testcase: string, [name, priority, type, file]: readonly string[], inline: readonly string[]): Repository {
  if (type === 'empty') return { name: name!, priority: 0, entries: [] };
  const lines = file === '<inline>' ? inline : readFileSync(join(folder, dirname(testcase), file!), 'utf8').split('\n');
  return { name: name!, priority: Number(priority!.replace(/(?<=\d)\..*/, '')), entries: readTesttags(lines) };
}

function jobOf([verb, what, ...rest]: readonly string[]): Job {
  const flags = /^\[(.*)\]$/.exec(rest.at(-1) ?? '')?.[1]?.split(',');
  return { verb: verb!, what: what!, targets: flags ? rest.slice(0, -1) : rest, flags: flags ?? [] };
}
