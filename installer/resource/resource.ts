import type { Secret } from '../../repo/core/secret.ts';
import type { Command, Completed } from '../transport/command.ts';

/** The content of a file, whole. A secret one is never shown in a plan. */
export interface FileResource {
  kind: 'file';
  path: string;
  content: string | Secret;
  owner?: string;
  group?: string;
  /** Octal, `0644` when left out, `0600` for a secret one. */
  mode?: string;
  /** Run on the new content before it takes its place; `{}` stands for the path of the candidate. */
  validate?: readonly [string, ...string[]];
}

export interface DirectoryResource {
  kind: 'directory';
  path: string;
  owner?: string;
  group?: string;
  mode?: string;
}

/** A symbolic link. */
export interface LinkResource {
  kind: 'link';
  path: string;
  to: string;
}

/** A path that must not be there. A file only; folders with data are never removed by a plan. */
export interface AbsentResource {
  kind: 'absent';
  path: string;
}

export interface GroupResource {
  kind: 'group';
  name: string;
  gid?: number;
}

export interface UserResource {
  kind: 'user';
  name: string;
  uid?: number;
  /** The primary group, which must exist. */
  group?: string;
  groups?: readonly string[];
  home?: string;
  shell?: string;
  system?: boolean;
}

/** Packages that must be installed. */
export interface PackagesResource {
  kind: 'packages';
  manager: 'apt' | 'dnf';
  names: readonly string[];
  /** A part of them that comes in a transaction of its own before the one of all. */
  ahead?: true;
}

/** A systemd unit and the state it must be in. */
export interface ServiceResource {
  kind: 'service';
  unit: string;
  enabled: boolean;
  running: boolean;
  /** Files (or folders, one level deep) of which a change after the unit's last start calls for a restart. */
  restartOn?: readonly string[];
  /** The same, where a reload is enough. */
  reloadOn?: readonly string[];
  /** What runs is never restarted: a change of its own definition holds from its next start on. */
  outlasts?: true;
  /** Run before a restart of what runs; where it fails, nothing is restarted. */
  mayRestart?: Command;
  /** Run after a start, restart or reload until it exits 0, for at most `patience` seconds (60 when left out). */
  ready?: Command;
  patience?: number;
}

export interface SysctlResource {
  kind: 'sysctl';
  /** The file below /etc/sysctl.d. */
  file: string;
  values: Readonly<Record<string, string>>;
}

/** What no other kind says: satisfied when `check` exits 0, otherwise brought about by `act`. */
export interface ConditionResource {
  kind: 'condition';
  /** Unique on its host; read by people: `etcd: authentication is enabled`. */
  name: string;
  check: Command;
  act: readonly Command[];
  /** What a host is left without when it leaves the deployment; otherwise nothing is taken back. */
  undo?: { check: Command; act: readonly Command[] };
}

/** Statements for PostgreSQL, sent over the local socket on standard input. */
export interface SqlResource {
  kind: 'sql';
  /** Unique on its host: `role dbuser_meta`, `extension postgis in meta`. */
  name: string;
  database: string;
  port: number;
  /** The OS user to connect as (peer authentication). */
  as: string;
  /** One query that returns one boolean: whether all is as wanted. */
  check: string | Secret;
  apply: string | Secret;
}

export type Resource =
  | FileResource
  | DirectoryResource
  | LinkResource
  | AbsentResource
  | GroupResource
  | UserResource
  | PackagesResource
  | ServiceResource
  | SysctlResource
  | ConditionResource
  | SqlResource;

/** Many of one kind in one question. What it tells of each is what `probe` would have told. */
export interface Many<R> {
  /** Resources of the same group go together; none where this one must be asked for alone. */
  group(wanted: R): string | undefined;
  probe(wanted: readonly R[]): Command;
  /** One for each, in their order. */
  part(completed: Completed, wanted: readonly R[]): Completed[];
}

/**
 * One kind of resource: three pure functions and the words for them.
 * The law: `diff(wanted, satisfied, nothing) = []`.
 */
export interface Kind<R, S> {
  /** Unique on a host: `file /etc/hosts`. */
  identify(wanted: R): string;
  probe(wanted: R): Command;
  parse(completed: Completed, wanted: R): S;
  /** `changed` holds the identities of the resources before this one that the plan changes. */
  diff(wanted: R, actual: S, changed: ReadonlySet<string>): Command[];
  /** What the change is, for a reader of the plan: `write, mode 0640`. Never shows a secret. */
  describe(wanted: R, actual: S, changed: ReadonlySet<string>): string;
  /** What a reader must know although nothing is to be done: settings that the kernel of a container refuses. */
  note?(wanted: R, actual: S): string | undefined;
  /** How many of them are asked for with one command. */
  many?: Many<R>;
  /** Nothing but its own commands brings it about, so that many can be looked at and changed in one go. */
  plain?: true;
  /** Asked when a change has failed; its output tells why: the last lines of a unit's journal. */
  explain?(wanted: R): Command;
}
