import { Fault } from '../../repo/core/fault.ts';
import type { DraftHost } from '../inventory/draft.ts';
import { guess } from '../inventory/guess.ts';
import { defaults } from '../inventory/parameters.ts';
import type { Transport } from '../transport/command.ts';

/** The place of a member in the inventory, and the way to it. */
export interface Seat {
  /** `pg-test-1` */
  member: string;
  /** The key of its host in the inventory. */
  address: string;
  transport: Transport;
  /** Whose databases they are, where they lie, and the port of the server. */
  dbsu: string;
  data: string;
  port: string;
  /** It serves reports and is never to lead. */
  isOffline: boolean;
  /** `pg_safeguard`: nothing here may destroy its data. */
  isSafeguarded: boolean;
}

/** A PostgreSQL cluster of the inventory that runs under Patroni. */
export interface Cluster {
  name: string;
  /** By pg_seq. */
  seats: readonly Seat[];
  /** Bytes that a replica may be behind and still take over (`pg_rpo`). */
  rpo: number;
}

/** A host, and what an inventory says about it. */
type Described = Pick<DraftHost, 'address' | 'vars'>;

/** The clusters of an inventory, as far as it can be read without speaking to a host. */
export function clustersIn({ hosts }: { hosts: readonly Described[] }, transports: ReadonlyMap<string, Transport>): Cluster[] {
  const running = hosts.filter(({ vars }) => vars['pg_cluster'] !== undefined && vars['pg_seq'] !== undefined && vars['patroni_enabled'] !== false);
  return [...Map.groupBy(running, ({ vars }) => String(vars['pg_cluster']))].map(([name, members]) => ({
    name,
    seats: members.toSorted((a, b) => Number(a.vars['pg_seq']) - Number(b.vars['pg_seq'])).map((host) => seatOf(host, transports.get(host.address)!)),
    rpo: Number(members[0]!.vars['pg_rpo'] ?? defaults['pg_rpo']),
  }));
}

/** @throws Fault usage */
export function clusterNamed(name: string, clusters: readonly Cluster[]): Cluster {
  const found = clusters.find((each) => each.name === name);
  if (found) return found;
  const names = clusters.map((each) => each.name);
  throw new Fault('usage', `the inventory has no cluster "${name}"${guess(name, names)}`, { hint: names.length === 0 ? 'it has none at all' : `it has ${names.join(', ')}` });
}

/** @throws Fault usage */
export function refuseStranger(name: string, members: readonly string[], cluster: Cluster): void {
  if (members.includes(name)) return;
  throw new Fault('usage', `${cluster.name} has no member "${name}"${guess(name, members)}`, { hint: `it has ${members.join(', ') || 'none'}` });
}

function seatOf({ address, vars }: Described, transport: Transport): Seat {
  const given = (name: string): string => String(vars[name] ?? defaults[name]);
  return { member: `${given('pg_cluster')}-${given('pg_seq')}`, address, transport, dbsu: given('pg_dbsu'), data: given('pg_data'), port: given('pg_port'), isOffline: vars['pg_role'] === 'offline', isSafeguarded: vars['pg_safeguard'] === true };
}
