import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Runs a program to its end; statuses other than the given ones are errors. */
export function run(argv: readonly [string, ...string[]], options: { env?: NodeJS.ProcessEnv; input?: string; statuses?: readonly number[] } = {}): Promise<string> {
  const [program, ...rest] = argv;
  return new Promise((resolve, reject) => {
    const child = execFile(program, rest, { maxBuffer: 1 << 28, env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env } }, (error, stdout, stderr) => {
      const status = error === null ? 0 : error.code;
      if (typeof status === 'number' && (options.statuses ?? [0]).includes(status)) resolve(stdout);
      else reject(new Error(`${argv.join(' ')}: ${stderr.slice(-2000)}`, { cause: error }));
    });
    // A program may end without having read its input; its status tells how.
    child.stdin?.on('error', (error: NodeJS.ErrnoException) => error.code !== 'EPIPE' && reject(error)).end(options.input ?? '');
  });
}

/** Works through items, as many at a time as there are processors. */
export async function together<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await act(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}
