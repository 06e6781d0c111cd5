import { dirname, join } from 'node:path';
import { target } from '../repo/bundle/paths.ts';
import { digestOf, type Digest } from '../repo/core/digest.ts';
import { Fault } from '../repo/core/fault.ts';
import { readGiven } from '../repo/core/files.ts';
import type { Secret } from '../repo/core/secret.ts';
import type { Progress } from '../repo/core/progress.ts';
import { parseInventory, type Draft, type DraftHost } from './inventory/draft.ts';
import type { Facts } from './inventory/facts.ts';
import { defaults } from './inventory/parameters.ts';
import { learn, type Place } from './plan/facts.ts';
import type { Transport } from './transport/command.ts';
import { reach } from './transport/reach.ts';

export interface GroundOpening {
  /** The path of the inventory; its vault lies beside it. */
  file: string;
  progress: Progress;
  sudoPassword?: Secret;
}

/** An inventory and the ways to its hosts, before anybody was spoken to. */
export interface Ground {
  text: string;
  digest: Digest;
  draft: Draft;
  /** By address of the inventory. */
  transports: ReadonlyMap<string, Transport>;
}

/** A host that could not be reached, and why. */
export interface Lost {
  address: string;
  because: Fault;
}

export async function openGround(opening: GroundOpening): Promise<Ground> {
  const text = (await readGiven(opening.file, 'pgark configure writes one')).toString('utf8');
  const draft = parseInventory(text, opening.file);
  for (const warning of draft.warnings) opening.progress.warn(warning);
  return groundOf(text, draft, opening);
}

/** The same of a text that is read already, or that is not written yet. */
export function groundOf(text: string, draft: Draft, { file, progress, sudoPassword }: GroundOpening): Ground {
  const ssh = { knownHosts: join(dirname(file), 'known_hosts'), ...(sudoPassword && { sudoPassword }) };
  const transports = new Map(draft.hosts.map(({ address, vars }) => [address, reach(address, vars, { ...ssh, met: (line) => progress.warn(`met for the first time, and its key is pinned from now on: ${line}`) })]));
  return { text, digest: digestOf(text), draft, transports };
}

/** What is answered, or that the host is lost. */
export async function orLost<T>(address: string, answer: Promise<T>): Promise<{ address: string; found: T } | Lost> {
  try {
    return { address, found: await answer };
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'unreachable')) throw error;
    return { address, because: error };
  }
}

export function learnOf({ address, groups, vars }: DraftHost, { transports }: Ground): Promise<Facts> {
  const place: Place = { data: given(vars, 'pg_fs_main'), dbsu: given(vars, 'pg_dbsu'), port: given(vars, 'pg_port'), ...(groups.includes('etcd') && { etcd: given(vars, 'etcd_data') }) };
  return learn(transports.get(address)!, place);
}

const given = (vars: Readonly<Record<string, unknown>>, name: string): string => String(vars[name] ?? defaults[name]);

/** Where things are when nobody says otherwise. */
export const places = { inventory: target.inventory, bundle: target.descriptor } as const;
