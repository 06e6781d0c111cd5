import type { Secret } from '../../repo/core/secret.ts';

/** Something to run on a host. An array until it meets a shell. */
export interface Command {
  argv: readonly [string, ...string[]];
  /** Given on standard input; the only way in which a secret reaches a command. */
  stdin?: string | Secret;
  /** The user it runs as; root when left out. */
  as?: string;
  /** Environment variables; never secrets. */
  env?: Readonly<Record<string, string>>;
  /** Seconds until it is ended; 600 when left out. */
  timeout?: number;
}

export interface Completed {
  code: number;
  stdout: string;
  stderr: string;
}

/** The seam between the installer and a host. */
export interface Transport {
  /** What is spoken to: an address, or `local`. */
  readonly host: string;
  /** Runs all of them, in order and in one round trip, and answers for each, whatever its exit code. */
  probe(commands: readonly Command[]): Promise<Completed[]>;
  /** Runs one after the other and stops at the first that fails; answers for those that ran. */
  run(commands: readonly Command[]): Promise<Completed[]>;
}

/** Shell text for what an argument vector cannot say: pipes, loops, redirections. Values go in as positional parameters. */
export const shell = (script: string, ...parameters: string[]): [string, ...string[]] => ['sh', '-ec', script, 'sh', ...parameters];
