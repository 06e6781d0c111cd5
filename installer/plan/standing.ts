import { canonical } from '../inventory/unique.ts';
import type { Host, Inventory } from '../inventory/inventory.ts';
import { nodeAddress, postgresAddress } from '../inventory/virtual.ts';

/** How the members of etcd stand together, as each of them said when its host was looked at. */
export interface EtcdStanding {
  members: readonly EtcdRow[];
  /** The name of the host whose member leads. */
  leader?: string;
  /** Whether more than half of them know a leader. */
  quorum: boolean;
}

export interface EtcdRow {
  host: string;
  address: string;
  state: 'leads' | 'follows' | 'learns' | 'no leader' | 'no answer' | 'unreachable';
  version?: string;
  /** Bytes. */
  size?: number;
  /** In its words. */
  errors?: readonly string[];
}

/** Undefined where a deployment has no etcd. `lost` are addresses of hosts that nobody reached. */
export function etcdStanding({ group }: Pick<Inventory, 'group'>, lost: ReadonlySet<string>): EtcdStanding | undefined {
  const hosts = group('etcd');
  if (hosts.length === 0) return undefined;
  const members = hosts.map((host) => etcdRow(host, lost));
  const leader = members.find(({ state }) => state === 'leads');
  const voting = members.filter(({ state }) => state === 'leads' || state === 'follows').length;
  return { members, ...(leader && { leader: leader.host }), quorum: voting * 2 > hosts.length };
}

function etcdRow({ name: host, address, facts: { etcd } }: Host, lost: ReadonlySet<string>): EtcdRow {
  const status = etcd?.status;
  if (lost.has(address)) return { host, address, state: 'unreachable' };
  if (!status) return { host, address, state: 'no answer' };
  const { id, leader, isLearner, version, size, errors } = status;
  const state = isLearner ? 'learns' : leader === undefined ? 'no leader' : leader === id ? 'leads' : 'follows';
  return { host, address, state, version, size, ...(errors.length > 0 && { errors }) };
}

/** An address that moves between hosts, and who has it at this moment. */
export interface Floating {
  address: string;
  /** The cluster of PostgreSQL, or of nodes, that it belongs to. */
  cluster: string;
  of: 'PostgreSQL' | 'nodes';
  /** The names of the hosts that have it: one, unless something is wrong. */
  holders: readonly string[];
}

export function floating({ hosts }: Pick<Inventory, 'hosts'>, lost: ReadonlySet<string>): Floating[] {
  const all = hosts.flatMap(({ vars }) => [
    { address: postgresAddress(vars), cluster: vars.pg_cluster!, of: 'PostgreSQL' as const },
    { address: nodeAddress(vars), cluster: vars.node_cluster, of: 'nodes' as const },
  ]);
  const rows = new Map(all.flatMap(({ address, ...rest }) => (address === undefined ? [] : [[canonical(address), { address, ...rest }] as const])));
  return [...rows].map(([address, row]) => ({ ...row, holders: hosts.filter(({ address: own, facts }) => !lost.has(own) && facts.addresses.some((each) => canonical(each) === address)).map(({ name }) => name) }));
}
