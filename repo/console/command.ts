import type { Progress } from '../core/progress.ts';

export interface Option {
  /** One letter, for `-y`. */
  short?: string;
  /** The word for the value in the help: `FILE`. A switch has none. */
  value?: string;
  /** May be given more than once. */
  many?: boolean;
  about: string;
}

export interface Invocation {
  /** Positional arguments. */
  args: readonly string[];
  /** The last value of an option, undefined when it was not given. */
  value(option: string): string | undefined;
  values(option: string): readonly string[];
  has(option: string): boolean;
  progress: Progress;
  /** Data for a person, to stdout; silent under `--json`. */
  print(text: string): void;
  /** Whether there is a terminal to ask questions on. */
  interactive: boolean;
  /** Aborted on the first Ctrl-C; a second one ends the process. */
  signal: AbortSignal;
}

/** A command that is loaded when it is asked for; the help of the program needs no more of it than this. */
export interface CommandEntry {
  /** One word, or two: `ext list`. */
  name: string;
  arguments?: string;
  about: string;
  load(): Promise<CommandSpec>;
}

/** A command in hand. What `run` returns is printed as one JSON object under `--json`. */
export interface CommandSpec {
  /** One word, or two: `ext list`. */
  name: string;
  /** `BUNDLE.yml` */
  arguments?: string;
  about: string;
  options?: Readonly<Record<string, Option>>;
  /** Examples and explanations, below the options in the help. */
  notes?: string;
  /** The exit code when it differs from 0 although nothing failed is given by `exitCode` in the result. */
  run(invocation: Invocation): Promise<object | void>;
}

export interface Program {
  name: string;
  version: string;
  about: string;
  commands: readonly (CommandEntry | CommandSpec)[];
  /** Words that the launcher gives to other programs; the help names them. */
  elsewhere?: readonly { name: string; about: string }[];
}
