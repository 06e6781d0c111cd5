import { editYaml, type Edition } from '../../repo/core/edition.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Draft, DraftHost } from './draft.ts';

/** The text of an inventory, and what was read from it. */
export interface Written {
  text: string;
  draft: Draft;
}

export interface Joining {
  cluster: string;
  address: string;
  role: 'primary' | 'replica' | 'offline';
  seq: number;
}

/**
 * The text with one more member of a cluster; a cluster that is not there begins with it.
 * @throws Fault usage where the host has a PostgreSQL already, or the number is taken
 */
export function addMember({ text, draft }: Written, { cluster, address, role, seq }: Joining): string {
  const members = membersOf(cluster, draft);
  const host = draft.hosts.find((each) => each.address === address);
  if (host?.vars['pg_cluster'] !== undefined) throw new Fault('usage', `${address} is ${instanceNamed(host)} already`, { hint: 'a host carries one instance' });
  const taken = members.find(({ vars }) => vars['pg_seq'] === seq);
  if (taken) throw new Fault('usage', `pg_seq ${seq} of ${cluster} is taken by ${taken.address}`);
  const edition = editYaml(text, draft.document.file);
  const group = groupsOf(edition).find(([, each]) => each.vars?.['pg_cluster'] === cluster)?.[0] ?? cluster;
  if (members.length === 0) {
    edition.set(['all', 'children', group, 'hosts', address], {});
    edition.set(['all', 'children', group, 'vars', 'pg_cluster'], cluster);
  }
  const isNamedByGroup = groupOf(edition, group)?.vars?.['pg_cluster'] === cluster;
  edition.set(hostAt(group, address), { ...groupOf(edition, group)?.hosts?.[address], ...(!isNamedByGroup && { pg_cluster: cluster }), pg_seq: seq, pg_role: role });
  return edition.text();
}

export interface Leaving {
  cluster: string;
  addresses: readonly string[];
  /** Who leads what is left, and is to be called its primary. */
  leader?: string;
}

/** The text without some members of a cluster, or without all of it. Their hosts stay, in the group `nodes` where they are in no other. */
export function removeMembers({ text, draft }: Written, leaving: Leaving): string {
  const edition = editYaml(text, draft.document.file);
  takeOut(edition, leaving);
  for (const address of leaving.addresses) if (!isSomewhere(edition, address)) edition.set(hostAt('nodes', address), keptOf(address, draft));
  return edition.text();
}

/** The text without a host, wherever it is spoken of as one. */
export function removeHost({ text, draft }: Written, address: string, leader?: string): string {
  const edition = editYaml(text, draft.document.file);
  const cluster = draft.hosts.find((host) => host.address === address)?.vars['pg_cluster'];
  if (cluster !== undefined) takeOut(edition, { cluster: String(cluster), addresses: [address], ...(leader !== undefined && { leader }) });
  for (const [group, { hosts }] of groupsOf(edition)) if (hosts && address in hosts) dropFrom(edition, group, address);
  return edition.text();
}

/**
 * The text with one more host, which becomes nothing further.
 * @throws Fault usage where it is there already
 */
export function addHost({ text, draft }: Written, address: string, name?: string): string {
  if (draft.hosts.some((host) => host.address === address)) throw new Fault('usage', `${address} is in ${draft.document.file} already`, { hint: 'pgark apply brings it to what stands there' });
  const edition = editYaml(text, draft.document.file);
  edition.set(hostAt('nodes', address), name === undefined ? {} : { nodename: name });
  return edition.text();
}

/** The number after the last one of a cluster, without those that `isTaken` elsewhere. */
export function nextSeq(cluster: string, draft: Draft, isTaken: (seq: number) => boolean): number {
  let seq = Math.max(0, ...membersOf(cluster, draft).map(({ vars }) => Number(vars['pg_seq']))) + 1;
  while (isTaken(seq)) seq++;
  return seq;
}

/** The hosts of a cluster, as they are written down. */
export const membersOf = (cluster: string, { hosts }: Pick<Draft, 'hosts'>): DraftHost[] => hosts.filter(({ vars }) => vars['pg_cluster'] === cluster);

/** `pg-test-3` */
export const instanceNamed = ({ vars }: Pick<DraftHost, 'vars'>): string => `${String(vars['pg_cluster'])}-${String(vars['pg_seq'])}`;

interface GroupText {
  hosts?: Record<string, Record<string, unknown> | null> | null;
  vars?: Record<string, unknown> | null;
}

const hostAt = (group: string, address: string): string[] => ['all', 'children', group, 'hosts', address];

const groupsOf = (edition: Edition): [string, GroupText][] => Object.entries((edition.get(['all', 'children']) ?? {}) as Record<string, GroupText | null>).map(([name, group]) => [name, group ?? {}]);

const groupOf = (edition: Edition, name: string): GroupText | undefined => groupsOf(edition).find(([group]) => group === name)?.[1];

const isSomewhere = (edition: Edition, address: string): boolean => groupsOf(edition).some(([, { hosts }]) => hosts && address in hosts);

/** A host leaves the group of the cluster; where the group is another's, only what makes it a member goes. */
function takeOut(edition: Edition, { cluster, addresses, leader }: Leaving): void {
  for (const [group, { hosts, vars }] of groupsOf(edition)) {
    for (const address of addresses.filter((each) => hosts && each in hosts)) {
      if (vars?.['pg_cluster'] === cluster) dropFrom(edition, group, address);
      else for (const name of identity.filter((each) => hosts![address]?.[each] !== undefined)) edition.remove([...hostAt(group, address), name]);
    }
    const isLed = leader !== undefined && hosts?.[leader]?.['pg_role'] !== undefined && hosts[leader]['pg_role'] !== 'primary';
    if (isLed) edition.set([...hostAt(group, leader), 'pg_role'], 'primary');
  }
}

const identity = ['pg_cluster', 'pg_seq', 'pg_role'];

/** A group without hosts says nothing about anybody. */
function dropFrom(edition: Edition, group: string, address: string): void {
  edition.remove(hostAt(group, address));
  if (Object.keys(groupOf(edition, group)?.hosts ?? {}).length === 0) edition.remove(['all', 'children', group]);
}

/** How it is reached and what it is called, of what the inventory says of it and its group. */
function keptOf(address: string, draft: Draft): Record<string, unknown> {
  const { vars, origin } = draft.hosts.find((host) => host.address === address)!;
  return Object.fromEntries(Object.entries(vars).filter(([name]) => /^(ansible_|nodename$)/.test(name) && origin.get(name)?.[1] === 'children'));
}
