import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInterface } from 'node:readline';

export interface Executed {
  code: number;
  stdout: string;
  stderr: string;
}

export interface ExecuteOptions {
  stdin?: string | Uint8Array | Readable;
  /** Seconds until the whole process group is ended; 600 when left out. */
  timeout?: number;
  /** Called with each line of standard error while it runs. */
  line?: (text: string) => void;
  cwd?: string;
  env?: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal;
}

/** Runs a program of this machine to its end. A program that cannot be started ends with 127, one that took too long with 124, like in a shell. */
export async function execute(argv: readonly [string, ...string[]], options: ExecuteOptions = {}): Promise<Executed> {
  const [program, ...rest] = argv;
  const child = spawn(program, rest, { cwd: options.cwd, env: { ...process.env, ...options.env }, detached: true });
  const end = (): void => endGroup(child.pid);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    end();
  }, (options.timeout ?? 600) * 1000);
  options.signal?.addEventListener('abort', end);
  try {
    const ended = new Promise<number>((resolve) => {
      child.once('error', () => resolve(127));
      child.once('close', (code) => resolve(code ?? 128));
    });
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    if (options.line) createInterface(child.stderr).on('line', options.line);
    await feed(child.stdin, options.stdin);
    const code = await ended;
    return { code: late ? 124 : code, stdout: stdout(), stderr: stderr() };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', end);
  }
}

/** The same, where a failure is a defect of the surroundings: throws with what the program said. */
export async function demand(argv: readonly [string, ...string[]], options: ExecuteOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await execute(argv, options);
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${stderr.trim() || stdout.trim()}`);
  return stdout;
}

function collect(stream: Readable): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

/** A program may end without reading all that it is given: that is its right, and shows in its exit code. */
async function feed(sink: Writable, source: ExecuteOptions['stdin']): Promise<void> {
  sink.on('error', () => {});
  if (source === undefined || typeof source === 'string' || source instanceof Uint8Array) {
    sink.end(source);
    return;
  }
  await pipeline(source, sink).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
