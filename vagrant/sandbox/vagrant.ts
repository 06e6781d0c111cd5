import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Fault } from '../../repo/core/fault.ts';
import type { Progress } from '../../repo/core/progress.ts';
import { boxKey } from './box-key.ts';
import { folderOf, type Sandbox } from './sandbox.ts';
import { vagrantFolder } from './spec.ts';

/** What the Vagrantfile reads, and Vagrant itself. */
export const environmentOf = (sandbox: Sandbox): Record<string, string> => ({
  VAGRANT_CWD: vagrantFolder,
  VAGRANT_DOTFILE_PATH: folderOf(sandbox.spec),
  VAGRANT_DEFAULT_PROVIDER: sandbox.provider,
  VAGRANT_CHECKPOINT_DISABLE: '1',
  VAGRANT_NO_COLOR: '1',
  PGARK_SPEC: sandbox.spec,
  PGARK_OS: sandbox.os,
  PGARK_BUNDLE: sandbox.bundle ?? '',
  PGARK_BOOTSTRAP: sandbox.bootstrap ?? '',
  PGARK_FINGERPRINT: sandbox.fingerprint ?? '',
  PGARK_PG: sandbox.pg ?? '',
  ...(sandbox.provider === 'lxc' && { PGARK_BOX_KEY: boxKey }),
});

export interface Speech {
  sandbox: Sandbox;
  progress: Progress;
  signal?: AbortSignal;
}

/**
 * Runs Vagrant to its end, what it says as our own progress, and answers with its standard output. A Ctrl-C asks it to stop
 * where it may be continued; only what then goes on for a minute is ended.
 * @throws Fault apply with the end of what it said
 */
export async function vagrant(argv: readonly string[], { sandbox, progress, signal }: Speech): Promise<string> {
  const child = spawn('vagrant', argv, { env: { ...process.env, ...environmentOf(sandbox) }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const told: string[] = [];
  const errors: string[] = [];
  const hear = (lines: string[]) => (line: string) => {
    lines.push(line);
    if (line.trim()) progress.say(line.trimEnd());
  };
  createInterface(child.stdout).on('line', hear(told));
  createInterface(child.stderr).on('line', hear(errors));
  const end = (): void => stop(child.pid!);
  signal?.addEventListener('abort', end);
  try {
    const code = await new Promise<number>((resolve, reject) => child.once('error', reject).once('close', (code) => resolve(code ?? 128)));
    signal?.throwIfAborted();
    if (code !== 0) throw failed(argv, code, [...told.slice(-20), ...errors], sandbox);
    return told.join('\n');
  } finally {
    signal?.removeEventListener('abort', end);
  }
}

function failed(argv: readonly string[], code: number, said: readonly string[], { spec }: Sandbox): Fault {
  const hint = `pgark sandbox ssh ${spec} looks around in it; pgark sandbox up ${spec} tries again; pgark sandbox down ${spec} throws it away`;
  return new Fault('apply', `vagrant ${argv[0]} ended with ${code}`, { details: said.filter((line) => line.trim() !== '').slice(-30), hint });
}

function stop(pid: number): void {
  tell(pid, 'SIGINT');
  setTimeout(() => tell(-pid, 'SIGKILL'), 60_000).unref();
}

function tell(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
