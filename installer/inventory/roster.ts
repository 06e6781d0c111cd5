import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readDocument, writeDocument } from '../../repo/core/document.ts';
import { writeWhole } from '../../repo/core/files.ts';
import type { Draft, DraftHost } from './draft.ts';
import { instanceNamed } from './edit.ts';

/** A host that a run has brought something to, as the inventory described it then. */
const Enrolled = z.strictObject({ address: z.string(), groups: z.array(z.string()), vars: z.record(z.string(), z.unknown()) });
export type Enrolled = z.infer<typeof Enrolled>;

/** Who belongs to a deployment until it is taken out, whatever the inventory says by now; and the names that instances had which were taken out. */
export const Roster = z.strictObject({
  format: z.literal(1),
  hosts: z.array(Enrolled),
  retired: z.array(z.strictObject({ member: z.string(), address: z.string() })).prefault([]),
});
export type Roster = z.infer<typeof Roster>;

/** What still is somewhere and is not in the inventory any more. */
export interface Departed {
  address: string;
  /** `pg-test-3`, when it is an instance. */
  member?: string;
  /** It is a member of etcd. */
  isEtcd: boolean;
  /** The whole host has left the inventory. */
  isGone: boolean;
  was: Enrolled;
}

const nobody: Roster = { format: 1, hosts: [], retired: [] };

/** Beside the inventory, for root only: what the inventory says of a host may hold passwords. */
export const rosterPath = (folder: string): string => join(folder, 'roster.json');

export async function readRoster(folder: string): Promise<Roster> {
  try {
    return readDocument(Roster, await readFile(rosterPath(folder), 'utf8'), rosterPath(folder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return nobody;
    throw error;
  }
}

export const writeRoster = (roster: Roster, folder: string): Promise<void> => writeWhole(rosterPath(folder), writeDocument(roster), 0o600);

/** The roster beside an inventory, and who is on it without being in the inventory any more. */
export interface OpenRoster {
  departed: readonly Departed[];
  /** Puts the hosts of the inventory on it. */
  save(): Promise<void>;
}

export async function openRoster(folder: string, draft: Pick<Draft, 'hosts'>): Promise<OpenRoster> {
  const roster = await readRoster(folder);
  return { departed: departedFrom(roster, draft), save: () => writeRoster(enrol(roster, draft), folder) };
}

/** With the hosts of the inventory, each as it is described now. What a host was and is not any more stays until it is dismissed. */
export function enrol(roster: Roster, { hosts }: Pick<Draft, 'hosts'>): Roster {
  const departed = new Set(departedFrom(roster, { hosts }).map(({ address }) => address));
  const kept = roster.hosts.filter(({ address }) => departed.has(address));
  const now = hosts.filter(({ address }) => !departed.has(address)).map(entryOf);
  return { ...roster, hosts: [...kept, ...now].toSorted((a, b) => (a.address < b.address ? -1 : 1)) };
}

/** Without what was taken out: those hosts are what the inventory says of them, if it says anything. */
export function dismiss(roster: Roster, addresses: readonly string[], { hosts }: Pick<Draft, 'hosts'>): Roster {
  const out = roster.hosts.filter(({ address }) => addresses.includes(address));
  const stay = hosts.filter(({ address }) => addresses.includes(address));
  const isThere = (address: string): boolean => stay.some((host) => host.address === address);
  const members = out.flatMap((entry) => (entry.vars['pg_cluster'] !== undefined && isThere(entry.address) ? [{ member: instanceNamed(entry), address: entry.address }] : []));
  return {
    ...roster,
    hosts: [...roster.hosts.filter(({ address }) => !addresses.includes(address)), ...stay.map(entryOf)].toSorted((a, b) => (a.address < b.address ? -1 : 1)),
    // A host that is gone for good leaves its name to others; one that stays is still called by it.
    retired: [...roster.retired.filter((each) => isThere(each.address) || !addresses.includes(each.address)), ...members].filter(({ member }, index, all) => all.findLastIndex((each) => each.member === member) === index),
  };
}

/** A member of etcd was taken out; what else its host is, it stays. */
export function resign(roster: Roster, member: string): Roster {
  return { ...roster, hosts: roster.hosts.map((each) => (etcdNameOf(each) === member ? { ...each, groups: each.groups.filter((group) => group !== 'etcd') } : each)) };
}

/** `etcd-1` */
export const etcdNameOf = ({ vars }: Pick<Enrolled, 'vars'>): string => `${String(vars['etcd_cluster'] ?? 'etcd')}-${String(vars['etcd_seq'])}`;

/** What was brought up and is not in the inventory. */
export function departedFrom(roster: Roster, { hosts }: Pick<Draft, 'hosts'>): Departed[] {
  return roster.hosts.flatMap((was) => {
    const now = hosts.find(({ address }) => address === was.address);
    const member = was.vars['pg_cluster'] === undefined ? undefined : instanceNamed(was);
    const isOut = member !== undefined && (now === undefined || instanceNamed(now) !== member);
    const isEtcd = was.groups.includes('etcd') && !now?.groups.includes('etcd');
    return now === undefined || isOut || isEtcd ? [{ address: was.address, ...(isOut && { member }), isEtcd, isGone: now === undefined, was }] : [];
  });
}

/** The draft with those in it who have left the inventory and are still there: what has to be known of them to take them out. */
export function withDeparted(draft: Draft, departed: readonly Departed[]): Draft {
  const back = departed.map(({ was }): DraftHost => ({ ...was, origin: new Map() }));
  return { ...draft, hosts: [...draft.hosts.filter(({ address }) => !back.some((host) => host.address === address)), ...back] };
}

const entryOf = ({ address, groups, vars }: Pick<DraftHost, 'address' | 'groups' | 'vars'>): Enrolled => ({ address, groups: [...groups], vars: { ...vars } });
