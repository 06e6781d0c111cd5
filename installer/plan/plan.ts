import type { Fault } from '../../repo/core/fault.ts';
import { kindOf } from '../resource/kinds.ts';
import type { Command, Completed, Transport } from '../transport/command.ts';
import { questionOf } from './question.ts';
import type { Item, Wanted } from './wanted.ts';

/** An item and what has to be done for it; no commands where all is as wanted. */
export interface Entry extends Item {
  /** For a reader: `rewrite, mode 0640`. Empty where nothing is to be done. */
  change: string;
  /** What a reader must know although nothing is to be done. */
  note?: string;
  commands: readonly Command[];
}

export interface HostPlan {
  /** Its key in the inventory. */
  address: string;
  name: string;
  entries: readonly Entry[];
}

/** What would be done, decided before anything is touched. It is the dry run. */
export interface Plan {
  hosts: readonly HostPlan[];
  /** Hosts of the inventory of which nothing could be learnt. */
  lost: readonly LostHost[];
}

/** A host that could not be reached, and why. */
export interface LostHost {
  /** Its key in the inventory. */
  address: string;
  name: string;
  because: Fault;
}

/** Asks a host about everything it must have, in one round trip; the answers stand in the order of the items. */
export async function look(wanted: Wanted, transport: Transport): Promise<Completed[]> {
  const { commands, read } = questionOf(wanted);
  return read(await transport.probe(commands));
}

/** Decides what every host needs; `answers` stand in the order of the items. */
export function plan(wanted: readonly Wanted[], answers: ReadonlyMap<string, readonly Completed[]>, lost: readonly LostHost[] = []): Plan {
  return { hosts: wanted.map((each) => planHost(each, answers.get(each.host.address) ?? [])), lost };
}

function planHost({ host, items }: Wanted, answers: readonly Completed[]): HostPlan {
  const changed = new Set<string>();
  const entries = items.map((item, index) => {
    const entry = decide(item, answers[index]!, changed);
    if (entry.commands.length > 0) changed.add(item.identity);
    return entry;
  });
  return { address: host.address, name: host.name, entries };
}

/** The one decision of an installer: wanted against actual. `changed` holds what was changed before it on the same host. */
export function decide(item: Item, answer: Completed, changed: ReadonlySet<string>): Entry {
  const kind = kindOf(item.resource);
  const actual = kind.parse(answer, item.resource);
  const commands = kind.diff(item.resource, actual, changed);
  const note = kind.note?.(item.resource, actual);
  return { ...item, commands, change: commands.length > 0 ? kind.describe(item.resource, actual, changed) : '', ...(note && { note }) };
}

/** The entries that have something to do. */
export const changesOf = (host: HostPlan): Entry[] => host.entries.filter(({ commands }) => commands.length > 0);

export const countChanges = ({ hosts }: Plan): number => hosts.reduce((sum, host) => sum + changesOf(host).length, 0);
