import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Host } from '../../../vagrant/host.ts';

/** A program that runs in a host until it is stopped, or the host is no more; what it has told so far lies outside of the host. */
export interface Recorder {
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

export type ProgramName = 'writer' | 'watcher' | 'reader';

/** Starts one of the programs here in a host. It is told what to do on standard input: passwords are in no argument. */
export async function record(host: Host, program: ProgramName, wanted: object, as: 'root' | 'postgres' = 'root'): Promise<Recorder> {
  const path = `/opt/drill/${program}.py`;
  await host.copyIn(join(import.meta.dirname, `${program}.py`), path);
  const [first, ...rest] = await host.entry(['env', '-C', '/', 'runuser', '-u', as, '--', 'python3', path]);
  const child = spawn(first, rest, { detached: true });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  // What Python says when it ends by itself: no drill is one then, and its figures show that.
  createInterface(child.stderr).on('line', (line) => process.stderr.write(`${host.name}: ${program}: ${line}\n`));
  child.stdin.on('error', () => {}).end(`${JSON.stringify(wanted)}\n`);
  return {
    lines,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL');
      await ended;
    },
  };
}
