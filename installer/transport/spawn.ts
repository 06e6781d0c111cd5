import { $ } from 'zx/core';
import type { Completed } from './command.ts';
import { quote } from './quote.ts';

/**
 * Runs a program of this machine with a text on its standard input. The argument vector holds no secrets.
 * The process gets a session of its own, so that a Ctrl-C on the terminal reaches us and not the work that is half done.
 */
export async function spawn(argv: readonly [string, ...string[]], stdin: string): Promise<Completed> {
  const child = $({ ...plain })`${argv}`;
  // A program that ends before it has read everything is judged by its exit code, not by the broken pipe.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  const { exitCode, stdout, stderr } = await child;
  return { code: exitCode ?? 255, stdout, stderr };
}

// Whoever called may stand in a folder that is closed to them; nothing that is run here goes by it.
const plain = { cwd: '/', shell: '/bin/sh', prefix: '', postfix: '', quote, nothrow: true, quiet: true, detached: true } as const;
