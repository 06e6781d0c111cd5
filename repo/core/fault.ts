/** What a user can meet, and the exit code that a script sees. This table is the whole list. */
export const exitCodes = {
  bug: 1,
  usage: 2,
  invalid: 3,
  unsatisfiable: 4,
  fetch: 5,
  untrusted: 6,
  unreachable: 7,
  apply: 8,
} as const;

export type FaultCode = keyof typeof exitCodes;

/** `plan --detailed-exitcode` found changes to make. Not a fault: a judgement. */
export const exitHasChanges = 10;

export interface FaultOptions {
  /** Everything that is wrong, a line each; told all at once. */
  details?: readonly string[];
  /** The next command to type, or the remedy. */
  hint?: string;
  cause?: unknown;
}

/** An error that the user can understand and answer. Anything else thrown is a bug. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly details: readonly string[];
  readonly hint: string | undefined;

  constructor(code: FaultCode, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Fault';
    this.code = code;
    this.details = options.details ?? [];
    this.hint = options.hint;
  }

  get exitCode(): number {
    return exitCodes[this.code];
  }

  toJSON(): Record<string, unknown> {
    return { error: this.code, message: this.message, details: this.details, hint: this.hint };
  }
}

/** Runs `act`; a failure of the system (ENOENT, EACCES, ENOSPC …) becomes a Fault made by `explain`. */
export async function faultOn<T>(act: () => Promise<T>, explain: (code: string) => Fault | undefined): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw (code === undefined ? undefined : explain(code)) ?? error;
  }
}
