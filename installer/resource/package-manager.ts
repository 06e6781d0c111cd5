import type { Command, Completed } from '../transport/command.ts';

export interface PackagesState {
  installed: ReadonlySet<string>;
  /** An earlier transaction was cut off. */
  unfinished: boolean;
}

/** How a host that has it is asked for packages, and given them. */
export interface PackageManager {
  probe(names: readonly string[]): Command;
  parse(completed: Completed): PackagesState;
  /** Finishes what was cut off, then brings these, none of which may start anything: services start when their configuration stands. */
  install(names: readonly string[]): Command;
}
