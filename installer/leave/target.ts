import { Fault } from '../../repo/core/fault.ts';
import type { Draft, DraftHost } from '../inventory/draft.ts';
import { instanceNamed, membersOf } from '../inventory/edit.ts';
import { guess } from '../inventory/guess.ts';

/** What is to be taken out. */
export interface Target {
  /** Typed by whoever wants it. */
  name: string;
  hosts: readonly DraftHost[];
  /** The cluster that loses members, and whether it loses all of them. */
  cluster?: string;
  isWholeCluster: boolean;
  /** The hosts leave the inventory, not only their instances. */
  isHost: boolean;
}

/**
 * One member of a cluster, or, where none is named, all of it.
 * @throws Fault usage
 */
export function clusterTarget(cluster: string, member: string | undefined, draft: Draft): Target {
  const members = membersOf(cluster, draft);
  if (members.length === 0) {
    const names = [...new Set(draft.hosts.flatMap(({ vars }) => (vars['pg_cluster'] === undefined ? [] : [String(vars['pg_cluster'])])))];
    throw new Fault('usage', `there is no cluster "${cluster}"${guess(cluster, names)}`, { hint: `there is ${names.join(', ') || 'none'}` });
  }
  const names = members.map(instanceNamed);
  const hosts = member === undefined ? members : members.filter((host) => instanceNamed(host) === member);
  if (hosts.length === 0) throw new Fault('usage', `${cluster} has no member "${member}"${guess(member!, names)}`, { hint: `it has ${names.join(', ')}` });
  if (member !== undefined && members.length === 1) throw new Fault('usage', `${member} is the only member of ${cluster}`, { hint: `pgark pg remove ${cluster} removes the cluster` });
  refuseProtected(hosts);
  return { name: member ?? cluster, hosts, cluster, isWholeCluster: member === undefined, isHost: false };
}

/**
 * A host with all that it is.
 * @throws Fault usage
 */
export function hostTarget(address: string, draft: Draft): Target {
  const host = draft.hosts.find((each) => each.address === address);
  if (!host) {
    const known = draft.hosts.map((each) => each.address);
    throw new Fault('usage', `the deployment has no host "${address}"${guess(address, known)}`, { hint: `it has ${known.join(', ')}` });
  }
  if (host.groups.includes('infra')) throw new Fault('usage', `${address} is an infra host: others take their packages, names and time from it`, { hint: 'it cannot be removed' });
  refuseProtected([host]);
  refuseMemberOfStore(host, draft);
  if (host.vars['pg_cluster'] === undefined) return { name: address, hosts: [host], isWholeCluster: false, isHost: true };
  const cluster = String(host.vars['pg_cluster']);
  if (membersOf(cluster, draft).length === 1) throw new Fault('usage', `${address} carries the only member of ${cluster}`, { hint: `pgark pg remove ${cluster} comes first: the cluster ends with it` });
  return { name: address, hosts: [host], cluster, isWholeCluster: false, isHost: true };
}

/** A store is made for so many disks: it goes on without one that is broken, and never becomes a smaller one. */
function refuseMemberOfStore({ address, vars }: DraftHost, draft: Draft): void {
  const store = vars['minio_cluster'];
  if (store === undefined) return;
  if (vars['minio_safeguard'] === true) throw new Fault('usage', `${address}: the object store ${String(store)} is protected by minio_safeguard in the inventory`, { hint: 'minio_safeguard: false lifts it' });
  const others = draft.hosts.filter((each) => each.address !== address && each.vars['minio_cluster'] === store);
  if (others.length > 0) throw new Fault('usage', `${address} is one of ${others.length + 1} members of the object store ${String(store)}, which cannot become smaller`, { hint: 'a broken member is replaced under its own name and address: pgark apply' });
}

/** `pg_safeguard` and `etcd_safeguard`: nothing here ends what they stand for. */
function refuseProtected(hosts: readonly DraftHost[]): void {
  const pg = hosts.filter(({ vars }) => vars['pg_cluster'] !== undefined && vars['pg_safeguard'] === true);
  if (pg.length > 0) throw new Fault('usage', `${pg.map(instanceNamed).join(', ')}: protected by pg_safeguard in the inventory`, { hint: 'pg_safeguard: false lifts it' });
}
